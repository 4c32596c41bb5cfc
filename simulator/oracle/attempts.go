package oracle

import (
	"math"
	"strings"
	"time"

	"minilab/simulator/trace"
)

// never is the time of what did not happen.
const never = time.Duration(math.MaxInt64)

// What the SDK's numbers are where a record's head doesn't say.
const (
	// gatewayOpens is how long a gateway may take to open.
	// Source: shipped SDK files, run: 5 s; fidelity: observed.
	gatewayOpens = 5 * time.Second
	// requestLasts is how long a request waits for its answer.
	// Source: shipped SDK files, run: 10 s; fidelity: observed.
	requestLasts = 10 * time.Second
	// pingEvery is the time between pings. Source: shipped SDK files, run: 3 s;
	// fidelity: observed.
	pingEvery = 3 * time.Second
	// tick is how far a timer's effect may lie from its time. Virtual timers are exact;
	// a success is told 1 ms late. Source: SDK file 2.4.2; fidelity: observed.
	tick = 100 * time.Millisecond
	// crossing is how long a message may be on its way, with two retransmissions on a
	// slow network. Source: none; fidelity: assumed.
	crossing = 5 * time.Second
)

// attempt is one call of join or rejoin with what it did on the network.
type attempt struct {
	*call
	standing standing
	before   *attempt // the attempt of the same client before it
	asks     []*ask
	dials    []*dial
	left     *call // the page's call that gave it up, leave or destroy
}

// standing is whether a client has a session when join is called.
type standing uint8

const (
	free   standing = iota // none: join begins one
	unsure                 // a leave is on its way
	held                   // one is there: join does nothing
)

// ask is a lookup of one domain.
type ask struct {
	of        *attempt
	host      string
	at, ended time.Duration
	failed    bool   // it ended without gateways
	refused   bool   // the host didn't send it
	gateways  string // that it was answered with; empty: the record doesn't say
}

// good tells whether it brought gateways by some time.
func (a *ask) good(by time.Duration) bool { return a.ended <= by && !a.failed }

// dial is a WebSocket to a gateway.
type dial struct {
	of                 *attempt
	url                string
	at, opened, closed time.Duration
	refused            string // by the host: why
	sent               []*trace.Event
}

// request is when it asked for something the first time; never if it didn't.
func (d *dial) request(action string, f *facts) time.Duration {
	for _, ev := range d.sent {
		if f.text(ev.Note) == action {
			return ev.At
		}
	}
	return never
}

// sentAt are the times at which it sent something.
func (d *dial) sentAt(f *facts, what string) []time.Duration {
	var out []time.Duration
	for _, ev := range d.sent {
		if f.text(ev.Note) == what {
			out = append(out, ev.At)
		}
	}
	return out
}

func (d *dial) stands(at time.Duration) bool { return d.opened <= at && d.closed > at }

// wire is what all clients did on the network.
type wire struct {
	attempts []*attempt
	dials    []*dial
	// calls are all calls of a client.
	calls map[clientID][]*call
	// within is what left the phone before a call returned.
	within map[*call][]*trace.Event
	// lossy are the members whose link loses much.
	lossy map[trace.ActorID]bool
	// client finds the clients' attempts by member and number.
	client map[clientID][]*attempt
}

type clientID struct {
	who    trace.ActorID
	number int64
}

func (c *call) client() clientID { return clientID{c.Actor, c.V[2]} }

// last is the newest attempt of a client that began at or before a time and was not
// ignored; nil if there is none.
func (w *wire) last(id clientID, at time.Duration) *attempt {
	var out *attempt
	for _, a := range w.client[id] {
		if a.At <= at && a.standing != held {
			out = a
		}
	}
	return out
}

// socket is the WebSocket that a client has open at a time, and tells for how long.
func (w *wire) socket(id clientID, at time.Duration) *dial {
	for _, a := range w.client[id] {
		for _, d := range a.dials {
			if d.stands(at) {
				return d
			}
		}
	}
	return nil
}

// later is a member's story from some time on.
func (f *facts) later(who trace.ActorID, from time.Duration) []*trace.Event {
	story := f.of[who].story
	return story[since(story, from):]
}

