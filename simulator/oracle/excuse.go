package oracle

import (
	"strings"
	"time"

	"minilab/simulator/trace"
)

// Codes that the SDK's client gives. Source: vendor's error code table; fidelity:
// documented.
const (
	codeNoServer  = 901
	codeTimedOut  = 903
	codeClosed    = 904
	codeNoGateway = 905
)

// joinBound is how long a join may take in the worst case: the lookups' time-out of
// 10 s, two gateways of 5 s that don't open, and 10 s for the answer. Source: shipped
// SDK files, run, but for the lookups' time-out, which they lack; fidelity: inferred.
const joinBound = 30 * time.Second

// lookupsOver is when all lookups of an attempt had failed, as far as its client waits
// for them; never if one did not.
func (f *facts) lookupsOver(a *attempt) time.Duration {
	patience := f.lasting("sdk.lookup_timeout", 0)
	if patience == 0 {
		patience = never - a.At
	}
	over := a.At
	for _, x := range a.asks {
		if x.good(a.At + patience) {
			return never
		}
		over = max(over, min(x.ended, a.At+patience))
	}
	if len(a.asks) == 0 {
		return never
	}
	return over
}

// found is when the first lookup of an attempt brought gateways; never if none did.
func (a *attempt) found() *ask {
	var first *ask
	for _, x := range a.asks {
		if x.ended != never && !x.failed && (first == nil || x.ended < first.ended) {
			first = x
		}
	}
	return first
}

// listed are the gateways that the first good lookup named, in order; none if the
// record doesn't say.
func (a *attempt) listed() []string {
	if x := a.found(); x != nil {
		return strings.Fields(x.gateways)
	}
	return nil
}

// missed tells whether a gateway was given its time and did not open.
func (f *facts) missed(d *dial, by time.Duration) bool {
	timeout := f.lasting("sdk.open_timeout", gatewayOpens)
	return d.opened > d.at+timeout && by >= d.at+timeout-tick
}

// excused tells whether an attempt that failed, or did not end, has its reason in its
// own lookups, gateways and answers, rather than in what is left of an older attempt.
func (f *facts) excused(a *attempt) bool {
	if a.unanswered() {
		return f.waits(a)
	}
	switch a.code {
	case codeNoServer:
		return f.lookupsOver(a) <= a.answered+tick
	case codeNoGateway:
		for _, d := range a.dials {
			if d.refused == "" && !f.missed(d, a.answered) {
				return false
			}
		}
		return len(a.dials) > 0
	case codeTimedOut:
		return f.unheard(a)
	case codeClosed:
		for _, d := range a.dials {
			if d.closed <= a.answered && a.answered-d.closed < tick {
				return true
			}
		}
		return false
	}
	return f.refusedWith(a) != nil
}

// waits: an attempt without end waits for lookups that don't end, or for a gateway
// after one that did not open. Both are other promises' business.
func (f *facts) waits(a *attempt) bool {
	if a.found() == nil {
		for _, x := range a.asks {
			if x.ended == never {
				return true
			}
		}
		return false
	}
	return len(a.dials) > 0 && a.dials[0].refused == "" && f.missed(a.dials[0], f.end)
}

// unheard tells whether the request to join had no answer for all of its time, or was
// sent to a gateway after one that did not open.
func (f *facts) unheard(a *attempt) bool {
	for i, d := range a.dials {
		at := d.request("join", f)
		deadline := at + f.lasting("sdk.request_timeout", requestLasts)
		if at == never || deadline > a.answered+tick {
			continue
		}
		if i > 0 {
			return true
		}
		asked := f.asked(a.Actor, "join", 0, at, deadline)
		return asked == nil || asked.V[2] == 0 || asked.At+crossing > deadline || f.cut(a.Actor, asked.At, deadline)
	}
	return false
}

// askedFor is the gateway's word for a call's request within a time; nil if it has none.
func (f *facts) askedFor(c *call, to time.Duration) *trace.Event {
	return f.asked(c.Actor, c.name, c.V[1], c.At, to)
}

// asked is the same for a member's request; uid is whom it is about, 0 anybody.
func (f *facts) asked(who trace.ActorID, action string, uid int64, from, to time.Duration) *trace.Event {
	for _, ev := range f.later(who, from) {
		if ev.At > to {
			return nil
		}
		if ev.Kind == trace.ServerAsked && f.text(ev.Text) == action && (uid == 0 || ev.V[1] == uid) {
			return ev
		}
	}
	return nil
}

// refusedWith is the gateway's refusal of an attempt's request to join that the page
// was told of; nil if there is none.
func (f *facts) refusedWith(a *attempt) *trace.Event {
	for _, ev := range f.later(a.Actor, a.At) {
		if ev.At > f.over(a) {
			return nil
		}
		if ev.Kind == trace.ServerRefused && f.text(ev.Text) == "join" && ev.V[0] == a.code {
			return ev
		}
	}
	return nil
}

// lossyShare of a link's packets lost, outages apart, is so much that a message may be
// on its way for longer than crossing: several losses in a row, each with twice the
// time-out of the one before. Source: none; fidelity: assumed.
const lossyShare = 0.05

// cut tells whether a member's link was down at some time within a span, or loses so
// much that nothing can be said of when a message arrives.
func (f *facts) cut(who trace.ActorID, from, to time.Duration) bool {
	if f.wire.lossy[who] {
		return true
	}
	down := false
	for _, ev := range f.of[who].story {
		if ev.At > to {
			break
		}
		switch ev.Kind {
		case trace.OutageBegan:
			down = true
		case trace.OutageEnded:
			if ev.At >= from && down {
				return true
			}
			down = false
		}
	}
	return down
}
