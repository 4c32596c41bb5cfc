package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"minilab/fixtures"
	"minilab/reports"
	"minilab/simulator/campaign"
	"minilab/simulator/media/picture"
)

// signedOff runs the command and returns what lies in its directory's parent.
func signedOff(t *testing.T, ctx context.Context, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, append([]string{"signoff"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range all {
		names = append(names, f.Name())
	}
	return names
}

// TestSignoff makes a whole sign-off and reads its film strips back: K15's pictures
// fail their checksum and are what ffmpeg makes of the same stream; its control's are
// clean.
func TestSignoff(t *testing.T) {
	if testing.Short() {
		t.Skip("every run of a release, long calls among them")
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	code, stdout, stderr := signedOff(t, t.Context(), "--sdk", "1.1.3", "--out", dir, "--lang", "en")
	if code != exitOK && code != exitGate {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	if want := map[int]string{exitOK: "✓ may ship", exitGate: "✗ not ready"}[code]; !strings.HasPrefix(stdout, want) || !strings.Contains(stdout, filepath.Join(dir, pageFile)) {
		t.Errorf("exit %d and it says\n%s", code, stdout)
	}
	if got := namesIn(t, dir); !slices.Equal(got, []string{junitFile, pageFile}) || len(namesIn(t, parent)) != 1 {
		t.Errorf("left %v, and %v beside", got, namesIn(t, parent))
	}
	if !strings.Contains(stderr, "1 of ") || !strings.Contains(stderr, "weak-call@1") {
		t.Errorf("it doesn't say how far it is: %s", stderr)
	}
	page, err := os.ReadFile(filepath.Join(dir, pageFile))
	if err != nil {
		t.Fatal(err)
	}
	cause, control, found := bytes.Cut(card(t, page, "K15"), []byte(`aria-label="K15 control"`))
	if !found {
		t.Fatal("K15 has no control on the page")
	}
	garbled, clean := stills(t, cause), stills(t, control)
	for i, p := range garbled {
		if picture.Read(p).OK {
			t.Errorf("K15's picture %d is not garbled", i)
		}
	}
	for i, p := range clean {
		if !picture.Read(p).OK {
			t.Errorf("the control's picture %d is garbled", i)
		}
	}
	t.Run("ffmpeg", func(t *testing.T) {
		refereed(t, garbled, "garbled-ios-12", "--sdk", "1.1.3")
		refereed(t, clean, "garbled-ios-12", "--sdk", "1.1.3", "--set", "device.patient=iphone-8-ios-11.4")
	})
}

func card(t *testing.T, page []byte, id string) []byte {
	t.Helper()
	_, rest, ok := bytes.Cut(page, []byte(`id="`+id+`">`))
	inside, _, end := bytes.Cut(rest, []byte("</article>"))
	if !ok || !end {
		t.Fatalf("%s isn't on the page", id)
	}
	return inside
}

var dataURI = regexp.MustCompile(`src="data:image/png;base64,([^"]+)"`)

func stills(t *testing.T, html []byte) []*picture.Picture {
	t.Helper()
	var out []*picture.Picture
	for _, m := range dataURI.FindAllSubmatch(html, -1) {
		// The template writes + as &#43;, which a browser reads back.
		file, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(m[1]), "&#43;", "+"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := reports.DecodeStill(file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		t.Fatal("no pictures")
	}
	return out
}

// refereed makes the run again and looks for each picture among those that ffmpeg
// decodes from what the doctor received.
func refereed(t *testing.T, want []*picture.Picture, args ...string) {
	t.Helper()
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed: nobody else looked at the pictures")
	}
	dir := filepath.Join(t.TempDir(), "run")
	var out, errs bytes.Buffer
	if code := run(t.Context(), append([]string{"run", "--seed", "1", "--out", dir}, args...), &out, &errs); code != exitOK && code != exitFailed {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	raw, err := exec.CommandContext(t.Context(), ffmpeg, "-v", "error", "-i", filepath.Join(dir, "doctor-sees-patient.flv"), "-an", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-").Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v", err)
	}
	const frame = picture.Width * picture.Height * 3 / 2
	decoded := map[picture.Picture]bool{}
	for ; len(raw) >= frame; raw = raw[frame:] {
		var p picture.Picture
		n := copy(p.Y[:], raw)
		n += copy(p.Cb[:], raw[n:])
		copy(p.Cr[:], raw[n:])
		decoded[p] = true
	}
	for i, p := range want {
		if !decoded[*p] {
			t.Errorf("picture %d of %v is none of ffmpeg's %d", i, args, len(decoded))
		}
	}
}

func TestSignoffRefusesMistakes(t *testing.T) {
	parent := t.TempDir()
	file := filepath.Join(parent, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--sdk", "1.1.33"}, `did you mean "1.1.3"`},
		{[]string{}, "--sdk"},
		{[]string{"--sdk", "1.1.3", "--lang", "fr"}, "zh, en, both"},
		{[]string{"--sdk", "1.1.3", "--seed", "x"}, "seed"},
		{[]string{"--sdk", "1.1.3", "--out", file}, "is a file"},
	} {
		args := c.args
		if !slices.Contains(args, "--out") {
			args = append(args, "--out", filepath.Join(parent, "out"))
		}
		code, stdout, stderr := signedOff(t, t.Context(), args...)
		if code != exitUsage || !strings.Contains(stderr, c.says) || stdout != "" {
			t.Errorf("%v: exit %d, %q", c.args, code, stderr)
		}
	}
	if got := namesIn(t, parent); !slices.Equal(got, []string{"file"}) {
		t.Errorf("left %v", got)
	}
}

func TestSignoffInterruptedLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	parent := t.TempDir()
	code, stdout, stderr := signedOff(t, ctx, "--sdk", "1.1.3", "--out", filepath.Join(parent, "out"))
	if code != exitInterrupted || stdout != "" || len(namesIn(t, parent)) != 0 {
		t.Errorf("exit %d, %q, %q, left %v", code, stdout, stderr, namesIn(t, parent))
	}
}

// A failed gate is exit 9, with the page there to read; what else lies in the
// directory stays.
func TestFailedGate(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{pageFile, "mine.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := &signoffCmd{SDK: "1.1.3", Out: dir, Lang: "zh"}
	out, err := newDrop(dir)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	e := &env{ctx: t.Context(), stdout: &stdout, stderr: &stderr, status: newStatusLine(&stderr)}
	s := &campaign.Signoff{SDK: "1.1.3", Gates: []campaign.Gate{{ID: "promises", Title: fixtures.Text{EN: "Promises", ZH: "承诺"}, Detail: "3/5: C14, C16"}}}
	err = c.finish(e, s, out)
	out.abandon()
	var exit *exitError
	if !errors.As(err, &exit) || exit.code != exitGate || !strings.Contains(stdout.String(), "✗ not ready") || !strings.Contains(stdout.String(), "3/5: C14, C16") {
		t.Errorf("%v\n%s", err, stdout.String())
	}
	page, err := os.ReadFile(filepath.Join(dir, pageFile))
	if err != nil || !bytes.Contains(page, []byte("不可发布")) {
		t.Errorf("the page: %v, %.80s", err, page)
	}
	if got := namesIn(t, dir); !slices.Equal(got, []string{junitFile, "mine.txt", pageFile}) {
		t.Errorf("left %v", got)
	}
}

// A mismatch is the simulator's failure.
func TestMismatchIsTheSimulatorsFailure(t *testing.T) {
	code, says := verdictOn(&campaign.MismatchError{Key: "weak-call@1", First: strings.Repeat("a", 64), Second: strings.Repeat("b", 64)})
	if code != exitSelfCheck || !strings.Contains(says, "weak-call@1") {
		t.Errorf("exit %d: %s", code, says)
	}
}
