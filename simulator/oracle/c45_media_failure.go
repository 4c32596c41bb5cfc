package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// Codes of a component that has given up. Source: vendor's and Tencent's
// documentation; fidelity: documented.
const (
	codePushGaveUp = -1307
	codePlayGaveUp = -2301
)

// reactsWithin is how long the SDK is watched after a component has given up, and how
// soon the page acts. Source: vendor's demo acts in the same event; fidelity: inferred.
const reactsWithin = time.Second

// C45: when a component gives up, it stays so and the SDK does nothing: it is for the
// page to start it again or to leave. Of the player the vendor's demo takes no notice.
// What another page makes of it is its own affair: such a run shows only what the SDK
// must not do.
var _ = register(judge{id: "C45", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, ev := range f.story {
		push := ev.Kind == trace.PusherCode && ev.V[0] == codePushGaveUp
		if !f.cast(ev.Actor) || !push && !(ev.Kind == trace.PlayerCode && ev.V[0] == codePlayGaveUp) {
			continue
		}
		found = append(found, f.actsByItself(ev)...)
		if !f.demo() {
			continue
		}
		applies = true
		told := f.of[ev.Actor].awake(ev.At)
		if push && f.pageJoined(ev) && f.pushedOwn(ev) && f.end >= told+reactsWithin && !f.pageEnds(ev, told) && !f.pageActs(ev, told) {
			found = append(found, f.find(ev.Actor, ev.At, "its pusher gave up, and the page neither starts it again nor leaves"))
		}
	}
	return found, applies || len(found) > 0
}})

// pageEnds tells whether a page is gone when it would hear of something, or just then.
func (f *facts) pageEnds(ev *trace.Event, told time.Duration) bool {
	for _, x := range f.after(ev) {
		if state := f.text(x.Text); x.At <= told && x.Kind == trace.HostState && (state == "destroy" || state == "killed") {
			return true
		}
	}
	return f.of[ev.Actor].gone.at(told)
}

// awake is when a page hears of something that happens at a time: at once, or when it
// wakes, or its host has ended.
func (m *member) awake(when time.Duration) time.Duration {
	if s, asleep := at(m.asleep.spans, when); asleep {
		return s.to
	}
	return when
}

// actsByItself are what the SDK or the component did after that without the page.
func (f *facts) actsByItself(gaveUp *trace.Event) []Finding {
	caused := map[*trace.Event]bool{}
	for _, sent := range f.wire.within {
		for _, ev := range sent {
			caused[ev] = true
		}
	}
	after := f.after(gaveUp)
	for _, ev := range after {
		what := f.text(ev.Text)
		if ev.At > gaveUp.At+reactsWithin {
			break
		}
		switch {
		case ev.Kind == trace.SocketSent && f.text(ev.Note) != "ping" && f.text(ev.Note) != "join" && !caused[ev],
			ev.Kind == trace.RequestStarted && what == "lookup" && !caused[ev]:
			return []Finding{f.find(ev.Actor, ev.At, "a component gave up with %d, and the SDK sent %s %s by itself", gaveUp.V[0], what, f.text(ev.Note))}
		}
	}
	return f.restarts(gaveUp, after)
}

// after is what befell a member after an event of its story.
func (f *facts) after(ev *trace.Event) []*trace.Event {
	list := f.later(ev.Actor, ev.At)
	return list[slices.Index(list, ev)+1:]
}

// restarts: the same component plays or pushes on although no page asked for it.
func (f *facts) restarts(gaveUp *trace.Event, after []*trace.Event) []Finding {
	again := trace.PushStarted
	if gaveUp.Kind == trace.PlayerCode {
		again = trace.PlayStarted
	}
	page := false
	for _, ev := range after {
		if ev.At > gaveUp.At+reactsWithin {
			break
		}
		switch {
		case ev.Kind == trace.HostState && f.text(ev.Text) == "resume": // it hears now of what befell it
			page = true
		case ev.Kind == trace.CallIssued || ev.Kind == trace.CallDone || ev.Kind == trace.ClientEvent || ev.Kind == trace.AppState || ev.Kind == trace.TileAdded:
			page = true // from here on it may be the page
		case ev.Kind == again && ev.Peer == gaveUp.Peer && !page:
			return []Finding{f.find(ev.Actor, ev.At, "a component gave up with %d and started again by itself", gaveUp.V[0])}
		}
	}
	return nil
}

// pageJoined tells whether the page of a pusher believes to be in the channel, and
// wants its stream.
func (f *facts) pageJoined(gaveUp *trace.Event) bool {
	state := ""
	for _, ev := range f.events(gaveUp.Actor, trace.AppState) {
		if ev.At > gaveUp.At || ev.At == gaveUp.At && f.text(ev.Text) == "left" {
			break
		}
		state = f.text(ev.Text)
	}
	_, wanted := at(f.of[gaveUp.Actor].wanted.spans, gaveUp.At-1)
	return state == "joined" && wanted
}

// pushedOwn tells whether what gave up pushed to the URL that the page was given last;
// a page may have other pushers.
func (f *facts) pushedOwn(gaveUp *trace.Event) bool {
	given, pushed := "", ""
	for _, c := range f.calls {
		if c.Actor == gaveUp.Actor && c.name == "publish" && c.ok() && c.answered <= gaveUp.At {
			given = c.url
		}
	}
	for _, ev := range f.events(gaveUp.Actor, trace.PushStarted) {
		if ev.At < gaveUp.At {
			pushed = f.text(ev.Note)
		}
	}
	return given == pushed
}

// pageActs tells whether the page leaves, gives the stream up or starts it again, until
// soon after it was told.
func (f *facts) pageActs(gaveUp *trace.Event, told time.Duration) bool {
	for _, c := range f.calls {
		if c.Actor == gaveUp.Actor && c.At >= gaveUp.At && c.At <= told+reactsWithin {
			switch c.name {
			case "leave", "destroy", "unpublish", "publish":
				return true
			}
		}
	}
	for _, ev := range f.events(gaveUp.Actor, trace.PushStarted) {
		if ev.At >= gaveUp.At && ev.At <= told+reactsWithin {
			return true
		}
	}
	return false
}
