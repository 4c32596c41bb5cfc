package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// call is one SDK call of one app with its answer.
type call struct {
	trace.Event
	name     string
	args     string
	answers  int
	ok       bool
	code     int64
	answered time.Duration
}

// calls pairs every call with what came back.
func (f *facts) calls() []*call {
	var all []*call
	byNumber := map[int64]*call{}
	for _, ev := range f.rec.Events {
		switch ev.Kind {
		case trace.CallIssued:
			c := &call{Event: ev, name: f.rec.Text(ev.Text), args: f.rec.Text(ev.Note)}
			all = append(all, c)
			byNumber[ev.V[0]] = c
		case trace.CallDone:
			if c := byNumber[ev.V[0]]; c != nil {
				c.answers++
				c.ok, c.code, c.answered = ev.V[1] == 1, ev.V[2], ev.At
			}
		}
	}
	return all
}

// role is the role the gateway last gave a member before a time; "" outside.
func (f *facts) role(m trace.ActorID, t time.Duration) string {
	role := ""
	for _, ev := range f.rec.Events {
		if ev.At > t {
			break
		}
		if ev.Actor != m {
			continue
		}
		switch ev.Kind {
		case trace.ServerJoined, trace.ServerRole:
			role = f.rec.Text(ev.Text)
		case trace.ServerLeft:
			role = ""
		}
	}
	return role
}
