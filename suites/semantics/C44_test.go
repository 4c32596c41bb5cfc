package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C44", func(promise fixtures.Promise) {
	It("lets all in, tells all of a stream that comes, and lets all hear it", func() {
		j := lab.Scenario("crowd-200", 1)
		joined, told, hear := 0, map[string]int{}, map[string]bool{}
		for _, ev := range j.Record.Events {
			switch {
			case ev.Kind == trace.CallDone && j.Record.Text(ev.Text) == "join" && ev.V[1] == 1:
				joined++
			case ev.Kind == trace.ClientEvent && j.Name(ev.Peer) == "guest":
				told[j.Record.Text(ev.Text)]++
			case ev.Kind == trace.AudioPlayed && j.Name(ev.Peer) == "guest" && ev.At > 10*time.Second:
				hear[j.Name(ev.Actor)] = true
			}
		}
		Expect(joined).To(Equal(200))
		Expect(told).To(Equal(map[string]int{"stream-added": 2 * 199, "stream-removed": 199}))
		Expect(hear).To(HaveLen(199))
	})
})
