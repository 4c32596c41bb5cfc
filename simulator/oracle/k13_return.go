package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

const (
	// ReturnLeast is how long after its return a page may take at least until all works as
	// before: the demo's second before a rejoin, the joins, and first pictures. On a network
	// on which the first join took long it may take returnMost times as long as that: each
	// of its round trips may be slower now than then. Fidelity: assumed.
	ReturnLeast = 15 * time.Second
	returnMost  = 2
	// returnLook is the end of it, in which things must be seen to work.
	returnLook = 5 * time.Second
)

// K13: after some time in the background the mini-program is in trouble (切后台再返回后
// 异常). It is one of: thrown out (the page has left by itself), half-open (its session
// is over and nobody has told it), own stream not back, a dead player (either may be
// stuck with an old URL), two tiles of one member, two sessions that throw each other out.
// Where nothing comes on a weak network nobody can tell what else it may be.
var _ = register(judge{id: "K13", look: func(f *facts) (found []Finding, applies bool) {
	for id := range f.of {
		for _, r := range f.returns(trace.ActorID(id)) {
			wrong, known := f.troubles(r)
			found = append(found, wrong...)
			applies = applies || known
		}
	}
	return found, applies
}})

// troubles are what is wrong after a return, and whether anything is known of it. Where
// it is the session, what becomes of the media follows from that.
func (f *facts) troubles(r back) (found []Finding, known bool) {
	for _, look := range []func(back) []Finding{f.thrownOut, f.halfOpen, f.duel} {
		if found := look(r); len(found) > 0 {
			return found, true
		}
	}
	push, noPush := f.pushNotBack(r)
	play, noPlay := f.deadPlayers(r)
	found = slices.Concat(push, play, f.doubleTiles(r))
	switch missing := slices.Concat(noPush, noPlay); {
	case len(missing) == 0:
		return found, true
	case f.weakSince(r):
		return found, len(found) > 0
	default:
		return slices.Concat(found, missing), true
	}
}

// back is a return of a page that was in its channel when it was left; look is when it
// should work again.
type back struct {
	id   trace.ActorID
	left time.Duration
	look span
	at   time.Duration
}

// returns are those after which the page was left alone for long enough to be judged.
func (f *facts) returns(id trace.ActorID) []back {
	var out []back
	m := f.of[id]
	in, left := false, never
	for i, ev := range m.story {
		switch {
		case ev.Kind == trace.AppState:
			in = f.text(ev.Text) == appJoined
		case ev.Kind == trace.HostState && f.text(ev.Text) == "hide":
			left = never
			if in {
				left = ev.At
			}
		case ev.Kind == trace.HostState && f.text(ev.Text) == "show" && left != never:
			r := back{id: id, left: left, at: ev.At, look: span{ev.At + m.settles - returnLook, ev.At + m.settles}}
			left = never
			if r.look.to <= f.end && f.leftAlone(m.story[i+1:], r) {
				out = append(out, r)
			}
		}
	}
	return out
}

const (
	appJoining = "joining"
	appJoined  = "joined"
)

// settle is how long a member's page may take after a return, by its first join.
func (f *facts) settle(id trace.ActorID) time.Duration {
	m := f.of[id]
	return max(ReturnLeast, returnMost*(f.firstJoin(m)+max(m.firstPush(), f.firstPlay(id))))
}

// firstJoin is how long a page took for its first join; nothing where it never was in.
func (f *facts) firstJoin(m *member) time.Duration {
	from := never
	for _, ev := range m.story {
		switch {
		case ev.Kind != trace.AppState:
		case from == never && f.text(ev.Text) == appJoining:
			from = ev.At
		case from != never && f.text(ev.Text) == appJoined:
			return ev.At - from
		}
	}
	return 0
}

// firstPush is how long it took from a member's first start of a pusher until its media arrived.
func (m *member) firstPush() time.Duration {
	if len(m.starts) == 0 {
		return 0
	}
	if at := m.firstMedia(span{m.starts[0], never}); at != never {
		return at - m.starts[0]
	}
	return 0
}

// firstPlay is how long it took from the first start of a member's players until each
// showed or sounded, of those whose publishers were sending.
func (f *facts) firstPlay(id trace.ActorID) time.Duration {
	longest := time.Duration(0)
	for _, t := range f.of[id].views {
		if t.to != id || len(t.playing.spans) == 0 {
			continue
		}
		came := never
		if len(t.shown) > 0 {
			came = t.shown[0].At
		}
		if len(t.played) > 0 {
			came = min(came, time.Duration(t.played[0].V[0]))
		}
		from := t.playing.spans[0].from
		if from = max(from, f.of[t.from].firstMedia(span{from, never})); came > from && came != never {
			longest = max(longest, came-from)
		}
	}
	return longest
}

