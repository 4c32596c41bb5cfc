package semantics

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C42", func(promise fixtures.Promise) {
	It("shows six besides its own, has the others wait, and shows the next when one leaves", func() {
		j := lab.Scenario("nine-pictures", 1)
		remotes := func(at time.Duration) []string {
			var on []string
			for _, ev := range j.Record.Events {
				if ev.At > at || j.Name(ev.Actor) != "page" || ev.Kind != trace.TileAdded && ev.Kind != trace.TileRemoved || ev.Peer == ev.Actor {
					continue
				}
				on = slices.DeleteFunc(on, func(name string) bool { return name == j.Name(ev.Peer) })
				if ev.Kind == trace.TileAdded {
					on = append(on, j.Name(ev.Peer))
				}
			}
			return on
		}
		Expect(remotes(17 * time.Second)).To(ConsistOf("one", "two", "three", "four", "five", "six"))
		Expect(remotes(20 * time.Second)).To(ConsistOf("one", "three", "four", "five", "six", "seven"))
		Expect(lab.Events(j, trace.FrameShown, "page", "seven")).NotTo(BeEmpty())
		Expect(lab.Events(j, trace.FrameShown, "page", "eight")).To(BeEmpty())
	})
})
