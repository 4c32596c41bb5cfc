package mediaserver

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/gateway"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// Options are the server's switches and numbers, by room.
type Options struct {
	Channel channel.Options
	Relay   relay.Options
	Gateway gateway.Options
	Limits  rtmp.Limits // of what RTMP peers send
	// LookupDefects are mistakes planted on purpose.
	LookupDefects lookup.Defects

	// Gateways are the addresses that lookup answers with.
	// Source: TEST-NET-3, as the real ones don't matter; fidelity: assumed.
	Gateways []netip.Addr
	// SetupTimeout is how long an RTMP connection may take until it publishes or plays.
	// Source: none; fidelity: assumed.
	SetupTimeout time.Duration
	// MaxRequestBytes bounds the body of a lookup. Source: none; fidelity: assumed.
	MaxRequestBytes int64
	// SpanLength is how often the trace sums up what streams carried.
	SpanLength time.Duration
}

// DefaultOptions are the service of the 1.1.x era.
func DefaultOptions() Options {
	return Options{
		Channel:         channel.DefaultOptions(),
		Relay:           relay.DefaultOptions(),
		Gateway:         gateway.DefaultOptions(),
		Limits:          rtmp.DefaultLimits,
		Gateways:        []netip.Addr{netip.AddrFrom4([4]byte{203, 0, 113, 10}), netip.AddrFrom4([4]byte{203, 0, 113, 11})},
		SetupTimeout:    10 * time.Second,
		MaxRequestBytes: 16 << 10,
		SpanLength:      time.Second,
	}
}

// Validate tells what is wrong with the options.
func (o Options) Validate() error {
	if err := errors.Join(o.Channel.Validate(), o.Relay.Validate(), o.Gateway.Validate(), o.Limits.Validate()); err != nil {
		return err
	}
	switch {
	case len(o.Gateways) == 0:
		return errors.New("mediaserver: no gateways")
	case o.SetupTimeout <= 0:
		return fmt.Errorf("mediaserver: set-up time-out %v", o.SetupTimeout)
	case o.MaxRequestBytes <= 0:
		return fmt.Errorf("mediaserver: lookups of %d bytes at most", o.MaxRequestBytes)
	case o.SpanLength <= 0 || o.SpanLength > time.Second:
		return fmt.Errorf("mediaserver: span of %v, want at most 1s", o.SpanLength)
	}
	for _, g := range o.Gateways {
		if !g.Is4() {
			return fmt.Errorf("mediaserver: gateway %v is no IPv4 address, which clients need for its path", g)
		}
	}
	return nil
}

// Params are the numbers that shape what members experience, for the record's head.
func (o Options) Params() []trace.Param {
	seconds := func(name string, d time.Duration, fidelity string) trace.Param {
		return trace.Param{Name: "mediaserver." + name, Value: d.Seconds(), Unit: "s", Fidelity: fidelity}
	}
	return []trace.Param{
		seconds("queue_length", o.Relay.QueueLength, "inferred"),
		{Name: "mediaserver.queue_bytes", Value: float64(o.Relay.QueueBytes), Unit: "B", Fidelity: "assumed"},
		{Name: "mediaserver.chunk_bytes", Value: float64(o.Relay.ChunkSize), Unit: "B", Fidelity: "inferred"},
		seconds("session_idle", o.Gateway.SessionIdle, "inferred"),
		seconds("url_life", o.Channel.URLLife, "assumed"),
		seconds("old_url_life", o.Channel.OldURLLife, "assumed"),
	}
}
