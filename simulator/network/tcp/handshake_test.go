package tcp

import (
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

func TestSYNIsRepeatedWithDoublingThenGivenUp(t *testing.T) {
	b := newBench(t, Options{OS: "android"})
	b.c.Connect(packet.Endpoint{Addr: 2, Port: peer})
	b.run(127 * time.Second)
	b.wantAbout(0, 1*time.Second, 3*time.Second, 7*time.Second, 15*time.Second, 31*time.Second, 63*time.Second)
	if b.app.closed {
		t.Fatal("gave up before 127 s")
	}
	b.run(8 * time.Second)
	b.wantClosed(sockets.ErrConnectTimeout)
	if !b.gone {
		t.Error("the connection keeps its ports")
	}
}

func TestSYNsOfNewKernelsAreLinearAtFirst(t *testing.T) {
	b := newBench(t, Options{})
	b.c.Connect(packet.Endpoint{Addr: 2, Port: peer})
	b.run(131 * time.Second)
	s := time.Second
	b.wantAbout(0, s, 2*s, 3*s, 4*s, 5*s, 7*s, 11*s, 19*s, 35*s, 67*s)
	if b.app.closed {
		t.Fatal("gave up before 131 s")
	}
	b.run(9 * time.Second)
	b.wantClosed(sockets.ErrConnectTimeout)
}

func TestIPhoneGivesUpConnectingAfter75Seconds(t *testing.T) {
	b := newBench(t, Options{OS: "ios"})
	b.c.Connect(packet.Endpoint{Addr: 2, Port: peer})
	b.run(74 * time.Second)
	if b.app.closed {
		t.Fatal("gave up early")
	}
	b.run(2 * time.Second)
	b.wantClosed(sockets.ErrConnectTimeout)
}

func TestRefused(t *testing.T) {
	b := newBench(t, Options{})
	b.c.Connect(packet.Endpoint{Addr: 2, Port: peer})
	b.run(20 * ms)
	b.in(packet.Packet{Flags: packet.RST | packet.ACK, Ack: 7})
	if b.app.closed {
		t.Fatal("a reset for another sequence number was believed")
	}
	b.in(packet.Packet{Flags: packet.RST | packet.ACK, Ack: 1})
	b.wantClosed(sockets.ErrRefused)
}

func TestHandshakeCarriesWhatWasSentEarly(t *testing.T) {
	b := newBench(t, Options{})
	b.c.Send(make([]byte, 100))
	b.c.Connect(packet.Endpoint{Addr: 2, Port: peer})
	b.run(20 * ms)
	b.in(packet.Packet{Flags: packet.SYN | packet.ACK, Ack: 1})
	b.expect("SYN 0", "ACK 1:1 a1", "DATA 1:101 a1")
	if b.app.opened != 1 {
		t.Errorf("OnOpen %d times", b.app.opened)
	}
}

func TestRepeatedSYNMeansSmallWindow(t *testing.T) {
	b := newBench(t, Options{})
	b.c.Send(make([]byte, 20*MSS))
	b.c.Connect(packet.Endpoint{Addr: 2, Port: peer})
	b.run(3500 * ms) // SYN at 0, 1 s, 3 s
	b.times()
	b.in(packet.Packet{Flags: packet.SYN | packet.ACK, Ack: 1})
	b.expect("ACK 1:1 a1", "DATA 1:1449 a1")
}

func TestAccept(t *testing.T) {
	b := newBench(t, Options{})
	accepted := 0
	syn := packet.Packet{Flags: packet.SYN, Src: packet.Endpoint{Addr: 2, Port: peer}, Stream: &b.peer, Window: 65535}
	b.c.Accept(&syn, func(sockets.Socket) sockets.Handler { accepted++; return b.app })
	b.run(1500 * ms) // the first SYN-ACK is lost
	b.expect("SYN 0:0 a1", "SYN 0:0 a1")
	if accepted != 0 {
		t.Fatal("accepted before the handshake was complete")
	}
	b.data(1, 10, 0) // the peer's ACK was lost, its data comes
	if accepted != 1 || b.app.opened != 1 || len(b.app.got) != 10 {
		t.Errorf("accepted %d, opened %d, got %d bytes", accepted, b.app.opened, len(b.app.got))
	}
}

func TestHalfOpenIsForgotten(t *testing.T) {
	b := newBench(t, Options{})
	syn := packet.Packet{Flags: packet.SYN, Src: packet.Endpoint{Addr: 2, Port: peer}, Stream: &b.peer}
	b.c.Accept(&syn, func(sockets.Socket) sockets.Handler { t.Fatal("accepted"); return nil })
	b.run(70 * time.Second)
	if len(b.out) != 6 || !b.gone {
		t.Errorf("%d SYN-ACKs, gone %v", len(b.out), b.gone)
	}
}
