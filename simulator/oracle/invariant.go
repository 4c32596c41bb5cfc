package oracle

import (
	"slices"

	"minilab/simulator/trace"
)

// invariants hold in every run, whatever the version, the network and the script.
// They stand in the order in which they are reported.
var invariants = []judge{oneAnswer, audienceSilent, muteHolds, noPhantom, nothingLeft, rightPicture}

// Invariants gives the verdicts on a run of what must hold in every run: held,
// violated, or not-run where the run had nothing of the kind. Their ids are words:
//
//	one-answer       a call has at most one answer, ok or fail
//	audience-silent  an audience has no publisher: no URL, no push, no media
//	mute-holds       what is muted isn't enqueued, nothing captured later is shown,
//	                 the others lose nothing; measures mute_tail_s
//	no-phantom       no event of a stream that isn't there
//	nothing-left     no socket, timer or relay entry outlives its session
//	right-picture    what is shown and heard is of the member subscribed to
func Invariants(r *trace.Record) []Verdict { return judgeBy(invariants, gather(r)) }

// InvariantIDs are the ids of all invariants, in their order.
func InvariantIDs() []string {
	ids := make([]string, 0, len(invariants))
	for _, j := range invariants {
		ids = append(ids, j.id)
	}
	return slices.Clip(ids)
}
