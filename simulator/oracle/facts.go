package oracle

import (
	"sort"
	"time"

	"minilab/simulator/trace"
)

// pair names one member watching another.
type pair struct{ from, to trace.ActorID }

// facts is a record sorted for judging, made in one pass. What names no member of
// the cast is left out.
type facts struct {
	rec    *trace.Record
	end    time.Duration
	of     []*member // by ActorID
	pairs  []pair    // who ever played whom, sorted
	tracks map[pair]*track
	calls  []*call
	told   []*trace.Event // what apps heard from the SDK
	story  []*trace.Event // all but the dense kinds, in order
	wire   *wire          // what the SDKs' clients did on the network

	sampled bool // phones hear samples
}

// demo tells whether the pages are the vendor's demo, whose promises no other page has made.
func (f *facts) demo() bool { return f.rec.Head.Page == "" }

// member is what one member did, as far as it concerns no other.
type member struct {
	story             []*trace.Event // its events of all but the dense kinds, in order
	calls             []*call
	channel           string // that its page joined; empty: not known
	captured, mediaIn []*trace.Event
	loud              []*trace.Event // seconds of all that its phone played
	statuses          []*trace.Event // netstatus of its pusher

	camera, mic toggle // switched on in a pusher that is started
	hidden      toggle // the mini-program is in the background, or gone
	asleep      toggle // its script stands still
	gone        toggle // the page has been ended, or its host
	held        toggle // the host has stopped its pusher, and nobody has started it since
	called      spell  // a phone call has its sound
	musical     spell  // its page plays music beside the call
	denied      spell  // its user denies the microphone
	wanted      toggle // the app has asked to publish and not to end it
	granted     toggle // the server lets it publish
	pushes      toggle // its push connection stands at the server; a span a connection
	stays       []*stay
	settles     time.Duration        // how long its page may take after a return until all works
	quiet       [len(mediums)]toggle // it said that it sends none, and the relay passes none on
	starts      []time.Duration      // of its pusher
	lost        []*trace.Event       // ends of its push that it didn't want
	trouble     []time.Duration      // of its network: changes and retransmission time-outs
	changed     []time.Duration      // its link
	dark        toggle               // its link is down
	lossy       bool                 // its link lost something in the run

	in        bool    // between a join that succeeded and the call that ends it
	roleCalls []*call // of setRole since its client was made
	beginner  *call   // the publish that it began to want with
	ender     *call   // the call that ended what it wanted
	views     []*track
}

// stay is one session of a member in the channel, as the gateway saw it.
type stay struct {
	span
	joinedAs, role string
	sid            string         // its name at the gateway
	why            string         // it is over
	since          time.Duration  // when it got its role
	back           bool           // by rejoin
	over           bool           // before the end of the record
	changes        []*trace.Event // its ServerRole events
	roleCalls      []*call        // of setRole by its app, which had joined
	streams        []*trace.Event // marks of a stream while it was an audience
}

// track is what one member got of another.
type track struct {
	pair
	shown, played, measured, relayed, announced []*trace.Event
	undecoded                                   []*trace.Event // frames that the player could not decode

	playing toggle               // the player was told to play; a span a player
	open    toggle               // its connection stands
	muted   [len(mediums)]toggle // as the relay applied it
}

var mediums = [...]string{"audio", "video"}

const (
	audio = iota // places in mediums
	video
)

func gather(r *trace.Record) *facts {
	f := &facts{rec: r, end: r.Head.Length, tracks: map[pair]*track{}}
	for range r.Head.Members {
		f.of = append(f.of, &member{})
	}
	b := builder{facts: f, byNumber: map[int64]*call{}}
	ordered := sort.SliceIsSorted(r.Events, func(i, j int) bool { return r.Events[i].At < r.Events[j].At })
	if ordered {
		for i := range r.Events {
			b.take(&r.Events[i])
		}
	} else {
		for _, ev := range inTime(r.Events) {
			b.take(ev)
		}
	}
	b.close()
	for id, m := range f.of {
		m.settles = f.settle(trace.ActorID(id))
	}
	f.wire = f.wiring()
	for p, t := range f.tracks {
		if len(t.playing.spans) > 0 {
			f.pairs = append(f.pairs, p)
		}
	}
	sort.Slice(f.pairs, func(i, j int) bool {
		a, b := f.pairs[i], f.pairs[j]
		return a.from < b.from || a.from == b.from && a.to < b.to
	})
	return f
}

// inTime sorts events by time; those of one instant keep their order.
func inTime(events []trace.Event) []*trace.Event {
	out := make([]*trace.Event, len(events))
	for i := range events {
		out[i] = &events[i]
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At < out[j].At })
	return out
}

// name is the member's id in the scenario.
func (f *facts) name(a trace.ActorID) string { return f.rec.Head.Members[a].ID }

// text is the string behind an id; empty if a damaged record has none.
func (f *facts) text(id trace.TextID) string {
	if int(id) >= len(f.rec.Texts) {
		return ""
	}
	return f.rec.Texts[id]
}

func (f *facts) cast(a trace.ActorID) bool { return int(a) < len(f.of) }

// track finds or makes the track of a pair; nil when either is nobody of the cast.
func (f *facts) track(p pair) *track {
	if !f.cast(p.from) || !f.cast(p.to) || p.from == p.to {
		return nil
	}
	t := f.tracks[p]
	if t == nil {
		t = &track{pair: p}
		f.tracks[p] = t
		f.of[p.from].views = append(f.of[p.from].views, t)
		f.of[p.to].views = append(f.of[p.to].views, t)
	}
	return t
}

// visible is when there was a picture of p.from for p.to to see: its camera was
// pushed, p.to was playing it on a page that was on the screen, and neither had muted it.
func (f *facts) visible(t *track) []span {
	on := minus(cross(t.playing.spans, f.of[t.from].camera.spans), f.of[t.to].hidden.spans)
	return minus(minus(on, t.muted[video].spans), f.of[t.from].quiet[video].spans)
}

// audible is the same for sound.
func (f *facts) audible(t *track) []span {
	on := cross(t.playing.spans, f.of[t.from].mic.spans)
	return minus(minus(on, t.muted[audio].spans), f.of[t.from].quiet[audio].spans)
}

// sending is when a member's pusher was started with something switched on.
func (m *member) sending() []span { return union(m.camera.spans, m.mic.spans) }

// since is the place of the first event at or after a time.
func since(events []*trace.Event, t time.Duration) int {
	return sort.Search(len(events), func(i int) bool { return events[i].At >= t })
}

// in are the events of a span.
func in(events []*trace.Event, s span) []*trace.Event {
	i := since(events, s.from)
	return events[i:max(i, since(events, s.to))]
}

// elsewhere is when nothing can be heard of a member or by it for a reason of its user's or
// its system's: it is away, or a phone call or the page's music has its sound.
func (m *member) elsewhere() []span {
	return union(m.hidden.spans, union(m.called.spans, m.musical.spans))
}

// speechless is when a member can't be heard for such a reason.
func (m *member) speechless() []span {
	return union(m.elsewhere(), union(m.denied.spans, m.held.spans))
}

// add appends an event unless it is the one before once more.
func add(list *[]*trace.Event, ev *trace.Event) {
	if n := len(*list); n == 0 || *(*list)[n-1] != *ev {
		*list = append(*list, ev)
	}
}
