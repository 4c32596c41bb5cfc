package oracle

import (
	"math"
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
