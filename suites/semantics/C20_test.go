package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C20", func(promise fixtures.Promise) {
	It("gives a URL to play, with the rotation that the stream has by then", func() {
		j := lab.Scenario("stage", 1)
		var turned []int64
		for _, ev := range of(j, trace.CallDone, "singer", "subscribe") {
			Expect(j.Record.Text(ev.Note)).To(HavePrefix("rtmp://"))
			turned = append(turned, ev.V[4])
		}
		Expect(turned).To(Equal([]int64{0, 90}), "before and after the host's picture was turned")
	})

	It("plays that member and no other, and each on a URL of its own", func() {
		j := lab.Scenario("class-7", 1)
		seen := map[string]bool{}
		for _, v := range j.Views {
			uid := int64(j.Record.Head.Members[v.From].UID)
			shown := lab.Events(j, trace.FrameShown, j.Name(v.To), j.Name(v.From))
			Expect(shown).NotTo(BeEmpty())
			for _, ev := range shown {
				Expect(ev.V[2]).To(Equal(uid), "%s sees %s", j.Name(v.To), j.Name(v.From))
			}
			for _, ev := range lab.Events(j, trace.PlayStarted, j.Name(v.To), j.Name(v.From)) {
				url := j.Record.Text(ev.Note)
				Expect(seen).NotTo(HaveKey(url))
				seen[url] = true
			}
		}
	})
})
