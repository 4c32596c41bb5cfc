package gateway

import (
	"slices"
	"time"

	"minilab/simulator/mediaserver/channel"
)

// Fault is what is done to a request on purpose.
type Fault string

const (
	Silent Fault = "silent" // it is neither obeyed nor answered
	Late   Fault = "late"   // it is obeyed at once and answered after Rule.Delay
	Refuse Fault = "refuse" // it is not obeyed, and answered with Rule.Code
)

// Rule is a script's: how requests of an action are treated.
type Rule struct {
	Action string // join, publish, ping, ...
	UID    uint32 // of whom; 0: of anybody
	Fault  Fault
	Delay  time.Duration
	Code   channel.Code
	Reason string
	Times  int // how many requests; 0: all
}

// Script adds a rule. It goes before the older ones.
func (g *Gateway) Script(r Rule) { g.rules = slices.Insert(g.rules, 0, &r) }

// rule finds what is to be done to a request, and counts it; nil: nothing.
func (g *Gateway) rule(action string, uid uint32) *Rule {
	for i, r := range g.rules {
		if r.Action != action || r.UID != 0 && r.UID != uid {
			continue
		}
		if r.Times == 1 {
			g.rules = slices.Delete(g.rules, i, i+1)
		} else if r.Times > 1 {
			r.Times--
		}
		return r
	}
	return nil
}
