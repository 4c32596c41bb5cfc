package semantics

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

func TestSemantics(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "semantics")
}

// networks are those that a promise is tried on besides its scenario's own.
var networks = []string{"good", "3g-lossy", "high-delay"}

// describe is the body of a promise's file: its judge says held in each of its
// scenarios, on every network. More looks itself.
func describe(id string, more func(promise fixtures.Promise)) bool {
	i := slices.IndexFunc(fixtures.Promises(), func(p fixtures.Promise) bool { return p.ID == id })
	promise := fixtures.Promises()[i]
	return Describe(id+" "+promise.Title.EN, Label("promise:"+id, "sdk:"+lab.SDK, "layer:sdk"), func() {
		for _, scenario := range promise.Scenarios {
			for _, network := range networks {
				It(fmt.Sprintf("%s (%s, %s)", promise.Statement.EN, scenario, network), func() {
					j := lab.Run(on(scenario, network), 1)
					v := j.Verdict(id)
					Expect(v.Verdict).To(Equal(oracle.Held), "%v", v.Findings)
				})
			}
		}
		more(promise)
	})
}

// on is a scenario with every member on one network.
func on(scenario, network string) fixtures.Recipe {
	return fixtures.Recipe{Scenario: scenario, Set: yamlfile.Map[string]{{Name: "network", V: network}}}
}

// role is the role that the gateway gave a member when it joined.
func role(j *campaign.Judged, member string) string {
	joined := lab.Events(j, trace.ServerJoined, member, "")
	Expect(joined).NotTo(BeEmpty(), "%s never joined", member)
	return j.Record.Text(joined[0].Text)
}

// answers are the codes that a member's calls of a method failed with; 0 is success.
func answers(j *campaign.Judged, member, method string) []int64 {
	var codes []int64
	for _, ev := range lab.Events(j, trace.CallDone, member, "") {
		if j.Record.Text(ev.Text) == method {
			codes = append(codes, ev.V[2])
		}
	}
	return codes
}

// relayed counts what the relay enqueued for a viewer of a publisher, in spans that
// lie within a time.
func relayed(j *campaign.Judged, viewer, publisher string, from, to time.Duration) (video, audio int64) {
	for _, ev := range lab.Events(j, trace.RelayOut, viewer, publisher) {
		if time.Duration(ev.V[0]) >= from && ev.At <= to {
			video += ev.V[1]
			audio += ev.V[2]
		}
	}
	return video, audio
}

// pictures counts those shown to a viewer that were captured within a time.
func pictures(j *campaign.Judged, viewer, publisher string, from, to time.Duration) int {
	n := 0
	for _, ev := range lab.Events(j, trace.FrameShown, viewer, publisher) {
		if captured := time.Duration(ev.V[1]); captured >= from && captured < to {
			n++
		}
	}
	return n
}
