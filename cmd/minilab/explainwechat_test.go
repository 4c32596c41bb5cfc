package main

import (
	"strings"
	"testing"

	"minilab/fixtures"
)

// Every number of a WeChat's profile is told with its fidelity, and each fidelity is of
// something that is told.
func TestWeChatsNumbersAreTold(t *testing.T) {
	code, out, errs := minilab(t, "explain", "wechat", "7.0.8")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{
		"suspendAfter 5s (documented)", "networkBack 300ms (observed)", "library is assumed",
		"ios soundBehind [] (observed)", "android soundBehind [home, lock, capsule] (observed)", "android socketsDropped 10s (observed)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, w := range fixtures.WeChats() {
		_, out, _ := minilab(t, "explain", "wechat", w.Name)
		for _, part := range w.Parts() {
			if !strings.Contains(out, part.Name+" ") {
				t.Errorf("%s: nothing of %s in\n%s", w.Name, part.Name, out)
			}
		}
	}
}
