package phone

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// set is a scenario with settings changed, in pairs of key and value.
func set(scenario string, pairs ...string) fixtures.Recipe {
	r := fixtures.Recipe{Scenario: scenario}
	for i := 0; i < len(pairs); i += 2 {
		r.Set = append(r.Set, yamlfile.Map[string]{{Name: pairs[i], V: pairs[i+1]}}...)
	}
	return r
}

// times are when something befell a member, in one way or any ("").
func times(rec *trace.Record, who string, kind trace.Kind, text string) (out []time.Duration) {
	for _, ev := range rec.Events {
		if ev.Kind == kind && ev.Actor == rec.Actor(who) && (text == "" || rec.Text(ev.Text) == text) {
			out = append(out, ev.At)
		}
	}
	return out
}

// speeds are those that a member's player took on after a time, in 1/1000.
func speeds(rec *trace.Record, who string, from time.Duration) (out []int64) {
	for _, ev := range rec.Events {
		if ev.Kind == trace.PlaybackSpeed && ev.Actor == rec.Actor(who) && ev.At > from {
			out = append(out, ev.V[0])
		}
	}
	return out
}

// What rows of codes don't show of the rules behind them.
var _ = Describe("the rules of components", func() {
	const s = time.Second
	for _, seed := range lab.Seeds {
		It("have a page hear in its sleep of nothing: 5000 reaches it when it is back", func() {
			rec := run(set("return-push-held", "page", "restarts-push"), seed)
			Expect(times(rec, "patient", trace.HostState, "suspend")).To(Equal([]time.Duration{25 * s}))
			Expect(times(rec, "patient", trace.PushStarted, "")).To(HaveExactElements(BeNumerically("<", 5*s), Equal(27*s)))
			Expect(times(run(set("return-push-held"), seed), "patient", trace.PushStarted, "")).To(HaveLen(1), "by itself nothing starts")
		})

		It("take the sound for a call, and give it back where the system does", func() {
			for _, c := range []struct {
				device string
				back   bool
			}{{"iphone-8-ios-11.4", true}, {"xiaomi-6-android-8", false}} {
				rec := run(set("codes-call", "device.alice", c.device, "device.bob", c.device, "wechat.alice", "7.0.4", "wechat.bob", "6.7.0"), seed)
				Expect(times(rec, "bob", trace.HostTold, "onAudioInterruptionBegin")).To(BeEmpty(), "its base library has no such event")
				Expect(times(rec, "bob", trace.HostInterrupted, "")).To(Equal([]time.Duration{12 * s, 22 * s}))
				Expect(times(rec, "alice", trace.HostTold, "onAudioInterruptionBegin")).To(Equal([]time.Duration{12 * s}))
				Expect(times(rec, "alice", trace.HostTold, "onAudioInterruptionEnd")).To(Equal([]time.Duration{22 * s}))
				Expect(between(rec, "alice", 8*s, 12*s, trace.AudioPlayed)).NotTo(BeZero())
				Expect(between(rec, "alice", 14*s, 22*s, trace.AudioPlayed)).To(BeZero())
				Expect(between(rec, "alice", 25*s, 40*s, trace.AudioPlayed) > 0).To(Equal(c.back), c.device)
			}
		})

		It("tell a page of another network late, and of none where there is no other", func() {
			rec := run(set("codes-roaming"), seed)
			Expect(times(rec, "alice", trace.HostTold, "onNetworkStatusChange")).To(HaveExactElements(And(BeNumerically(">", 20*s), BeNumerically("<", 25*s))))
			Expect(times(rec, "bob", trace.HostTold, "onNetworkStatusChange")).To(BeEmpty())
		})

		It("play what waited behind a gap faster, then as before, and nothing faster without", func() {
			gap := fixtures.Recipe{Scenario: "codes-downlink", Without: []string{"router", "cut-off", "publisher-stops"}}
			behind := speeds(run(gap, seed), "alice", 22*s)
			Expect(behind).To(ContainElement(BeNumerically(">", 1100)))
			Expect(behind[len(behind)-1]).To(BeEquivalentTo(1000))
			gap.Without = append(gap.Without, "gap")
			Expect(speeds(run(gap, seed), "alice", 10*s)).NotTo(ContainElement(BeNumerically(">", 1000)))
		})
	}
})
