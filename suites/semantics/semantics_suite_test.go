package semantics

import (
	"slices"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

func TestSemantics(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "semantics")
}

// describe is the body of a promise's file: a table of trials, one for each version
// that makes the promise, network and scenario. more, unless nil, looks itself; its
// specs run with the version that usual says, where they don't name another.
func describe(id string, more func(promise fixtures.Promise)) bool {
	i := slices.IndexFunc(fixtures.Promises(), func(p fixtures.Promise) bool { return p.ID == id })
	if i < 0 {
		panic("no promise " + id)
	}
	promise := fixtures.Promises()[i]
	return Describe(id+" "+promise.Title.EN, Label("promise:"+id, "layer:"+promise.Layer), func() {
		for _, t := range trials(promise) {
			It(t.title(), Label("sdk:"+t.sdk, "network:"+t.network), t.run)
		}
		if more != nil {
			Context("in detail", Label("sdk:"+usual(promise), "network:own"), func() { more(promise) })
		}
	})
}

// usual is the version that a promise is looked at in detail with: the newest of the
// release notes' time, or the newest of all if it is a later promise.
func usual(p fixtures.Promise) string {
	if slices.Contains(p.Versions, lab.SDK) {
		return lab.SDK
	}
	return p.Versions[len(p.Versions)-1]
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
