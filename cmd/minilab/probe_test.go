package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProbeKeepsItsSchema(t *testing.T) {
	s := schema(t, "minilab.probe/1")
	for _, args := range []string{
		"--rate 2M --queue 50000 --delay 20ms --loss 2% --for 10s",
		"--rate 2M --queue 50000 --delay 20ms --loss 2% --for 10s --stream bulk --cc reno",
		"--network 3g-lossy --for 5s --outage 2s+1s --outage 4s+500ms",
		"--rate 2M --loss 100% --for 1s",
	} {
		doc := printed(t, []int{exitOK}, strings.Fields("probe --json "+args)...)
		if err := s.Validate(doc); err != nil {
			t.Errorf("probe %s: %v", args, err)
		}
		m := doc.(map[string]any)
		if bulk := strings.Contains(args, "bulk"); (m["frames"] == nil) != bulk || bulk && m["delay_ms"] != nil {
			t.Errorf("probe %s: frames %v, delay %v", args, m["frames"], m["delay_ms"])
		}
		if strings.Contains(args, "100%") && (fmt.Sprint(m["frames"]) != "0" || m["delay_ms"] != nil) {
			t.Errorf("nothing came through: frames %v, delay %v", m["frames"], m["delay_ms"])
		}
		for _, field := range []string{"schema", "frames", "delay_ms"} {
			kept := m[field]
			if m[field] = "none"; s.Validate(m) == nil {
				t.Errorf("text as %s passes", field)
			}
			m[field] = kept
		}
	}
}

// Units are those of scenario files: the same link, said in two ways.
func TestProbeUnits(t *testing.T) {
	probe := func(args string) string {
		code, stdout, stderr := minilab(t, strings.Fields("probe --json --for 5s --loss 2% "+args)...)
		if code != exitOK {
			t.Fatalf("%s: exit %d: %s", args, code, stderr)
		}
		return stdout
	}
	if a, b := probe("--rate 2M --queue 50k --delay 20ms --burst 60"), probe("--rate 2000000 --queue 50000 --delay 0.02s --burst 60ms"); a != b {
		t.Errorf("got %s and %s", a, b)
	}
	if a, b := probe("--rate 2M --seed 1"), probe("--rate 2M --seed 2"); a == b {
		t.Error("another seed gives the same figures")
	}
}

func TestProbeMistakes(t *testing.T) {
	for args, mention := range map[string]string{
		"--rate 2X":                           "unknown unit",
		"--rate -1M":                          "--rate",
		"--delay 20":                          "lacks its unit",
		"--loss 2":                            "unit %",
		"--loss 101%":                         "more than all",
		"--outage 20s":                        "START+LENGTH",
		"--outage 20s+4":                      "lacks its unit",
		"--cc bbr":                            "cubic",
		"--stream flood":                      "bulk",
		"--fps 0":                             "frames a second",
		"--kbps 0":                            "kbit/s",
		"--for 0s":                            "over before it begins",
		"--for 25h":                           "longer than 24h",
		"--network 4g --loss 2%":              "--network",
		"--network 4gg":                       `"4g"`,
		"--queue 50k":                         "--rate",
		"--burst 60ms":                        "--loss",
		"--delay 5ms --jitter 20ms":           "--jitter",
		"--stream bulk":                       "no time",
		"--loss 90% --burst 60ms --rate abc":  "not a number",
		"--seed -1":                           "--seed",
		"extra":                               "extra",
		"--rate 1M --pcapng none/such/x.pcap": "no directory",
		"--rate 1M --pcapng testdata":         "no file",
	} {
		code, stdout, stderr := minilab(t, strings.Fields("probe "+args)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, mention) {
			t.Errorf("probe %s: exit %d\n%s%s", args, code, stdout, stderr)
		}
	}
}

func TestProbeText(t *testing.T) {
	code, stdout, stderr := minilab(t, strings.Fields("probe --rate 2M --queue 50k --delay 20ms --loss 2% --outage 20s+4s")...)
	if code != exitOK || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, want := range []string{"500 kbit/s", "2 Mbit/s, queue 50 kB, 20ms delay, 2% loss", "outages at 20s for 4s", "frames       900 of 900 arrived", "delay ms     p50 ",
		"goodput, kbit/s", "congestion window, kB", "queue, ms", "frame delay", "xxxxx", "####"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("lacks %q:\n%s", want, stdout)
		}
	}
	for _, r := range stdout {
		if r > '~' || r == '\x1b' {
			t.Fatalf("%q, although this is no terminal", r)
		}
	}
	_, stdout, _ = minilab(t, strings.Fields("probe --rate 2M --loss 100% --for 1s")...)
	if !strings.Contains(stdout, "no connection") || strings.Contains(stdout, "goodput, kbit/s") {
		t.Errorf("got\n%s", stdout)
	}
}

// A capture stands only when it is whole, takes the place of an older one, and changes
// nothing of what it captures.
func TestCaptures(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.pcapng")
	if err := os.WriteFile(file, []byte("older"), 0o600); err != nil {
		t.Fatal(err)
	}
	digest := func(args ...string) string {
		code, stdout, stderr := minilab(t, append([]string{"run", "first-call", "--seed", "3", "--json"}, args...)...)
		if code != exitOK {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		var r runReport
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatal(err)
		}
		return r.Digest
	}
	if digest() != digest("--pcapng", file) {
		t.Error("a capture changes the digest")
	}
	first, err := os.ReadFile(file)
	if err != nil || len(first) < 1e6 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	digest("--pcapng", file)
	if again, _ := os.ReadFile(file); len(again) != len(first) {
		t.Errorf("the second capture has %d bytes, the first %d", len(again), len(first))
	}
	var probes [2]string
	for i := range probes {
		if code, _, stderr := minilab(t, "probe", "--rate", "1M", "--loss", "2%", "--for", "5s", "--pcapng", file); code != exitOK {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		probes[i] = string(text)
	}
	if probes[0] != probes[1] {
		t.Error("the second capture of a probe is another")
	}
	if code, _, stderr := minilab(t, "run", "first-call", "--seeds", "1..2", "--pcapng", file); code != exitUsage || !strings.Contains(stderr, "--pcapng") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}
