package oracle

import (
	"strings"
	"time"

	"minilab/simulator/trace"
)

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
