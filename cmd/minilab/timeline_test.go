package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A bar ends where the phone's page does, and goes on when it is joined anew.
func TestABarEndsWithItsPage(t *testing.T) {
	code, out, errs := minilab(t, "run", "testdata/killed.yaml")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var bars []string
	for _, line := range strings.Split(out, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			bars = append(bars, strings.Trim(line, "|"))
		}
	}
	if len(bars) != 2 {
		t.Fatalf("bars %q", bars)
	}
	// Of 72 characters for 60 s, the kills are at 24 and 30, the second join at 54.
	killed, back := bars[0], bars[1]
	if strings.TrimSpace(killed[25:]) != "" || killed[22] != '=' {
		t.Errorf("killed at 20 s: %q", killed)
	}
	if strings.TrimSpace(back[31:53]) != "" || back[28] != '=' || !strings.Contains(back[54:], "=") {
		t.Errorf("killed at 25 s, joined at 45 s: %q", back)
	}
	members := printed(t, []int{exitOK}, "run", "testdata/killed.yaml", "--json").(map[string]any)["members"].([]any)
	for i, want := range []string{stateGone, "joined"} {
		if state := members[i].(map[string]any)["state"]; state != want {
			t.Errorf("member %d ends %v, want %s", i, state, want)
		}
	}
}

func TestWhatRepeatsIsCounted(t *testing.T) {
	out, again := []moment{}, repeats{}
	for _, x := range []struct {
		at   time.Duration
		text string
	}{{time.Second, "pusher 1102"}, {2 * time.Second, "pusher -1303"}, {3 * time.Second, "pusher 1102"}, {7 * time.Second, "pusher 1102"}} {
		again.tell(&out, moment{x.at, x.text, true})
	}
	again.count(out)
	want := []moment{{time.Second, "pusher 1102 (x3, last at 7.000 s)", true}, {2 * time.Second, "pusher -1303", true}}
	if !slices.Equal(out, want) {
		t.Errorf("%v, want %v", out, want)
	}
}

func TestWhatHasNoReasonIsToldWithoutAColon(t *testing.T) {
	if got := told(hostStates["killed"], ""); got != "WeChat ends" {
		t.Error(got)
	}
	if got := told(hostStates["killed"], "jetsam"); got != "WeChat ends: jetsam" {
		t.Error(got)
	}
}

// A push that its host has stopped is no push, whatever image still goes out; nor does
// who is shown that image see the member. A call is told from its beginning to its end.
func TestWhatStandsForACameraIsTold(t *testing.T) {
	code, out, errs := minilab(t, "run", "testdata/called.yaml")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var bars []string
	told := map[string]string{}
	for _, line := range strings.Split(out, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "|") {
			bars = append(bars, strings.Trim(line, "|"))
		}
		if at, what, ok := strings.Cut(line, " s  "); ok {
			told[what] = at
		}
	}
	// Of 72 characters for 60 s, the push is held at 42.
	if ann := bars[0]; len(bars) != 2 || ann[40] != '=' || strings.Contains(ann[43:], "=") || ann[60] != '-' {
		t.Errorf("bars %q", bars)
	}
	for what, at := range map[string]string{
		"phone call begins": "10.000", "phone call over": "18.000",
		"told onAudioInterruptionBegin, which its page doesn't listen to": "10.000",
		"told onAudioInterruptionEnd, which its page doesn't listen to":   "18.000",
	} {
		if told[what] != at {
			t.Errorf("%q at %q, want %s", what, told[what], at)
		}
	}
	if image, seen := told["sees an image in place of ann"], told["sees ann"]; image == "" || image >= "18" || seen < "18" {
		t.Errorf("an image at %q, ann at %q", image, seen)
	}
}
