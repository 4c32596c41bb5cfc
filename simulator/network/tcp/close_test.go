package tcp

import (
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

func TestActiveCloseWaits(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Close()
	b.expect("FIN 1:1 a1")
	b.run(50 * ms)
	b.ack(2)
	b.data(1, 0, packet.FIN)
	b.expect("ACK 2:2 a2")
	if b.gone || b.c.state != stateTimeWait {
		t.Fatalf("state %d, want TIME_WAIT", b.c.state)
	}
	b.data(1, 0, packet.FIN) // our last acknowledgement was lost
	b.expect("ACK 2:2 a2")
	b.run(63 * time.Second) // a granule of the wheel more
	if !b.gone || b.app.closed {
		t.Errorf("gone %v, OnClose %v after Close", b.gone, b.app.closed)
	}
}

func TestPassiveCloseFlushes(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Send(make([]byte, 20*MSS))
	b.times()
	b.data(1, 100, packet.FIN)
	b.wantClosed(nil)
	if len(b.app.got) != 100 {
		t.Errorf("got %d bytes", len(b.app.got))
	}
	for i := range 20 {
		b.run(10 * ms)
		b.ack(seq(i + 1))
	}
	if last := words(b.out[len(b.out)-1]); last != "FIN 28961:28961 a102" {
		t.Fatalf("last packet %q", last)
	}
	b.ack(seq(20) + 1)
	if !b.gone {
		t.Error("still there after its FIN was acknowledged")
	}
}

func TestFINRidesOnTheLastData(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Send(make([]byte, 11*MSS))
	b.c.Close()
	b.times()
	b.ack(seq(1))
	b.expect("FIN 14481:15929 a1")
}

func TestSimultaneousClose(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Close()
	b.in(packet.Packet{Flags: packet.ACK | packet.FIN, Seq: 1, Ack: 1})
	b.expect("FIN 1:1 a1", "ACK 2:2 a2")
	b.ack(2)
	if b.c.state != stateTimeWait {
		t.Errorf("state %d, want TIME_WAIT", b.c.state)
	}
}

func TestLostFINIsRepeated(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Close()
	b.run(2 * time.Second)
	if len(b.out) < 3 {
		t.Errorf("FIN sent %d times in 2 s", len(b.out))
	}
	b.run(300 * time.Second)
	if !b.gone {
		t.Error("an orphan lives for ever")
	}
}

func TestFINAheadOfItsData(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.data(11, 10, packet.FIN)
	if b.app.closed {
		t.Fatal("closed before all data came")
	}
	b.data(1, 10, 0)
	b.wantClosed(nil)
	if len(b.app.got) != 20 {
		t.Errorf("got %d bytes", len(b.app.got))
	}
}

func TestDataAfterCloseIsReset(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Close()
	b.times()
	b.data(1, 100, 0)
	b.expect("RST 2:2 a1")
	if !b.gone {
		t.Error("still there")
	}
}

func TestCloseWithUnreadDataResets(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Receive(false)
	b.data(1, 100, 0)
	b.times()
	b.c.Close()
	b.expect("RST 1:1 a101")
}

func TestResetOnlyInSequence(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.in(packet.Packet{Flags: packet.RST, Seq: 500})
	if b.app.closed {
		t.Fatal("a reset in the window but out of sequence was believed")
	}
	b.expect("ACK 1:1 a1") // a challenge
	b.in(packet.Packet{Flags: packet.RST, Seq: 1})
	b.wantClosed(sockets.ErrReset)
}

func TestAbort(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Send(make([]byte, 10))
	b.times()
	b.c.Abort()
	b.expect("RST 11:11 a1")
	b.run(time.Minute)
	if b.app.closed || !b.gone || len(b.out) != 0 {
		t.Error("something followed Abort")
	}
}

func TestSilentPeerInFINWait2(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.Close()
	b.ack(2)
	b.run(60 * time.Second)
	if b.gone {
		t.Fatal("gone too early")
	}
	b.run(3 * time.Second)
	if !b.gone {
		t.Error("still there after 63 s")
	}
}
