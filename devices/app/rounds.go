package app

import (
	"math/rand/v2"
	"time"

	"minilab/devices/sdk"
)

// joinPatience is how long a page that joins again and again waits for the answer to
// join, or to a leave that has one, before it gives the client up.
// Source: none; the host ends a request without answer after 60 s; fidelity: assumed.
const joinPatience = 60 * time.Second

// rounds are joins one after the other: join, stay, leave and pause so many times, or
// join until it succeeds.
type rounds struct {
	a           *App
	rand        *rand.Rand
	left        int  // rounds to begin
	until       bool // a success is the end
	stay, pause Value
	turn        int // counts what is waited for; an answer to an earlier turn comes too late
}

// begin starts rounds in the place of those that are under way.
func (a *App) begin(r rounds) {
	r.a, r.rand = a, a.o.Engine.Rand(a.o.Name+"/rounds")
	a.rounds = &r
	r.join()
}

// mine tells whether these rounds are still what the page does, and turn the last
// thing that they waited for.
func (r *rounds) mine(turn int) bool { return r.a.rounds == r && r.turn == turn }

// after goes on in d unless something else came first.
func (r *rounds) after(d time.Duration, next func()) {
	r.turn++
	turn := r.turn
	r.a.proc.After(d, func() {
		if r.mine(turn) {
			next()
		}
	})
}

func (r *rounds) join() {
	if !r.until {
		if r.left == 0 {
			r.a.rounds = nil
			return
		}
		r.left--
	}
	r.after(joinPatience, r.giveUp)
	turn := r.turn
	r.a.join(func(f *sdk.Failure) {
		switch {
		case !r.mine(turn):
		case f != nil:
			r.rest()
		case r.until:
			r.a.rounds = nil
		default:
			r.after(r.draw(r.stay), r.leave)
		}
	})
}

// leave ends the stay. Where leave has callbacks the page waits for them, since a join
// before them would be ignored.
func (r *rounds) leave() {
	r.after(joinPatience, r.giveUp)
	turn := r.turn
	waits := r.a.o.Profile.LeaveCallbacks && r.a.client != nil
	r.a.leave("", func(f *sdk.Failure) {
		switch {
		case !r.mine(turn) || !waits:
		case f != nil:
			r.giveUp()
		default:
			r.rest()
		}
	})
	if !waits {
		r.rest()
	}
}

// giveUp drops a client that doesn't answer.
func (r *rounds) giveUp() {
	r.a.destroy()
	r.a.become(stateIdle, "gave up")
	r.rest()
}

func (r *rounds) rest() { r.after(r.draw(r.pause), r.join) }

// draw is even within a span.
func (r *rounds) draw(v Value) time.Duration {
	return v.From + time.Duration(r.rand.Int64N(int64(v.To-v.From)+1))
}
