package tcp

import (
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// steady is a bench whose quick start of acknowledgements is over.
func steady(t *testing.T) *bench {
	b := opened(t, Options{}, 50*ms)
	for i := range 40 {
		b.data(seq(i), MSS, 0)
		b.run(5 * ms)
	}
	b.run(200 * ms) // not longer than a time-out
	b.times()
	return b
}

func TestQuickAcksThenEverySecondSegment(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	const single = 22 // 16, and 6 more while the window opens: as measured on Linux 6.18
	for i := range single {
		b.data(seq(i), MSS, 0)
		if len(b.out) != i+1 {
			t.Fatalf("%d acknowledgements after %d segments", len(b.out), i+1)
		}
		b.run(5 * ms)
	}
	b.times()
	for i := single; i < single+20; i++ {
		b.data(seq(i), MSS, 0)
		b.run(5 * ms)
	}
	if len(b.out) != 10 {
		t.Errorf("%d acknowledgements of 20 segments", len(b.out))
	}
}

func TestDelayedAck(t *testing.T) {
	b := steady(t)
	b.data(seq(40), MSS, 0)
	at := b.e.Now()
	b.run(time.Second)
	if got := b.times(); len(got) != 1 || got[0]-at > 44*ms || got[0] == at {
		t.Errorf("acknowledged at %v, data came at %v", got, at)
	}
}

func TestSmallSegmentIsAcknowledgedWhenRead(t *testing.T) {
	b := steady(t)
	b.data(seq(40), 300, packet.PSH)
	if len(b.out) != 1 {
		t.Errorf("%d acknowledgements", len(b.out))
	}
}

func TestAnswerCarriesAck(t *testing.T) {
	b := steady(t)
	b.app.onData = func() { b.c.Send([]byte("answer")) }
	b.c.pingpong = true
	b.c.quick = 0
	b.data(seq(40), 300, packet.PSH)
	b.expect("DATA 1:7 a58221")
}

func TestGapIsReportedAndFilled(t *testing.T) {
	b := steady(t)
	n := b.c.rcvNxt
	b.data(n+MSS, MSS, 0)
	b.data(n+3*MSS, MSS, 0)
	b.expect(
		words(&packet.Packet{Seq: 1, Ack: n, SACKs: 1, SACK: [3]packet.Range{{Start: n + MSS, End: n + 2*MSS}}}),
		words(&packet.Packet{Seq: 1, Ack: n, SACKs: 2, SACK: [3]packet.Range{{Start: n + 3*MSS, End: n + 4*MSS}, {Start: n + MSS, End: n + 2*MSS}}}))
	got := len(b.app.got)
	b.data(n, MSS, 0)
	if len(b.app.got) != got+2*MSS {
		t.Errorf("delivered %d bytes, want %d", len(b.app.got)-got, 2*MSS)
	}
	b.times()
	b.c.quick = 0
	b.data(n+2*MSS, MSS, 0) // the last gap is filled: at once, not delayed
	if len(b.app.got) != got+4*MSS || len(b.out) != 1 || b.out[0].SACKs != 0 {
		t.Errorf("delivered %d bytes, %d packets", len(b.app.got)-got, len(b.out))
	}
}

func TestDuplicateIsReported(t *testing.T) {
	b := steady(t)
	n := b.c.rcvNxt
	b.data(n-MSS, MSS, 0)
	b.expect(words(&packet.Packet{Seq: 1, Ack: n, SACKs: 1, SACK: [3]packet.Range{{Start: n - MSS, End: n}}}))
}

func TestPauseClosesWindowAndReadingOpensIt(t *testing.T) {
	b := steady(t)
	b.c.Receive(false)
	got := len(b.app.got)
	n := b.c.rcvNxt
	for b.c.receiveWindow() >= MSS {
		b.data(b.c.rcvNxt, MSS, 0)
	}
	b.run(time.Second)
	if len(b.app.got) != got {
		t.Fatal("data was delivered while paused")
	}
	if w := b.out[len(b.out)-1].Window; w >= MSS {
		t.Fatalf("window %d while the buffer is full", w)
	}
	b.times()
	b.c.Receive(true)
	b.run(ms)
	if int(b.c.rcvNxt-n) != len(b.app.got)-got {
		t.Errorf("delivered %d of %d bytes", len(b.app.got)-got, b.c.rcvNxt-n)
	}
	if len(b.out) == 0 || b.out[len(b.out)-1].Window < firstReceiveBuffer/2 {
		t.Error("no window update")
	}
}

func TestZeroWindowIsProbed(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 1000))
	b.times()
	b.in(packet.Packet{Flags: packet.ACK, Seq: 1, Ack: 1001, Window: -1})
	b.c.Send(make([]byte, 1000))
	from := b.e.Now()
	b.expect()
	for range 3 { // each probe is answered: still closed
		for len(b.out) == 0 {
			b.run(10 * ms)
		}
		b.expect("ACK 1000:1000 a1")
		b.in(packet.Packet{Flags: packet.ACK, Seq: 1, Ack: 1001, Window: -1})
	}
	if took := b.e.Now() - from; took < 1800*ms || took > 2500*ms { // 0.3 + 0.6 + 1.2 s
		t.Errorf("three probes took %v", took)
	}
	b.ack(1001)
	b.expect("DATA 1001:2001 a1")
}

func TestUnansweredProbesEndTheConnection(t *testing.T) {
	b := opened(t, Options{Retries: 3}, 100*ms)
	b.c.Send(make([]byte, 1000))
	b.in(packet.Packet{Flags: packet.ACK, Seq: 1, Ack: 1001, Window: -1})
	b.c.Send(make([]byte, 1000))
	b.run(time.Minute)
	b.wantClosed(sockets.ErrTimeout)
}

func TestNagle(t *testing.T) {
	b := opened(t, Options{Nagle: true}, 100*ms)
	b.c.Send(make([]byte, 100))
	b.c.Send(make([]byte, 100))
	b.c.Send(make([]byte, 100))
	b.expect("DATA 1:101 a1")
	b.ack(101)
	b.expect("DATA 101:301 a1")
	b = opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 100))
	b.c.SendMore(make([]byte, 20))
	b.c.Send(make([]byte, 100))
	b.expect("DATA 1:101 a1", "DATA 101:221 a1")
}

func TestBackPressure(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	for b.c.Free() > 0 {
		b.c.Send(make([]byte, 4096))
	}
	if b.app.writable != 0 || b.c.Unacked() < 64<<10 {
		t.Fatalf("writable %d, unacked %d", b.app.writable, b.c.Unacked())
	}
	for i := 0; b.app.writable == 0 && i < 100; i++ {
		b.run(10 * ms)
		b.ack(min(b.c.una+2*MSS, b.c.nxt))
	}
	if b.app.writable != 1 || b.c.Free() < b.c.sendBuffer/4 {
		t.Errorf("writable %d with %d free of %d", b.app.writable, b.c.Free(), b.c.sendBuffer)
	}
}
