package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// PushSilence is how long nothing may arrive from a member that publishes.
// Source: our definition from the release notes' 推流中断; fidelity: assumed.
const PushSilence = 3 * time.Second

// K8: the push is interrupted (推流中断): while a member's pusher is started with
// camera or microphone on, nothing arrives at the server for longer than
// PushSilence, or its connection is lost.
var _ = register(judge{id: "K8", look: func(f *facts) (found []Finding, applies bool) {
	for _, m := range f.members {
		pushing := f.pushing(m)
		applies = applies || len(pushing) > 0
		for _, w := range pushing {
			found = append(found, f.pushSilences(m, w)...)
		}
		found = append(found, f.lostPushes(m, pushing)...)
	}
	return found, applies
}})

// pushing is when media is due from a member: its app wants to publish, the pusher
// is started with something switched on, and the first media has arrived.
func (f *facts) pushing(m trace.ActorID) []span {
	if len(f.mediaIn[m]) == 0 {
		return nil
	}
	on := cross(union(f.camera[m], f.mic[m]), f.wanted(m))
	return cross(on, []span{{time.Duration(f.mediaIn[m][0].V[0]), f.end}})
}

// wanted is when a member's app has asked to publish and not yet to end it.
func (f *facts) wanted(m trace.ActorID) []span {
	wants := intervals[trace.ActorID]{}
	for _, ev := range f.events(trace.CallIssued) {
		if ev.Actor != m {
			continue
		}
		switch f.rec.Text(ev.Text) {
		case "publish":
			wants.set(m, true, ev.At)
		case "unpublish", "leave", "destroy":
			wants.set(m, false, ev.At)
		}
	}
	return wants.close(f.end)[m]
}

func (f *facts) pushSilences(m trace.ActorID, w span) []Finding {
	var found []Finding
	silent := w.from
	check := func(until time.Duration) {
		if until-silent > PushSilence {
			found = append(found, f.find(m, silent+PushSilence, "nothing arrives from its pusher for %s, from %s on", seconds(until-silent), seconds(silent)))
		}
	}
	for _, ev := range f.mediaIn[m] {
		first, last := time.Duration(ev.V[0]), time.Duration(ev.V[4])
		if first >= w.to {
			break
		}
		if last < w.from {
			continue
		}
		check(min(first, w.to))
		silent = max(last, silent)
	}
	check(w.to)
	return found
}

func (f *facts) lostPushes(m trace.ActorID, pushing []span) []Finding {
	var found []Finding
	for _, ev := range f.rec.Events {
		lost := ev.Kind == trace.ServerPushClosed && f.rec.Text(ev.Text) == "lost" ||
			ev.Kind == trace.PusherCode && ev.V[0] == codeReconnecting
		if !lost || ev.Actor != m {
			continue
		}
		if _, ok := at(pushing, ev.At); ok {
			found = append(found, f.find(m, ev.At, "the connection of its pusher is lost"))
		}
	}
	return found
}

// codeReconnecting is live-pusher's 1102: disconnected, reconnect started.
// Source: WeChat live-pusher documentation; fidelity: documented.
const codeReconnecting = 1102
