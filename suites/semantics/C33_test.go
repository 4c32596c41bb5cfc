package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C33", func(promise fixtures.Promise) {
	// When the page of alice, who is back at about 23 s, got and lost somebody's tile.
	tile := func(sdk string, k trace.Kind, of string) []time.Duration {
		var at []time.Duration
		for _, ev := range lab.Events(lab.RunSDK(fixtures.Recipe{Scenario: "recovery"}, sdk, 1), k, "alice", of) {
			at = append(at, ev.At)
		}
		return at
	}
	within := And(BeNumerically(">", 17*time.Second), BeNumerically("<", 30*time.Second))

	It("drops who went meanwhile, and shows who came", func() {
		for _, sdk := range promise.Versions {
			Expect(tile(sdk, trace.TileRemoved, "bob")).To(ConsistOf(within), sdk)
			added := tile(sdk, trace.TileAdded, "dave")
			Expect(added).To(HaveLen(2), "%s: when it first published, and after the gap", sdk)
			Expect(added[1]).To(within, sdk)
			Expect(tile(sdk, trace.TileAdded, "carol")).To(HaveLen(1), "%s: one who stays keeps its tile", sdk)
		}
	})
})
