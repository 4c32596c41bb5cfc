package oracle

import (
	"strings"
	"time"

	"minilab/simulator/trace"
)

// call is one SDK call of one app with its answers.
type call struct {
	*trace.Event
	name, args string
	oks, fails int
	code       int64         // of the first failure
	answered   time.Duration // when it was answered first
	url        string        // that its success gave
	rotation   int64         // the same, degrees
	answers    []*trace.Event

	stay      *stay   // the caller's session when it called; nil outside
	role      string  // its role in it
	changes   int     // how many changes of its role there had been
	roleCalls []*call // what its app had called of setRole
}

func (c *call) unanswered() bool { return c.oks+c.fails == 0 }

// ok tells whether a call succeeded and nothing else was said of it.
func (c *call) ok() bool { return c.oks > 0 && c.fails == 0 }

func (b *builder) issued(m *member, ev *trace.Event) {
	if before := b.byNumber[ev.V[0]]; before != nil && *before.Event == *ev {
		return
	}
	c := &call{Event: ev, name: b.text(ev.Text), args: b.text(ev.Note), stay: m.stay(), roleCalls: m.roleCalls}
	if c.stay != nil {
		c.role, c.changes = c.stay.role, len(c.stay.changes)
	}
	b.calls, m.calls = append(b.calls, c), append(m.calls, c)
	if c.name == "join" && m.channel == "" && !strings.ContainsAny(c.args, " ,[") {
		m.channel = c.args
	}
	b.byNumber[ev.V[0]] = c
	switch c.name {
	case "publish":
		if !m.wanted.on {
			m.beginner = c
		}
		m.wanted.set(true, ev.At)
	case "unpublish":
		m.endWanted(c)
	case "leave":
		m.in = false
		m.endWanted(c)
	case "destroy": // the next client knows nothing of this one's role
		m.in, m.roleCalls = false, nil
		m.endWanted(c)
	case "setRole":
		m.roleCalls = append(m.roleCalls[:len(m.roleCalls):len(m.roleCalls)], c)
		if m.in && c.stay != nil {
			c.stay.roleCalls = append(c.stay.roleCalls, c)
		}
	case "unsubscribe": // ends the subscription's mutes
		if t := b.track(pair{from: ev.Peer, to: ev.Actor}); t != nil {
			t.unmute(ev.At)
		}
	}
}

func (m *member) endWanted(c *call) {
	if m.wanted.on {
		m.ender = c
	}
	m.wanted.set(false, c.At)
}

func (b *builder) done(m *member, ev *trace.Event) {
	c := b.byNumber[ev.V[0]]
	if c == nil || c.Actor != ev.Actor {
		return
	}
	if c.unanswered() {
		c.answered = ev.At
	}
	c.answers = append(c.answers, ev)
	if ev.V[1] == 1 {
		if c.oks == 0 {
			c.url, c.rotation = b.text(ev.Note), ev.V[4]
		}
		c.oks++
		if c.name == "join" || c.name == "rejoin" {
			m.in = true
		}
		return
	}
	if c.fails == 0 {
		c.code = ev.V[2]
	}
	c.fails++
	switch c {
	case m.ender:
		m.wanted.on = true // it went on publishing all the time
	case m.beginner:
		m.wanted.set(false, ev.At) // nothing came of it
	}
}
