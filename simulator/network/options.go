package network

import (
	"fmt"
	"net/netip"
	"time"

	"minilab/simulator/network/link"
	"minilab/simulator/network/tcp"
	"minilab/simulator/trace"
)

// What a link and TCP are made of: see packages link and tcp.
type (
	LinkOptions = link.Options
	LossOptions = link.LossOptions
	Outage      = link.Outage
	TCPOptions  = tcp.Options
)

// Options concern the whole network.
type Options struct {
	// ResolverDelay is how long the name service thinks.
	ResolverDelay time.Duration
	// NameTimeout is how long a query waits for its answer; 0 stands for DefaultNameTimeout.
	NameTimeout time.Duration
	// NameAttempts is how often a query is sent; 0 stands for DefaultNameAttempts.
	NameAttempts int
}

const (
	// DefaultNameTimeout and DefaultNameAttempts.
	// Source: resolv.conf(5), timeout 5 s, attempts 2; fidelity: documented.
	DefaultNameTimeout  = 5 * time.Second
	DefaultNameAttempts = 2
)

// HostOptions describe a host.
type HostOptions struct {
	// Name is the host's name in the name service and in the names of its random
	// streams.
	Name string
	// Names are further names that lead to it.
	Names []string
	// Addr is its address; the zero value stands for the next free one.
	Addr netip.Addr
	// Access is its access link; nil is an ideal one.
	Access *AccessOptions
	TCP    TCPOptions
	// Actor is whose events the link's and TCP's are; trace.Nobody if nobody's.
	Actor trace.ActorID
}

// Validate tells what is wrong with o, or nil.
func (o *HostOptions) Validate() error {
	if o.Name == "" {
		return fmt.Errorf("host without a name")
	}
	if err := o.TCP.Validate(); err != nil {
		return fmt.Errorf("host %s: %w", o.Name, err)
	}
	if o.Access == nil {
		return nil
	}
	if err := o.Access.Validate(); err != nil {
		return fmt.Errorf("host %s: %w", o.Name, err)
	}
	return nil
}

// DirectionChange changes one direction; what is nil stays. A rate takes the place of
// a trace.
type DirectionChange struct {
	RateBPS    *int64
	QueueBytes *int
	Delay      *time.Duration
	Jitter     *time.Duration
	Loss       *LossOptions
}

func (d *DirectionChange) apply(o LinkOptions) LinkOptions {
	if d == nil {
		return o
	}
	if d.RateBPS != nil {
		o.Trace = nil
	}
	set(&o.RateBPS, d.RateBPS)
	set(&o.QueueBytes, d.QueueBytes)
	set(&o.Delay, d.Delay)
	set(&o.Jitter, d.Jitter)
	set(&o.Loss, d.Loss)
	return o
}

func set[T any](v, to *T) {
	if to != nil {
		*v = *to
	}
}