// gaveUp tells whether the page left or destroyed a client within a time.
func (w *wire) gaveUp(id clientID, from, to time.Duration) bool {
	for _, c := range w.calls[id] {
		if c.At >= from && c.At <= to && (c.name == "leave" || c.name == "destroy") {
			return true
		}
	}
	return false
}

// failed tells whether the page heard of a failure, and of nothing else.
func (c *call) failed() bool { return c.fails > 0 && c.oks == 0 }

func (c *call) thrown() bool { return c.failed() && c.code == codeThrown }

// codeThrown is the code of a method that threw.
const codeThrown = -1

// over is when an attempt was decided or given up, or the end of the record.
func (f *facts) over(a *attempt) time.Duration {
	end := f.end
	if !a.unanswered() {
		end = min(end, a.answered)
	}
	if a.left != nil {
		end = min(end, a.left.At)
	}
	return end
}

// param is a number that the record's head says, or another.
func (f *facts) param(name string, other float64) float64 {
	for _, p := range f.rec.Head.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return other
}

// lasting is a time that the record's head says, in milliseconds.
func (f *facts) lasting(name string, other time.Duration) time.Duration {
	ms := f.param(name, -1)
	if !(ms >= 0 && ms < 1e9) {
		return other
	}
	return time.Duration(ms * float64(time.Millisecond))
}

// wiring sorts the story by attempts.
type wiring struct {
	*facts
	w       *wire
	byEvent map[*trace.Event]*call
	now     []*call           // by member: the call that hasn't returned
	newest  []*attempt        // by member
	of      [][]*attempt      // by member
	asks    map[numbered]*ask // by number on the phone
	dials   map[numbered]*dial
	asked   []*ask // by member: the lookup that ended last
	leaving map[clientID]*call
	gone    map[clientID]bool
	done    map[int64]bool // calls that have been answered, by number
}

type numbered struct {
	who    trace.ActorID
	number int64
}

func (f *facts) wiring() *wire {
	n := len(f.of)
	b := &wiring{facts: f, w: &wire{within: map[*call][]*trace.Event{}, client: map[clientID][]*attempt{}, lossy: map[trace.ActorID]bool{}, calls: map[clientID][]*call{}}, byEvent: map[*trace.Event]*call{},
		now: make([]*call, n), newest: make([]*attempt, n), of: make([][]*attempt, n), asks: map[numbered]*ask{}, dials: map[numbered]*dial{}, asked: make([]*ask, n),
		leaving: map[clientID]*call{}, gone: map[clientID]bool{}, done: map[int64]bool{}}
	for _, c := range f.calls {
		b.byEvent[c.Event] = c
		b.w.calls[c.client()] = append(b.w.calls[c.client()], c)
	}
	for _, ev := range f.story {
		if f.cast(ev.Actor) {
			b.take(ev)
		}
	}
	for i := range f.rec.Events {
		if ev := &f.rec.Events[i]; ev.Kind == trace.LinkTotals && float64(ev.V[2]+ev.V[3]) > lossyShare*float64(ev.V[0]) {
			b.w.lossy[ev.Actor] = true
		}
	}
	return b.w
}

func (b *wiring) take(ev *trace.Event) {
	what, key := b.text(ev.Text), numbered{ev.Actor, ev.V[0]}
	switch ev.Kind {
	case trace.CallIssued:
		if c := b.byEvent[ev]; c != nil {
			b.now[ev.Actor] = c
			b.issued(c)
		}
		return
	case trace.CallDone:
		b.done[ev.V[0]] = true
		if c := b.now[ev.Actor]; c != nil && c.V[0] == ev.V[0] {
			b.now[ev.Actor] = nil
		}
		return
	case trace.RequestStarted, trace.SocketDialled, trace.SocketSent:
		if c := b.now[ev.Actor]; c != nil && c.At == ev.At {
			b.w.within[c] = append(b.w.within[c], ev)
		}
	case trace.ServerAsked:
		b.answered(ev)
	}
	switch what {
	case "lookup":
		b.lookup(ev, key)
	case "gateway":
		b.gateway(ev, key)
	}
}

