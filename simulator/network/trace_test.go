package network

import (
	"bufio"
	"fmt"
	"math"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
	"minilab/simulator/network/tcp"
)

// sentPacket is a packet of a trace: when, what, and whether the link lost it.
type sentPacket struct {
	at   float64 // s
	what string  // sequence number, length, acknowledgement, SACK ranges
	lost bool
}

// readTrace gives the packets of both directions.
func readTrace(t *testing.T, file string) (data, back []sentPacket) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		text, lost := strings.CutSuffix(sc.Text(), " LOST")
		var p sentPacket
		var direction string
		if n, _ := fmt.Sscan(text, &p.at, &direction); n < 2 {
			continue // a comment
		}
		p.lost = lost
		p.what = strings.Join(strings.Fields(text)[2:], " ")
		if direction == ">" {
			data = append(data, p)
		} else {
			back = append(back, p)
		}
	}
	return data, back
}

// replay is one end of a connection over a link that loses what a trace lost, by
// number of the packet.
type replay struct {
	e     *engine.Engine
	proc  *engine.Proc
	c     *tcp.Conn
	peer  *replay
	fates []sentPacket
	sent  []sentPacket
	busy  time.Duration
	sink  *frameSink
}

const (
	replayRate  = 2e6
	replayDelay = 20 * time.Millisecond
)

func (r *replay) HandleEvent(op uint64)                      { r.c.HandleTimer(op & (1<<tcp.OpBits - 1)) }
func (r *replay) Packet() *packet.Packet                     { return &packet.Packet{} }
func (r *replay) Release(*tcp.Conn)                          {}
func (r *replay) TimedOut(*tcp.Conn, time.Duration, int)     {}
func (r *replay) Recovering(*tcp.Conn)                       {}
func (r *replay) Address(packet.Endpoint) (a netip.AddrPort) { return }

func (r *replay) Transmit(p *packet.Packet) {
	what := fmt.Sprint(p.Seq, p.Len, p.Ack)
	for _, s := range p.SACK[:p.SACKs] {
		what += fmt.Sprintf(" %d-%d", s.Start, s.End)
	}
	n := len(r.sent)
	r.sent = append(r.sent, sentPacket{at: r.e.Now().Seconds(), what: what})
	r.busy = max(r.busy, r.e.Now()) + time.Duration(float64(p.Bytes)*8e9/replayRate)
	if n < len(r.fates) && r.fates[n].lost {
		return
	}
	r.proc.At(r.busy+replayDelay, func() { r.peer.arrived(p) })
}

func (r *replay) arrived(p *packet.Packet) {
	if r.c != nil {
		r.c.Input(p)
		return
	}
	r.c = tcp.New(r.e, r, r.e.Add("receiver", r), 0, tcp.Options{}, p.Dst, nil)
	r.c.Accept(p, func(sockets.Socket) sockets.Handler { return r.sink })
}

// TestPacketsAsTheKernelSends replays twelve seconds of a kernel's media stream with
// 5 % loss: with the same packets lost, ours sends the same packets, each at nearly the
// same time.
func TestPacketsAsTheKernelSends(t *testing.T) {
	data, back := readTrace(t, "testdata/traces/media-loss5.txt")
	e := engine.New(1)
	a := &replay{e: e, proc: e.Proc("up"), fates: data}
	b := &replay{e: e, proc: e.Proc("down"), fates: back, peer: a, sink: &frameSink{e: e, size: 4178}}
	a.peer = b
	src := &source{p: e.Proc("source"), frame: make([]byte, 4178), end: 12 * time.Second}
	from, to := packet.Endpoint{Addr: 1, Port: 1}, packet.Endpoint{Addr: 2, Port: 1935}
	a.c = tcp.New(e, a, e.Add("sender", a), 0, tcp.Options{}, from, src)
	a.c.Connect(to)
	e.RunUntil(12500 * time.Millisecond)

	same := equalPrefix(data, a.sent)
	t.Logf("%d of %d data packets and %d of %d acknowledgements are the kernel's", same, len(data), equalPrefix(back, b.sent), len(back))
	if same < len(data) {
		t.Errorf("data packet %d: the kernel sent %v, we %v", same, data[same], a.sent[same:])
	}
	if n := equalPrefix(back, b.sent); n < len(back) {
		t.Errorf("acknowledgement %d: the kernel sent %v, we %v", n, back[n], b.sent[n:])
	}
	const first = 2 // of the data, when the clocks are set equal
	var off []float64
	for i := first; i < same; i++ {
		off = append(off, math.Abs(a.sent[i].at-a.sent[first].at-data[i].at+data[first].at)*1000)
	}
	t.Logf("median difference in time %.1f ms, greatest %.1f ms", median(off), slices.Max(off))
	if median(off) > 2 || slices.Max(off) > 15 {
		t.Error("times differ")
	}
}

func equalPrefix(a, b []sentPacket) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i].what != b[i].what {
			return i
		}
	}
	return n
}
