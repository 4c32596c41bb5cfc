package phone

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// moment is something that befell a page.
type moment struct {
	at   time.Duration
	what string
}

// happened are the states of a member's host, in words.
func happened(rec *trace.Record, who string) (out []moment) {
	for _, ev := range rec.Events {
		if ev.Kind == trace.HostState && ev.Actor == rec.Actor(who) {
			text := rec.Text(ev.Text)
			if note := rec.Text(ev.Note); note != "" {
				text += " " + note
			}
			out = append(out, moment{ev.At, text})
		}
	}
	return out
}

// between counts what a page did or heard in a stretch of time.
func between(rec *trace.Record, who string, from, to time.Duration, kinds ...trace.Kind) (n int) {
	for _, ev := range rec.Events {
		for _, k := range kinds {
			if ev.Kind == k && ev.Actor == rec.Actor(who) && ev.At > from && ev.At < to {
				n++
			}
		}
	}
	return n
}

var _ = Describe("the life of a page", func() {
	for _, seed := range lab.Seeds {
		It("sleeps 5 s after it was left, hears nothing meanwhile, and wakes on return", func() {
			rec := run(fixtures.Recipe{Scenario: "codes-left", Without: []string{"short", "too-long"}}, seed)
			Expect(happened(rec, "alice")).To(Equal([]moment{
				{30 * time.Second, "hide home"}, {35 * time.Second, "suspend"}, {50 * time.Second, "resume"}, {50 * time.Second, "show"},
			}))
			script := []trace.Kind{trace.HostTold, trace.CallIssued, trace.CallDone, trace.ClientEvent, trace.RequestStarted, trace.SocketSent}
			Expect(between(rec, "alice", 35*time.Second, 50*time.Second, script...)).To(BeZero())
			Expect(between(rec, "alice", 49*time.Second, 52*time.Second, script...)).NotTo(BeZero())
			Expect(between(rec, "bob", 35*time.Second, 50*time.Second, script...)).NotTo(BeZero(), "nobody else sleeps")
		})
		It("goes on when it was left for less", func() {
			rec := run(fixtures.Recipe{Scenario: "codes-left", Without: []string{"long", "too-long"}}, seed)
			Expect(happened(rec, "alice")).To(Equal([]moment{{10 * time.Second, "hide home"}, {13 * time.Second, "show"}}))
			Expect(between(rec, "alice", 10*time.Second, 13*time.Second, trace.SocketSent)).NotTo(BeZero(), "it goes on to ping")
		})
		It("is destroyed after 5 min, and then starts cold", func() {
			rec := run(fixtures.Recipe{Scenario: "codes-left", Without: []string{"short", "long"}}, seed)
			Expect(happened(rec, "alice")).To(Equal([]moment{
				{90 * time.Second, "hide home"}, {95 * time.Second, "suspend"},
				{390 * time.Second, "destroy too long in the background"}, {400 * time.Second, "show cold start"},
			}))
			Expect(between(rec, "alice", 390*time.Second, 420*time.Second, trace.PusherCode, trace.PlayerCode, trace.FrameShown, trace.CallIssued)).To(BeZero())
			Expect(between(rec, "alice", 399*time.Second, 401*time.Second, trace.TileRemoved)).To(Equal(2), "nothing of the page before is left")
		})
	}
})
