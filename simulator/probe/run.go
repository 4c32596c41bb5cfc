package probe

import (
	"context"
	"slices"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network"
	"minilab/simulator/network/packet"
	"minilab/simulator/network/tcp"
	"minilab/simulator/trace"
)

// port is where the receiver listens: the discard service, since what is sent is
// made up.
// Source: RFC 863; fidelity: documented.
const port = 9

// The hosts' names.
const (
	senderName   = "sender"
	receiverName = "receiver"
)

// step is how often a probe looks whether it should stop, at least.
const step = 250 * time.Millisecond

// probe is one run.
type probe struct {
	e   *engine.Engine
	o   *Options
	r   Result
	n   *network.Network
	log *trace.Log
	tx  sender
	rx  receiver
}

// Run runs a probe. When ctx is done it ends early and returns ctx's error.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	p := &probe{e: engine.New(o.Seed), o: &o}
	p.r.Course = make([]Point, o.Points)
	for i := range p.r.Course {
		p.r.Course[i].At = o.Length * time.Duration(i) / time.Duration(o.Points)
	}
	host, err := p.build()
	if err != nil {
		return nil, err
	}
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	p.r.Up, p.r.Down = host.Traffic()
	p.r.Events = p.e.Events()
	p.r.Ended = p.tx.ended
	p.measure()
	record, err := p.log.Seal()
	if err != nil {
		return nil, err
	}
	for i := range record.Events {
		if record.Events[i].Kind == trace.TCPTimeout {
			p.r.Timeouts++
		}
	}
	return &p.r, nil
}

// build makes the two hosts, and has the sender connect.
func (p *probe) build() (*network.Host, error) {
	p.log = trace.NewLog(trace.Head{Version: trace.Version, Seed: p.o.Seed, Members: []trace.Member{{ID: senderName}}}, p.e.Now)
	p.n = network.New(p.e, p.log, network.Options{})
	if p.o.Tap != nil || p.o.Points > 0 {
		p.n.SetTap(&watcher{p: p, next: p.o.Tap, handed: map[*packet.Packet]time.Duration{}})
	}
	options := network.TCPOptions{CC: p.o.CC}
	host, err := p.n.AddHost(network.HostOptions{Name: senderName, Access: &p.o.Access, TCP: options})
	if err != nil {
		return nil, err
	}
	far, err := p.n.AddHost(network.HostOptions{Name: receiverName, Actor: trace.Nobody, TCP: options})
	if err != nil {
		return nil, err
	}
	p.rx = receiver{p: p}
	if _, err := far.Listen(port, func(sockets.Socket) sockets.Handler { return &p.rx }); err != nil {
		return nil, err
	}
	p.tx = sender{p: p, proc: p.e.Proc(senderName)}
	p.tx.block = make([]byte, blockBytes)
	if p.o.Stream == Frames {
		p.tx.block = make([]byte, p.o.FrameBytes())
	}
	p.tx.conn, _ = host.Dial(far.Addr().String(), port, &p.tx).(*tcp.Conn)
	return host, nil
}

// run lets time pass until the stream has been written and received, or the
// connection has ended.
func (p *probe) run(ctx context.Context) error {
	part := step
	if p.o.Points > 0 {
		part = min(part, max(p.o.Length/time.Duration(p.o.Points), time.Microsecond))
	}
	for !p.tx.over {
		if err := ctx.Err(); err != nil {
			return err
		}
		pace := step
		if p.tx.open {
			pace = part
		}
		p.e.RunUntil(p.e.Now() + pace)
		if p.o.Progress != nil {
			p.o.Progress.Store(int64(p.e.Now()))
		}
		if c := p.point(p.e.Now() - 1); c != nil {
			c.Window = p.tx.conn.Window()
		}
	}
	return nil
}

// point is the part of the course that a time belongs to, or nil.
func (p *probe) point(at time.Duration) *Point {
	at -= p.r.Opened
	if !p.tx.open || at < 0 || at >= p.o.Length || p.o.Points == 0 {
		return nil
	}
	return &p.r.Course[int(at*time.Duration(p.o.Points)/p.o.Length)]
}

// measure ends the figures.
func (p *probe) measure() {
	took := p.o.Length
	switch {
	case p.o.Stream == Frames && p.rx.got > 0:
		took = p.rx.last - p.r.Opened
	case p.tx.open:
		took = p.tx.endedAt - p.r.Opened
	}
	if took > 0 {
		p.r.GoodputBPS = float64(p.rx.got) * 8 / took.Seconds()
	}
	p.r.Retransmits = p.tx.conn.Retransmitted()
	p.r.Due = p.tx.due
	slices.Sort(p.r.Delays)
}
