package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// C40: a request without answer fails once, with 903, when its time is up; later ones
// work. Joins are C09's matter, and leave has no answer in some versions.
var _ = register(judge{id: "C40", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		d := f.wire.socket(c.client(), c.At)
		if c.name == "join" || c.name == "rejoin" || c.name == "leave" || d == nil || !f.sentRequest(c) {
			continue
		}
		wrong, judged := f.timeOut(c, d)
		found, applies = append(found, wrong...), applies || judged
	}
	return found, applies || len(found) > 0
}})

// sentRequest tells whether a call sent a request.
func (f *facts) sentRequest(c *call) bool {
	for _, ev := range f.wire.within[c] {
		if ev.Kind == trace.SocketSent && f.text(ev.Note) != "ping" {
			return true
		}
	}
	return false
}

func (f *facts) timeOut(c *call, d *dial) (found []Finding, judged bool) {
	deadline := c.At + f.lasting("sdk.request_timeout", requestLasts)
	early := !c.unanswered() && c.answered < deadline-aboutTime
	timedOut := c.failed() && c.code == codeTimedOut
	switch {
	case early && !timedOut && c.oks+c.fails == 1, !timedOut && f.abandoned(c, d, deadline+aboutTime):
		return nil, false
	case c.oks+c.fails > 1:
		return []Finding{f.find(c.Actor, c.answered, "%s was answered %d times", c.name, c.oks+c.fails)}, true
	case early:
		return []Finding{f.find(c.Actor, c.answered, "%s failed with 903 after %s", c.name, seconds(c.answered-c.At))}, true
	case !timedOut && !c.unanswered() && c.answered <= deadline+aboutTime:
		return nil, false
	case !timedOut || c.answered > deadline+aboutTime:
		return []Finding{f.find(c.Actor, deadline, "%s had no answer in time, and did not fail with 903", c.name)}, true
	}
	return f.afterTimeOut(c, d), true
}

// abandoned tells whether a request's socket ended, or its page left, or the record,
// before its time was up.
func (f *facts) abandoned(c *call, d *dial, by time.Duration) bool {
	return d.closed <= by || f.end < by || f.wire.gaveUp(c.client(), c.At, by)
}

// afterTimeOut: the socket goes on, unless its phone ends it, and what the gateway
// answers later is told.
func (f *facts) afterTimeOut(c *call, d *dial) []Finding {
	var found []Finding
	m := f.of[c.Actor]
	if d.closed < c.answered+closeBound && !m.gone.at(d.closed) && !m.asleep.at(d.closed) && !f.wire.gaveUp(c.client(), c.At, d.closed) && len(f.toldOf(d.of, codeClosed, d.closed)) == 0 {
		found = append(found, f.find(c.Actor, d.closed, "%s failed with 903, and then its socket was closed", c.name))
	}
	for _, o := range f.wire.calls[c.client()] {
		if o.At <= c.answered || o.name == "leave" || !f.sentRequest(o) {
			continue
		}
		asked := f.askedFor(o, o.At+requestLasts)
		if asked != nil && asked.V[2] == codeFine && !o.ok() && !f.abandoned(o, d, asked.At+crossing) && !f.cut(o.Actor, asked.At, asked.At+crossing) {
			found = append(found, f.find(o.Actor, asked.At, "%s was granted after an older request had failed with 903, and was not told so", o.name))
		}
	}
	return found
}
