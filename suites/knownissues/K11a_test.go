package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// heard are the times at which a member's page heard of an event of wx.
func heard(j *campaign.Judged, member, event string) []time.Duration {
	var out []time.Duration
	for _, ev := range lab.Events(j, trace.HostTold, member, "") {
		if j.Record.Text(ev.Text) == event {
			out = append(out, ev.At)
		}
	}
	return out
}

// vanished tells that a member's connections ended at one instant, without a word.
func vanished(j *campaign.Judged, member string, at time.Duration) {
	GinkgoHelper()
	closed := lab.Events(j, trace.SocketClosed, member, "")
	open := 0
	for _, ev := range closed {
		if ev.At == at {
			open++
		}
	}
	Expect(open).To(BeNumerically(">=", 8), "its push, six streams and a WebSocket")
	for _, ev := range append(lab.Events(j, trace.CallIssued, member, ""), lab.Events(j, trace.PusherCode, member, "")...) {
		Expect(ev.At).To(BeNumerically("<", at), "nothing is called or told any more")
	}
	told := lab.Events(j, trace.ServerAnnounced, "doctor", member)
	Expect(j.Record.Text(told[len(told)-1].Text)).To(Equal("stream-removed"))
	Expect(told[len(told)-1].At).To(BeNumerically("~", at, 30*time.Second))
}

var _ = describe("K11a", func(issue fixtures.Issue) {
	It("follows warnings that come oftener and oftener, and is not a crash", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			at := found(j, "K11a", "iphone")[0].At
			warned := heard(j, "iphone", "onMemoryWarning")
			Expect(len(warned)).To(BeNumerically(">=", 3))
			Expect(warned[1] - warned[0]).To(BeNumerically(">", warned[len(warned)-1]-warned[len(warned)-2]))
			Expect(at - warned[len(warned)-1]).To(BeNumerically("<=", 5*time.Second))
			Expect(j.Verdict("K11b").Verdict).To(Equal(oracle.Absent))
			vanished(j, "iphone", at)
		}
	})

	It("spares phones with more memory, and Android", func() {
		for _, device := range []string{"iphone-x-ios-12.1", "iphone-8-ios-12.1", "honor-7a-android-8"} {
			j := lab.Run(fixtures.Recipe{Scenario: issue.Cause.Scenario, Set: issueSet("device.iphone", device)}, 1)
			Expect(j.Verdict("K11a").Verdict).To(Equal(oracle.Absent), device)
			Expect(j.Verdict("K11b").Verdict).To(Equal(oracle.Absent), device)
		}
	})
})
