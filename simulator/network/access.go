package network

import (
	"errors"
	"fmt"
	"time"

	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
	"minilab/simulator/trace"
)

// AccessOptions are a host's access link: both directions, and what stands between it
// and the core.
type AccessOptions struct {
	Up, Down LinkOptions
	NAT      NATOptions
	Lookup   LookupOptions
	Cross    []CrossOptions
	// Phases change the link while time goes on, counted from when the host was given
	// it; after Period, if that isn't 0, they begin anew.
	Phases []Phase
	Period time.Duration
}

// Phase is what an access link is from a time on.
type Phase struct {
	At       time.Duration
	Up, Down LinkOptions
	Lookup   LookupOptions
	// NewAddress: the host comes to this phase by another network, see
	// LinkChange.NewAddress.
	NewAddress bool
}

// LookupOptions are what a host meets when it asks the name service.
type LookupOptions struct {
	Delay    time.Duration // of each answer
	LossRate float64       // share of queries that are not answered
	FailRate float64       // share that are answered with a server's failure
}

// Validate tells what is wrong with o, or nil.
func (o *AccessOptions) Validate() error {
	if err := o.Up.Validate(); err != nil {
		return fmt.Errorf("up: %w", err)
	}
	if err := o.Down.Validate(); err != nil {
		return fmt.Errorf("down: %w", err)
	}
	if err := o.Lookup.Validate(); err != nil {
		return err
	}
	if o.NAT.Idle < 0 || o.Period < 0 {
		return fmt.Errorf("idle time %v or period %v is negative", o.NAT.Idle, o.Period)
	}
	for _, c := range o.Cross {
		if err := c.Validate(); err != nil {
			return fmt.Errorf("cross traffic: %w", err)
		}
		if c.endless(&o.Up, &o.Down) {
			return errors.New("cross traffic: TCP without a rate over a link without rate or delay takes no time")
		}
	}
	last := time.Duration(0)
	for i := range o.Phases {
		p := &o.Phases[i]
		whole := AccessOptions{Up: p.Up, Down: p.Down, Lookup: p.Lookup, Cross: o.Cross}
		if err := whole.Validate(); err != nil {
			return fmt.Errorf("phase at %v: %w", p.At, err)
		}
		if p.At < last {
			return fmt.Errorf("phase at %v comes after one at %v", p.At, last)
		}
		last = p.At
	}
	if o.Period > 0 && last >= o.Period {
		return fmt.Errorf("phase at %v, but the period is %v", last, o.Period)
	}
	return nil
}

// Validate tells what is wrong with o, or nil.
func (o *LookupOptions) Validate() error {
	if o.Delay < 0 || !(o.LossRate >= 0 && o.LossRate <= 1) || !(o.FailRate >= 0 && o.FailRate <= 1) {
		return fmt.Errorf("lookup: delay %v, shares lost %v and failing %v", o.Delay, o.LossRate, o.FailRate)
	}
	return nil
}

// plan is what an access link has besides its directions: what it was given, since
// when, and what runs by it. Hosts whose link has no more have no plan.
type plan struct {
	opt    AccessOptions
	begun  time.Duration
	lookup LookupOptions
	cross  []*crossFlow
}

// Link is what the access link is now; nil if it is ideal.
func (h *Host) Link() *AccessOptions {
	if h.up == nil {
		return nil
	}
	o := AccessOptions{NAT: h.nat.opt}
	if h.plan != nil {
		o = h.plan.opt
		o.Lookup = h.plan.lookup
	}
	o.Up, o.Down = h.up.Options(), h.down.Options()
	return &o
}

// lookupOptions are what the host meets now when it asks the name service.
func (h *Host) lookupOptions() LookupOptions {
	if h.plan == nil {
		return LookupOptions{}
	}
	return h.plan.lookup
}

// SetAccess gives the host another access link. Options must be valid.
func (h *Host) SetAccess(o AccessOptions) {
	if h.up == nil {
		h.up = link.New(h.n.e, &h.n.pool, "link/"+h.name+"/up", o.Up, leaving{h})
		h.down = link.New(h.n.e, &h.n.pool, "link/"+h.name+"/down", o.Down, h)
		h.tapped()
	}
	h.begin(o)
	h.announce(o)
}

