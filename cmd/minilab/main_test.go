package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"minilab/devices/app"
	"minilab/fixtures"
)

var update = flag.Bool("update", false, "write the golden files anew")

// minilab runs a command line.
func minilab(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// What people see when they make a mistake is held by golden files, so that a change
// of it is seen too.
func TestMistakesAreTold(t *testing.T) {
	for _, c := range []struct {
		name string
		args string
	}{
		{"unknown-command", "rnu first-call"},
		{"unknown-flag", "run first-call --sed 7"},
		{"unknown-scenario", "run weak-cal"},
		{"unknown-network", "run first-call --network 5g"},
		{"unknown-device", "run first-call --device doctor=iphone-9"},
		{"unknown-member", "run first-call --device doctro=xiaomi-6-android-8"},
		{"unknown-setting", "run first-call --set netwrok=4g"},
		{"bad-seeds", "run first-call --seeds 9..1"},
		{"bad-file", "run testdata/bad.yaml"},
		{"missing-file", "run testdata/none.yaml"},
		{"not-yaml", "run testdata/notyaml.yaml"},
		{"unknown-list", "list isues"},
		{"unknown-id", "explain weakcall"},
		{"kind-alone", "explain member"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := minilab(t, strings.Fields(c.args)...)
			if code != exitUsage {
				t.Errorf("exit %d, want %d", code, exitUsage)
			}
			if stdout != "" {
				t.Errorf("on stdout: %s", stdout)
			}
			golden(t, c.name, stderr)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestOutputThatIsLost(t *testing.T) {
	for _, args := range []string{"list sdks", "list sdks --json", "explain K5", "run muted-at-join", "probe --for 1s"} {
		var stderr bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), full{}, &stderr); code != exitInfrastructure || stderr.String() != "minilab: no space left\n" {
			t.Errorf("%s: exit %d, %s", args, code, stderr.String())
		}
	}
}

// Numbers in JSON are to the microsecond, not to the last bit of a float.
func TestNumbersAreShort(t *testing.T) {
	for _, args := range []string{"run class-7 --json", "run weak-call --json", "list networks --json", "probe --network metro --json"} {
		_, stdout, _ := minilab(t, strings.Fields(args)...)
		if long := regexp.MustCompile(`.*: -?[0-9]+\.[0-9]{8,}.*`).FindString(stdout); long != "" || stdout == "" {
			t.Errorf("%s: %s", args, long)
		}
	}
}

func TestRunJSON(t *testing.T) {
	code, stdout, stderr := minilab(t, "run", "first-call", "--seed", "7", "--json")
	if code != exitOK || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var r runReport
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Schema != "minilab.run/1" || r.Key != "first-call@7" || len(r.Digest) != 64 || len(r.Members) != 2 || len(r.Views) != 2 || r.Events == 0 || r.Build == "" {
		t.Errorf("got %+v", r)
	}
	for _, v := range r.Views {
		if v.Frames == nil || v.FramesExpected == nil || *v.Frames != *v.FramesExpected || *v.Frames < 300 || *v.Freezes != 0 || v.EchoDB != nil {
			t.Errorf("view %+v", v)
		}
	}
	for _, v := range r.Verdicts {
		if (v.ID == "K5" || v.ID == "K8") && v.Verdict != "absent" {
			t.Errorf("%s is %s", v.ID, v.Verdict)
		}
	}
	m := r.Members[0]
	if m.State != "left" || !slices.ContainsFunc(m.Calls, func(c callReport) bool { return c.Call == "join" && c.Result == "ok" }) ||
		!slices.ContainsFunc(m.Codes, func(c codeReport) bool { return c.Component == "pusher" && c.Code == 1002 }) {
		t.Errorf("member %+v", m)
	}
}

// The weak call shows both of its issues, in and after the outage, and the control
// run doesn't show the one whose cause was taken away.
func TestWeakCall(t *testing.T) {
	verdicts := func(args ...string) map[string]verdictReport {
		code, stdout, stderr := minilab(t, append([]string{"run", "weak-call", "--seed", "7", "--json"}, args...)...)
		if code != exitOK {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		var r runReport
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatal(err)
		}
		out := map[string]verdictReport{}
		for _, v := range r.Verdicts {
			out[v.ID] = v
		}
		return out
	}
	cause := verdicts()
	for _, id := range []string{"K5", "K8"} {
		if cause[id].Verdict != "reproduced" {
			t.Errorf("%s is %s", id, cause[id].Verdict)
		}
		for _, e := range cause[id].Evidence {
			if e.TimeS < 30 {
				t.Errorf("%s: evidence at %v s, before the outage", id, e.TimeS)
			}
		}
	}
	if v := verdicts("--set", "without=outage")["K8"].Verdict; v != "absent" {
		t.Errorf("K8 without the outage is %s", v)
	}
}

func TestRunText(t *testing.T) {
	code, stdout, _ := minilab(t, "run", "weak-call", "--seed", "7")
	if code != exitOK {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"weak-call@7", "xxxxx", "script: outage 8s", "K8   reproduced", "(弱网下推流中断; RN26; cause inferred)", "digest ", "x real time", "next   minilab run weak-call"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("lacks %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "\x1b") {
		t.Error("colours, although this is no terminal")
	}
}

func TestExpectationFails(t *testing.T) {
	code, stdout, _ := minilab(t, "run", "testdata/toomuch.yaml")
	if code != exitFailed || !strings.Contains(stdout, "NO   K8 shows on doctor") {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
}

func TestRunsJSON(t *testing.T) {
	code, stdout, stderr := minilab(t, "run", "muted-at-join", "--seeds", "1..3", "--json")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var r runsReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Verdicts, func(v countReport) bool { return v.ID == "K4" })
	if r.Schema != "minilab.runs/1" || len(r.Runs) != 3 || r.Runs[2].Seed != 3 || r.Digest == "" || i < 0 || r.Verdicts[i] != (countReport{"K4", 3, 3}) {
		t.Errorf("got %d runs, %+v", len(r.Runs), r.Verdicts)
	}
	if _, again, _ := minilab(t, "run", "muted-at-join", "--seeds", "1..3", "--json"); !strings.Contains(again, r.Digest) {
		t.Error("the second time the digest is another")
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "out")
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"run", "class-7", "--out", dir}, &out, &errs); code != exitInterrupted {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	empty(t, filepath.Dir(dir))
	if code := run(ctx, []string{"run", "class-7", "--seeds", "1..9"}, &out, &errs); code != exitInterrupted {
		t.Errorf("seeds: exit %d: %s", code, errs.String())
	}
}

func TestHelp(t *testing.T) {
	code, stdout, _ := minilab(t)
	if code != exitOK || !strings.Contains(stdout, "bench") {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
}

func TestLists(t *testing.T) {
	for _, k := range kinds {
		code, stdout, stderr := minilab(t, "list", k.name, "--json")
		if code != exitOK {
			t.Fatalf("%s: exit %d: %s", k.name, code, stderr)
		}
		var all map[string][]map[string]any
		if err := json.Unmarshal([]byte(stdout), &all); err != nil {
			t.Fatal(err)
		}
		if len(all[k.name]) == 0 {
			t.Errorf("%s: nothing", k.name)
		}
		for _, x := range all[k.name] {
			name, _ := x["name"].(string)
			if id, ok := x["id"].(string); ok {
				name = id
			}
			for _, field := range []string{"title", "source", "fidelity"} {
				if x[field] == nil || x[field] == "" {
					t.Errorf("%s %s lacks %s", k.name, name, field)
				}
			}
			if code, _, stderr := minilab(t, "explain", name); code != exitOK {
				t.Errorf("explain %s: exit %d: %s", name, code, stderr)
			}
		}
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		t.Errorf("left behind: %s", f.Name())
	}
}

// Who gets exit 1 is told why, in JSON and of many runs too.
func TestFailuresAreTold(t *testing.T) {
	const why = "expected: patient sees doctor before 5s: no picture came\n"
	code, stdout, stderr := minilab(t, strings.Fields("run first-call --set role.doctor=audience --json")...)
	if code != exitFailed || !json.Valid([]byte(stdout)) || stderr != "minilab: first-call@1+role.doctor=audience: "+why {
		t.Errorf("one run: exit %d: %s", code, stderr)
	}
	code, _, stderr = minilab(t, strings.Fields("run first-call --set role.doctor=audience --set length=12s --seeds 1..12")...)
	if code != exitFailed || strings.Count(stderr, why) != maxFailures || !strings.HasSuffix(stderr, "minilab: and 2 runs more failed\n") {
		t.Errorf("many: exit %d: %s", code, stderr)
	}
}

// A scenario is explained by its file, which is a start for one's own; a step's word
// by its arguments, for people and programs.
func TestExplainScenariosAndSteps(t *testing.T) {
	_, src, err := fixtures.Scenario("weak-call")
	if err != nil {
		t.Fatal(err)
	}
	if _, stdout, _ := minilab(t, "explain", "weak-call"); !strings.HasSuffix(stdout, "\n\n"+string(src)) || !strings.Contains(stdout, "minilab run weak-call\n") {
		t.Errorf("got %s", stdout)
	}
	var s stepEntry
	if code, stdout, stderr := minilab(t, "explain", "mute", "--json"); code != exitOK || json.Unmarshal([]byte(stdout), &s) != nil {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if s.Name != "mute" || len(s.Args) != 2 || s.Args[0].Name != "uid" || s.Args[0].Kind != app.KindMember || !slices.Contains(s.Args[1].Words, "video") {
		t.Errorf("got %+v", s)
	}
	for word, want := range map[string]string{
		"join-leave": "step join-leave\n", "expire-token": "step of the server expire-token\n", "lookup": "which, or all (all, miniapp-1.agoraio.cn", "intrude": "may be left out", "K13": "double tile: minilab run return-double-tile --seed 1   (without: minilab run return-double-tile --seed 1 --set page=demo)",
	} {
		if _, stdout, stderr := minilab(t, "explain", word); !strings.Contains(stdout, want) {
			t.Errorf("%s: %s%s", word, stdout, stderr)
		}
	}
}

// What kind a thing is may stand before its name; alone, a fault and the page's step of
// the same word are told both.
func TestExplainByKind(t *testing.T) {
	for words, want := range map[string]string{
		"fault encoder": "dies, fails-to-start, stalls, corrupts, truncates", "encoder": "fault encoder ", "faults camera": "fault camera ",
		"step camera": "switch the live-pusher's camera", "network 4g": "network 4g ", "fault background": "home, lock, capsule",
	} {
		code, stdout, stderr := minilab(t, append([]string{"explain"}, strings.Fields(words)...)...)
		if code != exitOK || !strings.Contains(stdout, want) {
			t.Errorf("%s: exit %d: %s%s", words, code, stdout, stderr)
		}
	}
	if _, stdout, _ := minilab(t, "explain", "camera"); !strings.Contains(stdout, "fault camera ") || !strings.Contains(stdout, "step camera\n") {
		t.Errorf("camera: %s", stdout)
	}
	if _, stdout, _ := minilab(t, "explain", "fault", "camera"); strings.Contains(stdout, "step camera\n") {
		t.Errorf("fault camera: %s", stdout)
	}
	for words, want := range map[string]string{"fault encodr": `did you mean "encoder"?`, "falut encoder": `did you mean "fault"?`, "fault encoder dies": "one thing at a time", "network encoder": "unknown name or id"} {
		code, _, stderr := minilab(t, append([]string{"explain"}, strings.Fields(words)...)...)
		if code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d: %s", words, code, stderr)
		}
	}
}
