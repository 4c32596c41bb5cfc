package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"minilab/simulator/media/flv"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

func TestOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "out")
	code, stdout, stderr := minilab(t, "run", "first-call", "--out", dir)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	f, err := os.Open(filepath.Join(dir, recordFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var r trace.Record
	if err := json.NewDecoder(z).Decode(&r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stdout, r.Digest) || r.Head.Key != "first-call@1" {
		t.Errorf("the record is another one: %s %s", r.Head.Key, r.Digest)
	}
	data, err := os.ReadFile(filepath.Join(dir, "patient-sees-doctor.flv"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flv.LoadClip(data); err != nil {
		t.Errorf("the view is no recording: %v", err)
	}
	if code, _, stderr = minilab(t, "run", "first-call", "--out", dir); code != exitUsage || !strings.Contains(stderr, "is not empty") {
		t.Errorf("over an old one: exit %d: %s", code, stderr)
	}
}

// Whatever goes wrong, nothing half-written stays.
func TestNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	for _, args := range []string{"run testdata/bad.yaml --out ", "run first-call --network none --out ", "run weak-cal --out ", "run first-call --seeds 1..2 --out "} {
		if code, _, _ := minilab(t, strings.Fields(args+filepath.Join(dir, "out"))...); code != exitUsage {
			t.Errorf("%s: exit %d", args, code)
		}
		empty(t, dir)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, args := range []string{"run first-call --out ", "signoff --sdk 1.1.3 --out "} {
		if code := run(stopped, strings.Fields(args+filepath.Join(dir, "deep", "er", "out")), io.Discard, io.Discard); code != exitInterrupted {
			t.Errorf("%s interrupted: exit %d", args, code)
		}
		empty(t, dir)
	}
	o, err := newOutput(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(o.temp); err != nil {
		t.Fatal(err)
	}
	if err := o.write(&trace.Record{}); err == nil {
		t.Error("written to nowhere")
	} else if code, _ := verdictOn(err); code != exitInfrastructure {
		t.Errorf("a full disk would give exit %d", code)
	}
	o.abandon()
	empty(t, dir)
}

// A directory that is there is used, not replaced: it may be a mount, or where
// somebody's shell is.
func TestOutIntoADirectoryThatIsThere(t *testing.T) {
	dir := t.TempDir()
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if code, _, stderr := minilab(t, "run", "muted-at-join", "--out", "."); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	after, err := os.Stat(dir)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("another directory is there, %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() != recordFile && filepath.Ext(f.Name()) != ".flv" {
			t.Errorf("%s lies there", f.Name())
		}
	}
	if len(files) < 2 {
		t.Errorf("%d files", len(files))
	}
}

func TestANewPlayerGoesOnWhereTheOldOneEnded(t *testing.T) {
	r := &received{}
	for _, m := range []rtmp.Message{
		{Type: rtmp.TypeVideo, Timestamp: 0}, {Type: rtmp.TypeAudio, Timestamp: 5000}, {Type: rtmp.TypeVideo, Timestamp: 4990},
		{Type: rtmp.TypeData, Timestamp: 7000}, {Type: rtmp.TypeVideo, Timestamp: 0}, {Type: rtmp.TypeVideo, Timestamp: 66},
	} {
		r.add(m)
	}
	var got []uint32
	for _, tag := range r.tags {
		got = append(got, tag.Timestamp)
	}
	want := []uint32{0, 5000, 4990, 4990, 5056}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got, want)
			break
		}
	}
}

// ffmpeg as a referee: what the receiver got decodes to the clip's pictures.
func TestFFmpegSeesTheClip(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed: it would referee the recorded call")
	}
	dir := filepath.Join(t.TempDir(), "out")
	if code, _, stderr := minilab(t, "run", "recorded-call", "--out", dir); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	got := frames(t, filepath.Join(dir, "receiver-sees-sender.flv"))
	clip := frames(t, "../../fixtures/clips/lobby.flv")
	if len(got) < 300 || len(clip) == 0 {
		t.Fatalf("%d frames received, the clip has %d", len(got), len(clip))
	}
	for i := range got {
		if got[i] != clip[i%len(clip)] {
			t.Fatalf("frame %d is not the clip's", i)
		}
	}
}

// frames are the hashes of a file's decoded pictures.
func frames(t *testing.T, file string) []string {
	t.Helper()
	var errs bytes.Buffer
	c := exec.Command("ffmpeg", "-v", "error", "-i", file, "-map", "0:v", "-f", "framemd5", "-")
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("ffmpeg on %s: %v %s", file, err, errs.String())
	}
	var hashes []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			fields := strings.Split(line, ",")
			hashes = append(hashes, strings.TrimSpace(fields[len(fields)-1]))
		}
	}
	return hashes
}