// begin starts the plan of an access link.
func (h *Host) begin(o AccessOptions) {
	if h.plan != nil {
		for _, c := range h.plan.cross {
			c.stop()
		}
	}
	h.plan = nil
	if o.Lookup != (LookupOptions{}) || len(o.Cross)+len(o.Phases) > 0 {
		h.plan = &plan{opt: o, begun: h.n.e.Now()}
	}
	if o.NAT != h.nat.opt {
		h.nat = nat{opt: o.NAT}
	}
	h.set(o.Up, o.Down, o.Lookup)
	if len(o.Phases) > 0 {
		h.await(h.plan, 0, 0)
	}
	for i := range o.Cross {
		h.plan.cross = append(h.plan.cross, h.newCross(&o.Cross[i]))
	}
}

func (h *Host) set(up, down LinkOptions, l LookupOptions) {
	h.up.Set(up)
	h.down.Set(down)
	if h.plan != nil {
		h.plan.lookup = l
	}
}

// keep replaces the values of the plan under way; its time goes on. The new plan must
// have the same phases at the same times.
func (h *Host) keep(o AccessOptions) {
	if h.plan == nil {
		h.begin(o)
		return
	}
	h.plan.opt = o
	if o.NAT != h.nat.opt {
		h.nat = nat{opt: o.NAT}
	}
	at := h.n.e.Now() - h.plan.begun
	if o.Period > 0 {
		at %= o.Period
	}
	up, down, l := o.Up, o.Down, o.Lookup
	for _, p := range o.Phases {
		if p.At <= at {
			up, down, l = p.Up, p.Down, p.Lookup
		}
	}
	h.set(up, down, l)
}

// await has phase i of a turn of the plan come when it is time. With a period, what
// the plan begins with comes again after the last phase.
func (h *Host) await(p *plan, turn, i int) {
	o := &p.opt
	at := o.Period
	switch {
	case i < len(o.Phases):
		at = o.Phases[i].At
	case o.Period == 0:
		return
	}
	h.n.proc.At(p.begun+time.Duration(turn)*o.Period+at, func() {
		if p != h.plan {
			return // the host has another link by now
		}
		if i == len(o.Phases) {
			h.set(o.Up, o.Down, o.Lookup)
			h.await(p, turn+1, 0)
			return
		}
		f := &o.Phases[i]
		note := fmt.Sprintf("phase at %v", f.At)
		if f.NewAddress {
			note += ", new address " + h.rehome().String()
		}
		h.set(f.Up, f.Down, f.Lookup)
		h.emit(trace.LinkChanged, trace.Nobody, note)
		h.await(p, turn, i+1)
	})
}

// LinkChange changes an access link while the world runs; what is nil stays.
type LinkChange struct {
	// Access is a whole new link: its phases begin now, unless Keep says that they are
	// those under way with other values.
	Access   *AccessOptions
	Keep     bool
	Up, Down *DirectionChange
	// NewAddress: the host has left its network for another one. What is under way on
	// the link is lost, the old address leads nowhere, and connections that were made
	// from it are half-open: neither end is told, unless the host's OS ends them.
	NewAddress bool
	// Note says in the record what was done.
	Note string
}

// Apply changes the access link from now on.
func (h *Host) Apply(c LinkChange) error {
	var o AccessOptions
	if l := h.Link(); l != nil {
		o = *l
	}
	if c.Access != nil {
		o = *c.Access
	}
	o.Up, o.Down = c.Up.apply(o.Up), c.Down.apply(o.Down)
	if err := o.Validate(); err != nil {
		return fmt.Errorf("host %s: %w", h.name, err)
	}
	note := c.Note
	if c.NewAddress {
		note += ", " + h.rehome().String()
	}
	switch {
	case h.up == nil:
		h.SetAccess(o)
	case c.Access != nil && !c.Keep:
		h.begin(o)
	case c.Access != nil:
		h.keep(o)
	default:
		h.set(o.Up, o.Down, o.Lookup)
	}
	h.emit(trace.LinkChanged, trace.Nobody, note)
	return nil
}

// leaving takes what comes out of an up-link.
type leaving struct{ h *Host }

func (l leaving) Deliver(p *packet.Packet) {
	if l.h.nat.opt.Idle > 0 && !l.h.translate(p) {
		return
	}
	l.h.n.forward(p, false)
}
