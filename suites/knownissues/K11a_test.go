package knownissues

import (
	"context"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator"
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

	It("spares phones with more memory, and says nothing of Android", func() {
		for device, want := range map[string]string{"iphone-x-ios-12.1": oracle.Absent, "iphone-8-ios-12.1": oracle.Absent, "honor-7a-android-8": oracle.NotRun} {
			j := lab.Run(fixtures.Recipe{Scenario: issue.Cause.Scenario, Set: issueSet("device.iphone", device)}, 1)
			Expect(j.Verdict("K11a").Verdict).To(Equal(want), device)
			Expect(j.Verdict("K11b").Verdict).To(Equal(want), device)
		}
	})

	It("is of many: in a call of two there is nothing to be found", func() {
		j := lab.Run(fixtures.Recipe{Scenario: issue.Cause.Scenario, Without: []string{"m3", "m4", "m5", "m6", "m7"}}, 1)
		Expect(j.Verdict("K11a").Verdict).To(Equal(oracle.NotRun))
		Expect(j.Verdict("K11b").Verdict).To(Equal(oracle.NotRun))
	})

	It("is neither when WeChat is killed in such a call", func() {
		j := killed(issue.Cause.Scenario, 400*time.Second)
		for _, id := range []string{"K11a", "K11b"} {
			Expect(j.Verdict(id).Verdict).To(Equal(oracle.Absent), id)
		}
		vanished(j, "iphone", 400*time.Second)
	})
})

// killed is a run of a scenario in which the iPhone's user ends WeChat at a time.
func killed(scenario string, at time.Duration) *campaign.Judged {
	GinkgoHelper()
	file, src, err := fixtures.Scenario(scenario)
	Expect(err).NotTo(HaveOccurred())
	text := strings.Replace(string(src), "expect:", fmt.Sprintf("  - {at: %v, iphone: kill}\nexpect:", at), 1)
	s, err := simulator.Parse(file, []byte(text))
	Expect(err).NotTo(HaveOccurred())
	j, err := campaign.Run(context.Background(), simulator.Options{Scenario: s, Seed: 1})
	Expect(err).NotTo(HaveOccurred())
	return j
}
