package main

import "testing"

func TestWhatHasNoReasonIsToldWithoutAColon(t *testing.T) {
	if got := told(hostStates["killed"], ""); got != "WeChat ends" {
		t.Error(got)
	}
	if got := told(hostStates["killed"], "jetsam"); got != "WeChat ends: jetsam" {
		t.Error(got)
	}
}