// issued follows the sessions of clients.
func (b *wiring) issued(c *call) {
	id := c.client()
	last := b.w.last(id, c.At)
	switch c.name {
	case "join", "rejoin":
		if c.thrown() {
			return
		}
		a := &attempt{call: c, before: last, standing: b.standing(id, last, c.At)}
		b.w.attempts = append(b.w.attempts, a)
		b.w.client[id] = append(b.w.client[id], a)
		b.newest[c.Actor] = a
		b.of[c.Actor] = append(b.of[c.Actor], a)
		if a.standing == free {
			delete(b.leaving, id)
			delete(b.gone, id)
		}
	case "leave":
		b.given(last, c)
		if b.w.socket(id, c.At) == nil {
			b.gone[id] = true
			return
		}
		b.leaving[id] = c
	case "destroy":
		b.given(last, c)
		b.gone[id] = true
	}
}

// given notes that the page gave an attempt up. A leave that failed changes nothing.
func (b *wiring) given(a *attempt, c *call) {
	if a != nil && a.left == nil && !c.failed() {
		a.left = c
	}
}

func (b *wiring) standing(id clientID, last *attempt, at time.Duration) standing {
	leave := b.leaving[id]
	switch {
	case last == nil || b.gone[id], last.failed() && b.done[last.V[0]]:
		return free
	case leave == nil:
		return held
	case leave.unanswered(): // a version whose leave has no callbacks
		return free
	case leave.answered > at:
		return unsure
	case leave.failed():
		return held
	}
	return free
}

func (b *wiring) lookup(ev *trace.Event, key numbered) {
	a := b.asks[key]
	switch {
	case ev.Kind == trace.RequestStarted:
		if of := b.newest[ev.Actor]; of != nil {
			a = &ask{of: of, host: b.text(ev.Note), at: ev.At, ended: never}
			of.asks = append(of.asks, a)
			b.asks[key] = a
		}
	case a == nil:
	case ev.Kind == trace.SocketRefused:
		a.refused = true
	case ev.Kind == trace.RequestEnded && a.ended == never:
		a.ended = ev.At
		a.failed = a.failed || b.text(ev.Note) != "" || ev.V[1] != codeFine
		b.asked[ev.Actor] = a
	}
}

// codeFine is the code of what was granted. Source: HTTP, and shipped SDK files;
// fidelity: documented.
const codeFine = 200

// answered: what a lookup domain says stands in the server's word for it, the domain
// and then the gateways. The body of an answer is nowhere else.
func (b *wiring) answered(ev *trace.Event) {
	if b.text(ev.Text) != "lookup" {
		return
	}
	host, gateways, _ := strings.Cut(b.text(ev.Note), " ")
	for _, of := range b.of[ev.Actor] {
		for _, a := range of.asks {
			if a.host == host && a.ended == never && a.gateways == "" {
				a.gateways = gateways
				a.failed = ev.V[2] != codeFine
				return
			}
		}
	}
}

func (b *wiring) gateway(ev *trace.Event, key numbered) {
	d := b.dials[key]
	switch {
	case ev.Kind == trace.SocketDialled:
		of := b.dialler(ev)
		if of == nil {
			return
		}
		d = &dial{of: of, url: b.text(ev.Note), at: ev.At, opened: never, closed: never}
		of.dials = append(of.dials, d)
		b.w.dials = append(b.w.dials, d)
		b.dials[key] = d
	case d == nil:
	case ev.Kind == trace.SocketRefused:
		d.refused = b.text(ev.Note)
	case ev.Kind == trace.SocketOpened && d.opened == never:
		d.opened = ev.At
	case ev.Kind == trace.SocketClosed && d.closed == never:
		d.closed = ev.At
	case ev.Kind == trace.SocketSent:
		d.sent = append(d.sent, ev)
	}
}

// dialler is the attempt that dials: that whose lookup has just been answered, or
// whose gateway has just failed to open, or else the newest.
func (b *wiring) dialler(ev *trace.Event) *attempt {
	if a := b.asked[ev.Actor]; a != nil && a.ended == ev.At {
		return a.of
	}
	timeout := b.lasting("sdk.open_timeout", gatewayOpens)
	best, of := tick, b.newest[ev.Actor]
	for _, a := range b.of[ev.Actor] {
		if len(a.dials) == 0 {
			continue
		}
		d := a.dials[len(a.dials)-1]
		if off := (ev.At - d.at - timeout).Abs(); d.opened == never && off < best {
			best, of = off, a
		}
	}
	return of
}
