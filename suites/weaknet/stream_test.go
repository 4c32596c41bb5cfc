package weaknet

import (
	"net/netip"
	"slices"
	"time"

	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network"
	"minilab/simulator/network/link"
	"minilab/simulator/trace"
)

// What a stream sends: a live-pusher's picture at a low setting.
const (
	fps        = 15
	streamKBPS = 300
	frameBytes = streamKBPS * 1000 / 8 / fps
	port       = 1935
	seed       = 1
)

// bench is a phone on a network of the catalogue and a server without one.
type bench struct {
	e             *engine.Engine
	n             *network.Network
	phone, server *network.Host
}

func newBench(name string) *bench {
	access, err := simulator.Access(name)
	Expect(err).NotTo(HaveOccurred())
	b := &bench{e: engine.New(seed)}
	b.n = network.New(b.e, nil, network.Options{})
	b.phone, err = b.n.AddHost(network.HostOptions{Name: "phone", Actor: trace.Nobody, Access: access})
	Expect(err).NotTo(HaveOccurred())
	b.server, err = b.n.AddHost(network.HostOptions{Name: "server", Actor: trace.Nobody})
	Expect(err).NotTo(HaveOccurred())
	return b
}

// stream sends frames upwards, or as much as it can, and notes when they arrive.
type stream struct {
	b      *bench
	bulk   bool
	opened time.Duration
	start  time.Duration // of the first frame
	made   int
	queued int // frames that wait for the socket
	arrive []time.Duration
	got    int
	sock   sockets.Socket
	alarm  *engine.Alarm
	closed error
}

func (b *bench) stream(bulk bool) *stream {
	s := &stream{b: b, bulk: bulk}
	s.alarm = b.e.Proc("frames").Alarm(s.frame)
	_, err := b.server.Listen(port, func(sockets.Socket) sockets.Handler { return receiver{s} })
	Expect(err).NotTo(HaveOccurred())
	b.phone.Dial("server", port, s)
	return s
}

var block = make([]byte, 1<<16)

func (s *stream) OnOpen(k sockets.Socket) {
	s.sock, s.opened, s.start = k, s.b.e.Now(), s.b.e.Now()
	if s.bulk {
		s.OnWritable(k)
		return
	}
	s.frame()
}

func (s *stream) frame() {
	s.made++
	s.queued++
	s.OnWritable(s.sock)
	s.alarm.Set(s.start + time.Duration(s.made)*time.Second/fps)
}

func (s *stream) OnWritable(k sockets.Socket) {
	for ; k.Free() > 0 && s.bulk; k.Send(block) {
	}
	for ; k.Free() > 0 && s.queued > 0; s.queued-- {
		k.Send(block[:frameBytes])
	}
}

func (s *stream) OnData(sockets.Socket, []byte) {}

func (s *stream) OnClose(_ sockets.Socket, err error) {
	s.closed = err
	s.alarm.Clear()
}

// receiver is the server's end.
type receiver struct{ s *stream }

func (r receiver) OnOpen(sockets.Socket)         {}
func (r receiver) OnWritable(sockets.Socket)     {}
func (r receiver) OnClose(sockets.Socket, error) {}

func (r receiver) OnData(_ sockets.Socket, p []byte) {
	s := r.s
	s.got += len(p)
	for !s.bulk && len(s.arrive) < s.got/frameBytes {
		s.arrive = append(s.arrive, s.b.e.Now())
	}
}

// delays are how long frames took, sorted.
func (s *stream) delays() []time.Duration {
	var out []time.Duration
	for i, at := range s.arrive {
		out = append(out, at-s.start-time.Duration(i)*time.Second/fps)
	}
	slices.Sort(out)
	return out
}

// goodput is what a bulk stream delivers between two times, in bit/s.
func (s *stream) goodput(from, to time.Duration) float64 {
	s.b.e.RunUntil(from)
	before := s.got
	s.b.e.RunUntil(to)
	return float64(s.got-before) * 8 / (to - from).Seconds()
}

// outcome is what came of a network.
type outcome struct {
	goodput  float64 // bit/s, while the stream was open
	p50, p95 time.Duration
	longest  time.Duration
	frames   int
	made     int
	opened   time.Duration
	up, down link.Totals
}

// watched is how long a stream is watched: every phase of a network comes once.
func watched(n fixtures.Network) time.Duration {
	length := time.Minute
	if len(n.Phases) > 0 {
		length = max(length, n.Period, n.Phases[len(n.Phases)-1].At+20*time.Second)
	}
	return length
}

func runFrames(n fixtures.Network) outcome {
	b := newBench(n.Name)
	s := b.stream(false)
	b.e.RunUntil(watched(n))
	o := outcome{frames: len(s.arrive), made: s.made, opened: s.opened}
	if open := b.e.Now() - s.opened; s.opened > 0 {
		o.goodput = float64(s.got) * 8 / open.Seconds()
	}
	if d := s.delays(); len(d) > 0 {
		o.p50, o.p95, o.longest = d[len(d)/2], d[len(d)*95/100], d[len(d)-1]
	}
	o.up, o.down = b.phone.Traffic()
	return o
}

// datagrams sends evenly spaced datagrams upwards and gives what became of all
// packets; nothing is left under way.
func datagrams(name string, count int, gap time.Duration) (link.Totals, *bench) {
	b := newBench(name)
	_, err := b.server.ListenUDP(netip.AddrPortFrom(netip.Addr{}, 9), deaf{})
	Expect(err).NotTo(HaveOccurred())
	from, err := b.phone.ListenUDP(netip.AddrPort{}, deaf{})
	Expect(err).NotTo(HaveOccurred())
	to := netip.AddrPortFrom(b.server.Addr(), 9)
	for i := range count {
		b.e.RunUntil(time.Duration(i) * gap)
		from.Send(block[:72], to)
	}
	b.e.RunUntil(b.e.Now() + 10*time.Minute)
	up, _ := b.phone.Traffic()
	return up, b
}

// flood sends full packets upwards at a rate from now on.
func (b *bench) flood(bps int64) {
	const payload = 1472
	_, err := b.server.ListenUDP(netip.AddrPortFrom(netip.Addr{}, 9), deaf{})
	Expect(err).NotTo(HaveOccurred())
	from, err := b.phone.ListenUDP(netip.AddrPort{}, deaf{})
	Expect(err).NotTo(HaveOccurred())
	var alarm *engine.Alarm
	alarm = b.e.Proc("flood").Alarm(func() {
		from.Send(block[:payload], netip.AddrPortFrom(b.server.Addr(), 9))
		alarm.In(time.Duration((payload + 28) * 8e9 / bps))
	})
	alarm.In(0)
}

type deaf struct{}

func (deaf) OnDatagram(sockets.Datagram, []byte, netip.AddrPort) bool { return true }
func (deaf) OnUnreachable(sockets.Datagram, netip.AddrPort)           {}