// leftAlone tells whether nothing else befell the page, which the script or its user did.
func (f *facts) leftAlone(after []*trace.Event, r back) bool {
	for _, ev := range after {
		switch {
		case ev.At >= r.look.to:
			return true
		case ev.Kind == trace.FaultInjected || ev.Kind == trace.HostState && f.text(ev.Text) != "resume",
			ev.Kind == trace.OutageBegan || ev.Kind == trace.LinkChanged,
			ev.Kind == trace.AppState && f.text(ev.Text) == "left" && f.text(ev.Note) == "":
			return false
		}
	}
	return true
}

func (f *facts) away(r back) string { return "after " + seconds(r.at-r.left) + " away" }

// weakSince tells whether the member's network was in trouble, or couldn't take what
// there was to send, since it came back.
func (f *facts) weakSince(r back) bool {
	m, since := f.of[r.id], span{r.at, r.look.to}
	return slices.ContainsFunc(m.trouble, since.holds) || len(cross(m.dark.spans, []span{since})) > 0 || m.clogged(since)
}

// thrownOut: the page has left the channel by itself, as a demo does whose push failed.
func (f *facts) thrownOut(r back) []Finding {
	for _, ev := range f.of[r.id].story {
		if ev.Kind == trace.AppState && ev.At >= r.left && ev.At < r.look.to && f.text(ev.Text) == "left" && f.text(ev.Note) != "" {
			return []Finding{f.find(r.id, max(ev.At, r.at), "thrown out %s: %s", f.away(r), f.text(ev.Note))}
		}
	}
	return nil
}

// believesIn tells whether the page believes to be in its channel.
func (f *facts) believesIn(r back) bool {
	in := false
	for _, ev := range f.of[r.id].story {
		if ev.At >= r.look.to {
			break
		}
		if ev.Kind == trace.AppState {
			in = f.text(ev.Text) == appJoined
		}
	}
	return in
}

// halfOpen: the session is over, which the page hasn't been told.
func (f *facts) halfOpen(r back) []Finding {
	if !f.believesIn(r) {
		return nil
	}
	for _, s := range f.of[r.id].stays {
		if s.from < r.look.to && (s.to > r.look.from || !s.over) {
			return nil
		}
	}
	return []Finding{f.find(r.id, r.look.to, "half-open %s: its session is over and its page doesn't know", f.away(r))}
}

// pushNotBack: the page wants to be seen or heard, and nothing of it arrives: for a
// reason that can be named, or for none.
func (f *facts) pushNotBack(r back) (found, missing []Finding) {
	m := f.of[r.id]
	if found := f.pushRefused(r); len(found) > 0 {
		return found, nil
	}
	if !m.wanted.at(r.look.from) || len(cross(m.sending(), []span{r.look})) == 0 {
		return nil, nil
	}
	// Stopped by the host since, and not started again: what may still arrive is a waiting image.
	stood, held := at(m.held.spans, r.look.to-1)
	switch {
	case held && stood.from < r.left: // an earlier return has not brought it back
		return nil, nil
	case !held && m.arrivesIn(r.look):
		return nil, nil
	case f.onStaleURL(r, trace.PushStarted, trace.Nobody):
		return []Finding{f.find(r.id, r.look.to, "stale URL %s: its pusher was given a newer one and stays with the old, so its own stream is not back", f.away(r))}, nil
	case held:
		return []Finding{f.find(r.id, r.look.to, "its own stream is not back %s: the host has stopped its push (5000), and its page hasn't started it again", f.away(r))}, nil
	}
	return nil, []Finding{f.find(r.id, r.look.to, "its own stream is not back %s", f.away(r))}
}

// pushRefused: the page told its push to start while it was away, where that fails (102),
// and hasn't done so again.
func (f *facts) pushRefused(r back) []Finding {
	refused := false
	for _, ev := range f.of[r.id].story {
		switch {
		case ev.At < r.left || ev.At >= r.look.to:
		case ev.Kind == trace.HostTold && f.text(ev.Text) == "start" && ev.At < r.at:
			refused = true
		case ev.Kind == trace.PushStarted || ev.Kind == trace.TileRemoved && ev.Peer == r.id:
			refused = false
		}
	}
	if m := f.of[r.id]; !refused || !m.wanted.at(r.look.from) || m.arrivesIn(r.look) {
		return nil
	}
	return []Finding{f.find(r.id, r.look.to, "its own stream is not back %s: its page told it to start while it was away, which fails (102), and not again", f.away(r))}
}

