package semantics

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C46", func(promise fixtures.Promise) {
	It("answers at the same instants as with a collector that answers", func() {
		answered := func(r fixtures.Recipe) []string {
			j := lab.RunSDK(r, "2.4.2", 1)
			var out []string
			for _, ev := range j.Record.Events {
				if ev.Kind == trace.CallDone {
					out = append(out, fmt.Sprintf("%v %s %s %d", ev.At, j.Name(ev.Actor), j.Record.Text(ev.Text), ev.V[2]))
				}
			}
			return out
		}
		down := answered(fixtures.Recipe{Scenario: "telemetry-down"})
		Expect(down).To(ContainElement(ContainSubstring("subscribe 0")))
		Expect(down).To(Equal(answered(fixtures.Recipe{Scenario: "telemetry-down", Without: []string{"down"}})))
	})
})
