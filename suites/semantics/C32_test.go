package semantics

import (
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C32", func(promise fixtures.Promise) {
	It("comes back with a new client after a second, names whom it knows, and plays them anew", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "recovery"}, sdk, 1)
			lost, ended, back := errors(j, "alice"), times(j, trace.CallIssued, "alice", "destroy"), of(j, trace.CallIssued, "alice", "rejoin")
			Expect(lost).To(HaveLen(2), sdk)
			Expect([]int64{lost[0].V[1], lost[1].V[1]}).To(Equal([]int64{904, 501}), sdk)
			Expect(ended).To(HaveLen(2), sdk)
			Expect(back).To(HaveLen(2), sdk)
			for i := range lost {
				Expect(ended[i]).To(Equal(lost[i].At), sdk)
				Expect(back[i].At-lost[i].At).To(Equal(time.Second), sdk)
				Expect(back[i].V[2]).To(Equal(lost[i].V[3]+1), "%s: the number of its client", sdk)
			}
			Expect(speakers(j, back[0])).To(ConsistOf("alice", "bob", "carol"), "%s: dave had taken its stream back", sdk)
			Expect(speakers(j, back[1])).To(ConsistOf("alice", "carol", "dave"), "%s: bob had left", sdk)

			pushed := notes(j, trace.PushStarted, "alice", "")
			Expect(pushed).To(HaveLen(3), sdk)
			Expect(pushed[0]).NotTo(Equal(pushed[1]), sdk)
			Expect(pushed[1]).NotTo(Equal(pushed[2]), sdk)
			Expect(lab.Events(j, trace.PlayStarted, "alice", "carol")).To(HaveLen(3), sdk)
		}
	})
})

// speakers are the members whose uids a rejoin names.
func speakers(j *campaign.Judged, rejoin trace.Event) []string {
	var out []string
	for _, uid := range strings.Fields(j.Record.Text(rejoin.Note)) {
		for _, m := range j.Record.Head.Members {
			if strconv.FormatUint(uint64(m.UID), 10) == uid {
				out = append(out, m.ID)
			}
		}
	}
	return out
}
