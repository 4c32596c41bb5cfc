// Package lab is what specs share: it runs a recipe, twice, and hands over the
// judged run; a run that can't be repeated fails its spec as the simulator's own
// fault, and so does one that breaks an invariant. It holds no other assertions
// about the product. Start at Run.
package lab

import (
	"errors"
	"os"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/trace"
)

// SDK is the version that specs run unless they say otherwise.
const SDK = "1.1.3"

// MutantVariable is the environment variable that names a mutant: its defect is then
// planted in every run.
const MutantVariable = "MINILAB_MUTANT"

// VerdictsVariable is the environment variable that says off where the suite's verdicts
// are not to be kept.
const VerdictsVariable = "MINILAB_VERDICTS"

// SimulatorFailed begins what a spec says when it was not the product that failed.
const SimulatorFailed = "the simulator failed"

// Mutant is the one whose defect is planted; "" is none.
func Mutant() string { return os.Getenv(MutantVariable) }

// Seeds are those that a spec is tried with: few, because rates are a campaign's
// business; more than one, because a lucky seed proves nothing.
var Seeds = []uint64{1, 2, 7}

// Run makes a recipe's run with the usual version and judges it.
func Run(r fixtures.Recipe, seed uint64) *campaign.Judged { return RunSDK(r, SDK, seed) }

// RunSDK makes a recipe's run with an SDK version and judges it. A run that was made
// before is not made again.
func RunSDK(r fixtures.Recipe, sdk string, seed uint64) *campaign.Judged {
	s := prepare(r, sdk)
	if j := kept.get(s.Key(seed)); j != nil {
		return j
	}
	j := made(s, seed)
	kept.put(s.Key(seed), j)
	return j
}

// Verdict is what a promise's judge says of a recipe's run. It is remembered longer
// than the run.
func Verdict(id string, r fixtures.Recipe, sdk string, seed uint64) Said {
	key := prepare(r, sdk).Key(seed)
	all, ok := verdicts[key]
	if !ok {
		j := RunSDK(r, sdk, seed)
		all = map[string]Said{}
		for _, v := range j.Verdicts {
			all[v.ID] = say(j, v)
		}
		verdicts[key] = all
	}
	return all[id]
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
