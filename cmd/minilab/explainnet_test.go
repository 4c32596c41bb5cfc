package main

import (
	"regexp"
	"strings"
	"testing"

	"minilab/fixtures"
)

// drawn are the rows of a direction's drawing.
func drawn(t *testing.T, out, direction string) []string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ *` + direction + ` [0-9.e+]+ Mbit/s  .*\n(?:.*\n){3}`).FindString(out)
	if m == "" {
		t.Fatalf("no drawing of %s in\n%s", direction, out)
	}
	var rows []string
	for _, line := range strings.Split(strings.TrimSuffix(m, "\n"), "\n") {
		rows = append(rows, line[20:])
	}
	return rows
}

func TestExplainDrawsRates(t *testing.T) {
	_, out, _ := minilab(t, "explain", "lift")
	for _, direction := range []string{"up", "down"} {
		rows := drawn(t, out, direction)
		lowest := rows[len(rows)-1]
		// A column is a second: rates at 5 s, nothing from 16 to 23.5 s, rates at 45 s.
		if len(lowest) != drawColumns || lowest[5] != '|' || strings.TrimSpace(lowest[17:23]) != "" || lowest[45] != '|' {
			t.Errorf("lift %s: lowest row %q", direction, lowest)
		}
	}
	_, out, _ = minilab(t, "explain", "rfc8867-5.1")
	rows := drawn(t, out, "up")
	if top := strings.TrimRight(rows[0], " "); top != strings.Repeat(" ", 24)+strings.Repeat("|", 12) {
		t.Errorf("5.1: top row %q", top)
	}
	_, out, _ = minilab(t, "explain", "good")
	if !strings.Contains(out, "no limit") || strings.Contains(out, "Mbit/s") {
		t.Errorf("good is drawn:\n%s", out)
	}
}

// TestExplainEveryNetwork: each says its numbers, its source and how well it is known,
// without control characters where there is no terminal.
func TestExplainEveryNetwork(t *testing.T) {
	for _, n := range fixtures.Networks() {
		code, out, stderr := minilab(t, "explain", n.Name)
		if code != 0 || !strings.Contains(out, n.Source) || !strings.Contains(out, linkText(n.Up)) || !strings.Contains(out, n.Fidelity.All) || strings.Contains(out, "\x1b") {
			t.Errorf("%s: exit %d\n%s%s", n.Name, code, out, stderr)
		}
	}
}
