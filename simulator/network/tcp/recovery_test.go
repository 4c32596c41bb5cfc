package tcp

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

func TestInitialWindowIsTenAndSlowStartDoubles(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 200*MSS))
	if len(b.out) != 10 {
		t.Fatalf("sent %d segments, want 10", len(b.out))
	}
	b.times()
	b.run(100 * ms)
	for i := range 5 {
		b.ack(uint64(1 + 2*(i+1)*MSS))
	}
	if len(b.out) != 20 {
		t.Fatalf("sent %d segments in the second round, want 20", len(b.out))
	}
}

func seq(segment int) uint64 { return uint64(1 + segment*MSS) }

func TestFastRetransmitAtThreeSACKs(t *testing.T) {
	b := opened(t, Options{CC: "reno"}, 100*ms)
	b.c.Send(make([]byte, 10*MSS))
	b.times()
	b.run(100 * ms)
	b.ack(seq(0), packet.Range{Start: seq(1), End: seq(2)})
	b.ack(seq(0), packet.Range{Start: seq(1), End: seq(3)})
	b.expect() // two are not enough
	b.ack(seq(0), packet.Range{Start: seq(1), End: seq(4)})
	b.expect("DATA 1:1449 a1")
	if b.c.ssthresh != 5 || b.c.ca != caRecovery {
		t.Errorf("threshold %d in state %d", b.c.ssthresh, b.c.ca)
	}
	b.run(100 * ms)
	b.ack(seq(10)) // the window is the threshold, and grows by one for what this acknowledges
	if b.c.cwnd != 6 || b.c.ca != caOpen {
		t.Errorf("window %d in state %d after recovery", b.c.cwnd, b.c.ca)
	}
}

func TestFewSACKsWaitForReordering(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 2*MSS))
	b.times()
	b.run(100 * ms)
	b.ack(seq(0), packet.Range{Start: seq(1), End: seq(2)})
	at := b.e.Now()
	b.run(time.Second)
	if got := b.times(); len(got) == 0 || got[0] != at+32*ms { // a quarter of the RTT and 2 ms, in ticks of 4 ms, and one tick
		t.Errorf("retransmitted at %v, want %v", got, at+32*ms)
	}
}

func TestHolesAreRepairedOnce(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 10*MSS))
	b.times()
	b.run(100 * ms)
	for i := 2; i <= 9; i += 2 { // 0, 1, 3, 5, 7 are missing
		blocks := []packet.Range{{Start: seq(i), End: seq(i + 1)}}
		for j := i - 2; j >= 2 && len(blocks) < 3; j -= 2 {
			blocks = append(blocks, packet.Range{Start: seq(j), End: seq(j + 1)})
		}
		b.ack(seq(0), blocks...)
	}
	b.run(99 * ms)
	var again []uint64
	for _, p := range b.out {
		again = append(again, p.Seq)
	}
	slices.Sort(again)
	if len(again) != len(slices.Compact(slices.Clone(again))) {
		t.Errorf("sent twice: %v", again)
	}
	if len(again) == 0 || again[0] != seq(0) {
		t.Errorf("retransmitted %v", again)
	}
}

func TestTimeoutsDoubleAndGiveUp(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 100))
	sent := b.e.Now()
	b.times()
	b.run(1200 * time.Second)
	at := b.times()
	// A tail loss probe at 2 RTT + 200 ms stands before the time-outs of RTT + 200 ms.
	rto := 300 * ms
	want := sent + rto
	for i := range 8 {
		if at[i+1]-at[i] < rto-ms || at[i] < want-ms && i > 0 {
			t.Fatalf("retransmissions at %v", at)
		}
		if i > 0 {
			rto *= 2
		}
	}
	if last := at[len(at)-1] - at[len(at)-2]; last < maxRTO || last > maxRTO*9/8 {
		t.Errorf("last gap %v, want %v", last, maxRTO)
	}
	b.wantClosed(sockets.ErrTimeout)
}

func TestTailLossProbe(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 3*MSS))
	at := b.e.Now()
	b.times()
	b.run(250 * ms)
	if got := b.at; len(got) != 1 || got[0] != at+208*ms { // 2 RTT and 2 ms, in ticks, and one tick
		t.Fatalf("probe at %v, want %v", got, at+208*ms)
	}
	b.expect("DATA 2897:4345 a1")
	b.run(60 * ms)
	b.ack(seq(0), packet.Range{Start: seq(2), End: seq(3)}) // the probe arrived: the rest was lost
	b.run(100 * ms)
	b.expect("DATA 1:1449 a1") // one for one delivered
	b.ack(seq(1), packet.Range{Start: seq(2), End: seq(3)})
	b.expect("DATA 1449:2897 a1")
}

func TestProbeOfOneSegmentAllowsForDelayedAck(t *testing.T) {
	b := opened(t, Options{OS: "ios"}, 50*ms)
	b.c.Send(make([]byte, 10))
	at := b.e.Now()
	b.times()
	b.run(400 * ms)
	if got := b.at; len(got) == 0 || got[0] != at+281*ms { // RTO of 50 + 230 and a tick comes before 2 x 50 + 230
		t.Fatalf("sent again at %v, want %v", got, at+281*ms)
	}
}

func TestSpuriousTimeoutIsUndone(t *testing.T) {
	b := opened(t, Options{}, 100*ms)
	b.c.Send(make([]byte, 10*MSS))
	stamp := stampMS(int64(b.e.Now()))
	b.run(700 * ms) // probe, then time-out: all acknowledgements are late
	if b.c.ca != caLoss {
		t.Fatalf("state %d, want loss", b.c.ca)
	}
	p := packet.Packet{Flags: packet.ACK, Seq: 1, Ack: seq(4), TSEcr: stamp}
	b.in(p)
	if b.c.ca == caLoss || b.c.cwnd < 10 {
		t.Errorf("state %d, window %d: the time-out was not undone", b.c.ca, b.c.cwnd)
	}
}

func TestIdleRestartShrinksWindow(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Send(make([]byte, 40*MSS))
	for i := range 40 {
		b.run(5 * ms)
		b.ack(seq(i + 1))
	}
	before := b.c.cwnd
	b.run(20 * time.Second)
	b.times()
	b.c.Send(make([]byte, 100*MSS))
	if before < 20 || len(b.out) != initialWindow {
		t.Errorf("window %d before, %d segments after the pause", before, len(b.out))
	}
}
