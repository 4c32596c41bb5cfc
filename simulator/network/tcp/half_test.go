package tcp

import (
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// halfApp goes on when the peer has ended its stream.
type halfApp struct {
	*app
	ends int
}

func (h *halfApp) OnEnd(sockets.Socket) { h.ends++ }

// halved is an open connection whose application knows half-closed streams.
func halved(t *testing.T) (*bench, *halfApp) {
	b := opened(t, Options{}, 50*ms)
	h := &halfApp{app: b.app}
	b.c.handler = h
	return b, h
}

func TestHalfCloseGoesOnReading(t *testing.T) {
	b, h := halved(t)
	b.c.Send(make([]byte, 100))
	b.expect("DATA 1:101 a1")
	b.c.CloseWrite()
	b.c.CloseWrite()
	b.c.Send(make([]byte, 100)) // too late
	b.expect("FIN 101:101 a1")
	b.ack(102)
	b.run(5 * time.Minute) // no orphan: nothing ends it
	b.data(1, 500, 0)
	b.run(ms)
	b.data(501, 500, packet.FIN)
	if len(h.got) != 1000 || h.ends != 0 {
		t.Errorf("got %d bytes, %d ends", len(h.got), h.ends)
	}
	b.wantClosed(nil)
	if b.c.state != stateTimeWait {
		t.Errorf("state %d, want TIME_WAIT", b.c.state)
	}
}

func TestHalfCloseThenCloseRefusesData(t *testing.T) {
	b, _ := halved(t)
	b.c.CloseWrite()
	b.ack(2)
	b.times()
	b.c.Close()
	b.expect()
	b.data(1, 10, 0)
	b.expect("RST 2:2 a1")
	if !b.gone {
		t.Error("still there")
	}
}

func TestPeersEndIsToldOnce(t *testing.T) {
	b, h := halved(t)
	b.data(1, 100, packet.FIN)
	b.run(time.Minute)
	b.c.Receive(false)
	b.c.Receive(true)
	b.run(time.Minute)
	if h.ends != 1 || h.closed || len(h.got) != 100 {
		t.Fatalf("%d ends, closed %v, %d bytes", h.ends, h.closed, len(h.got))
	}
	b.times()
	b.c.Send(make([]byte, 50))
	b.expect("DATA 1:51 a102")
	b.c.Close()
	b.expect("FIN 51:51 a102")
	b.ack(52)
	if !b.gone || h.closed {
		t.Errorf("gone %v, OnClose %v", b.gone, h.closed)
	}
}

func TestPeersEndThenReset(t *testing.T) {
	b, h := halved(t)
	b.data(1, 0, packet.FIN)
	b.run(ms)
	b.in(packet.Packet{Flags: packet.RST, Seq: 2})
	if h.ends != 1 {
		t.Errorf("%d ends", h.ends)
	}
	b.wantClosed(sockets.ErrReset)
}

func TestBothHalvesEndedBeforeClose(t *testing.T) {
	b, h := halved(t)
	b.data(1, 0, packet.FIN)
	b.run(ms)
	b.c.CloseWrite()
	b.ack(2)
	b.run(time.Minute)
	if b.gone || h.closed || h.ends != 1 {
		t.Fatalf("gone %v, OnClose %v, %d ends before Close", b.gone, h.closed, h.ends)
	}
	b.c.Close()
	if !b.gone {
		t.Error("still there after Close")
	}
}

func TestHalfClosedKeepsWhatWasNotRead(t *testing.T) {
	b, h := halved(t)
	b.c.CloseWrite()
	b.ack(2)
	b.c.Receive(false)
	b.data(1, 300, packet.FIN)
	b.run(time.Second)
	if len(h.got) != 0 || h.closed {
		t.Fatal("delivered while not receiving")
	}
	b.c.Receive(true)
	b.run(ms)
	if len(h.got) != 300 {
		t.Errorf("got %d bytes", len(h.got))
	}
	b.wantClosed(nil)
}

func TestSocketOptions(t *testing.T) {
	b := opened(t, Options{}, 50*ms)
	b.c.SetNagle(true)
	b.c.Send(make([]byte, 10))
	b.c.Send(make([]byte, 10))
	b.expect("DATA 1:11 a1")
	b.c.SetNagle(false)
	b.expect("DATA 11:21 a1")
	b.c.SetSendBuffer(5000)
	if free := b.c.Free(); free != 5000-20 {
		t.Errorf("free %d of 5000", free)
	}
	b.c.SetReceiveBuffer(20000)
	b.c.Receive(false)
	for i := range 60 {
		b.data(1+1000*uint64(i), 1000, 0)
		b.run(50 * ms)
	}
	if got := b.c.unread(); got < 20000 || got > firstReceiveBuffer {
		t.Errorf("took %d bytes with a buffer of 20000", got)
	}
	if w := b.out[len(b.out)-1].Window; w > firstReceiveBuffer-60000 {
		t.Errorf("offers %d more", w)
	}
}