// pushHeld is the code of a live-pusher that the host has stopped. Source: live-pusher
// documentation; fidelity: documented.
const pushHeld = 5000

// arrivesIn tells whether media of a member arrived in a stretch.
func (m *member) arrivesIn(s span) bool {
	for _, ev := range m.mediaIn {
		if time.Duration(ev.V[0]) < s.to && time.Duration(ev.V[4]) >= s.from {
			return true
		}
	}
	return false
}

// deadPlayers: a tile of one who is sending neither shows nor sounds: for its old URL, or
// for nothing that can be named.
func (f *facts) deadPlayers(r back) (found, missing []Finding) {
	m := f.of[r.id]
	for _, t := range m.views {
		if t.to != r.id || f.tilesOf(r, t.from) == 0 || !f.of[t.from].arrivesIn(r.look) {
			continue
		}
		if len(cross(union(f.visible(t), f.audible(t)), []span{r.look})) == 0 || len(in(t.shown, r.look))+len(in(t.played, r.look)) > 0 {
			continue
		}
		if f.onStaleURL(r, trace.PlayStarted, t.from) {
			found = append(found, f.find(r.id, r.look.to, "stale URL %s: nothing of %s, who is sending", f.away(r), f.name(t.from)))
		} else {
			missing = append(missing, f.find(r.id, r.look.to, "dead player %s: nothing of %s, who is sending", f.away(r), f.name(t.from)))
		}
	}
	return found, missing
}

// onStaleURL tells whether a component was last started with another URL than the one
// that the page was last given for it. The server's refusals don't tell: of a URL that
// it has taken back it doesn't know any more whose it was.
func (f *facts) onStaleURL(r back, start trace.Kind, of trace.ActorID) bool {
	used, given, at := "", "", time.Duration(-1)
	for _, ev := range f.of[r.id].story {
		if ev.At >= r.look.to {
			break
		}
		if ev.Kind == start && ev.Peer == of {
			used = f.text(ev.Note)
		}
	}
	for _, c := range f.of[r.id].calls {
		if push := start == trace.PushStarted; c.url == "" || c.answered >= r.look.to || push != slices.Contains(publishing, c.name) || !push && c.Peer != of {
			continue
		}
		if c.answered >= at {
			given, at = c.url, c.answered
		}
	}
	return used != "" && given != "" && used != given
}

// publishing are the calls that give a URL to push to; of the others subscribe gives one.
var publishing = []string{"publish", "updatePushUrl"}

// tilesOf counts the tiles that a page shows of a member.
func (f *facts) tilesOf(r back, of trace.ActorID) int {
	n := 0
	for _, ev := range f.of[r.id].story {
		switch {
		case ev.At >= r.look.to:
			return n
		case ev.Peer != of:
		case ev.Kind == trace.TileAdded:
			n++
		case ev.Kind == trace.TileRemoved:
			n--
		}
	}
	return n
}

// doubleTiles: two tiles of one member.
func (f *facts) doubleTiles(r back) []Finding {
	var found []Finding
	for id := range f.of {
		of := trace.ActorID(id)
		if tiles := f.tilesOf(r, of); tiles > 1 {
			found = append(found, f.find(r.id, r.look.to, "double tile %s: %d tiles of %s", f.away(r), tiles, f.name(of)))
		}
	}
	return found
}

// duel: a gateway lets a uid have one session in a channel, so a page with two clients is
// not there twice: each join throws the other session out. Once is what a page does that
// comes back before its lost session is over; again and again is a page against itself.
func (f *facts) duel(r back) []Finding {
	thrown, last := 0, never
	for _, ev := range f.of[r.id].story {
		if ev.Kind == trace.ServerLeft && f.text(ev.Text) == "kicked" && ev.At >= r.at && ev.At < r.look.to {
			thrown, last = thrown+1, ev.At
		}
	}
	if thrown < 2 {
		return nil
	}
	return []Finding{f.find(r.id, last, "duplicate session %s: its own sessions throw each other out, %d times", f.away(r), thrown)}
}
