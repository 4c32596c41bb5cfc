// Package lab is what specs share: it runs a recipe, twice, and hands over the
// judged run; a run that can't be repeated fails its spec as the simulator's own
// fault. It holds no assertions about the product. Start at Run.
package lab

import (
	"context"
	"errors"

	"github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/trace"
)

// SDK is the version that specs run unless they say otherwise.
const SDK = "1.1.3"

// Seeds are those that a spec is tried with: few, because rates are a campaign's
// business; more than one, because a lucky seed proves nothing.
var Seeds = []uint64{1, 2, 7}

// Run makes a recipe's run and judges it.
func Run(r fixtures.Recipe, seed uint64) *campaign.Judged {
	s, err := campaign.Prepare(r, SDK)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	first, err := campaign.Run(context.Background(), simulator.Options{Scenario: s, Seed: seed})
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), s.Key(seed))
	again, err := simulator.Run(context.Background(), simulator.Options{Scenario: s, Seed: seed})
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), s.Key(seed))
	gomega.Expect(again.Record.Digest).To(gomega.Equal(first.Record.Digest), "%s went another way the second time: the simulator's fault, not the product's", s.Key(seed))
	return first
}

// Scenario runs a shipped scenario as it is.
func Scenario(name string, seed uint64) *campaign.Judged {
	return Run(fixtures.Recipe{Scenario: name}, seed)
}

// Events are a member's events of one kind about another, in order; peer "" is
// anybody.
func Events(j *campaign.Judged, k trace.Kind, actor, peer string) []trace.Event {
	var out []trace.Event
	for _, ev := range j.Record.Events {
		if ev.Kind != k || j.Name(ev.Actor) != actor {
			continue
		}
		if peer == "" || ev.Peer != trace.Nobody && j.Name(ev.Peer) == peer {
			out = append(out, ev)
		}
	}
	return out
}

// Issue is the catalogue's entry of an issue.
func Issue(id string) (fixtures.Issue, error) {
	for _, i := range fixtures.Issues() {
		if i.ID == id {
			return i, nil
		}
	}
	return fixtures.Issue{}, errors.New("no issue " + id)
}
