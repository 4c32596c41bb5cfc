package engine

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
)

// wire is a datagram socket for the tests: what is sent is noted, and the test plays
// the network.
type wire struct {
	e      *Engine
	h      sockets.DatagramHandler
	sent   []string
	peer   netip.AddrPort
	closed bool
}

func (w *wire) Send(p []byte, to netip.AddrPort) {
	w.sent = append(w.sent, fmt.Sprintf("%v %v %s", w.e.Now(), to, p))
}
func (w *wire) Connect(to netip.AddrPort) { w.peer = to }
func (w *wire) Local() netip.AddrPort     { return netip.MustParseAddrPort("10.0.0.1:5000") }
func (w *wire) Close()                    { w.closed = true }

var peerAddr = netip.MustParseAddrPort("10.0.0.2:6000")

// onWire runs a program with a PacketConn over a wire, in a world in which script
// plays the network.
func onWire(t *testing.T, lookahead time.Duration, remote netip.AddrPort, script func(p *Proc, w *wire), program func(c *PacketConn, since func() time.Duration)) *wire {
	t.Helper()
	var w *wire
	err := Run(World{Key: Key{t.Name(), 1}, Length: time.Minute, Lookahead: lookahead}, func(e *Engine) error {
		w = &wire{e: e}
		c, err := NewPacketConn(e.Seam().Port("udp"), remote, func(h sockets.DatagramHandler) (sockets.Datagram, error) {
			w.h = h
			return w, nil
		})
		if err != nil {
			return err
		}
		script(e.Proc("script"), w)
		start := time.Now()
		e.Seam().Port("program").Go(func() { program(c, func() time.Duration { return time.Since(start) }) })
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return w
}

func noScript(*Proc, *wire) {}

func TestPacketConn(t *testing.T) {
	w := onWire(t, 0, netip.AddrPort{}, func(p *Proc, w *wire) {
		p.At(100*time.Millisecond, func() {
			w.h.OnUnreachable(w, peerAddr) // of no interest to an unconnected socket
			w.h.OnDatagram(w, []byte("first"), peerAddr)
			w.h.OnDatagram(w, nil, peerAddr)
		})
	}, func(c *PacketConn, since func() time.Duration) {
		b := make([]byte, 3)
		n, from, err := c.ReadFrom(b)
		if string(b[:n]) != "fir" || err != nil || from.String() != peerAddr.String() || since() != 102*time.Millisecond {
			t.Errorf("read %q from %v, %v at %v", b[:n], from, err, since())
		}
		if n, _, err = c.ReadFromUDP(b); n != 0 || err != nil {
			t.Errorf("empty datagram: %d, %v", n, err)
		}
		c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, _, err = c.ReadFrom(b)
		var ne net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() || since() != 152*time.Millisecond {
			t.Errorf("%v at %v", err, since())
		}
		payload := []byte("hello")
		n, err = c.WriteTo(payload, net.UDPAddrFromAddrPort(peerAddr))
		copy(payload, "XXXXX") // it is the caller's again
		if n != 5 || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
		c.SetWriteDeadline(time.Unix(1, 0))
		if _, err = c.WriteToUDP(payload, net.UDPAddrFromAddrPort(peerAddr)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write after the deadline: %v", err)
		}
		c.SetDeadline(time.Time{})
		for what, err := range map[string]error{
			"no address":      second(c.Write(payload)),
			"nil address":     second(c.WriteToUDP(payload, nil)),
			"another's type":  second(c.WriteTo(payload, &net.TCPAddr{})),
			"too long":        second(c.WriteToUDP(make([]byte, sockets.MaxDatagram+1), &net.UDPAddr{})),
			"out-of-band":     second(first2(c.WriteMsgUDP(payload, payload, &net.UDPAddr{}))),
			"remote is known": ifNot(c.RemoteAddr() == nil),
		} {
			if err == nil {
				t.Errorf("%s: no error", what)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := c.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed again: %v", err)
		}
		if _, _, err = c.ReadFrom(b); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read after close: %v", err)
		}
	})
	if want := []string{"152ms 10.0.0.2:6000 hello"}; !slices.Equal(w.sent, want) || !w.closed {
		t.Errorf("sent %q, closed %v", w.sent, w.closed)
	}
}

func second(_ int, err error) error           { return err }
func first2(n, _ int, err error) (int, error) { return n, err }
func ifNot(bad bool) error {
	if bad {
		return errors.New("so it should be")
	}
	return nil
}

func TestConnectedPacketConn(t *testing.T) {
	w := onWire(t, 0, peerAddr, func(p *Proc, w *wire) {
		p.At(100*time.Millisecond, func() { w.h.OnUnreachable(w, peerAddr) })
		p.At(200*time.Millisecond, func() { w.h.OnUnreachable(w, peerAddr) })
	}, func(c *PacketConn, since func() time.Duration) {
		if n, err := c.Write([]byte("x")); n != 1 || err != nil {
			t.Error(n, err)
		}
		if _, err := c.WriteTo([]byte("x"), net.UDPAddrFromAddrPort(peerAddr)); !errors.Is(err, net.ErrWriteToConnected) {
			t.Errorf("write with an address: %v", err)
		}
		if _, err := c.Read(nil); !errors.Is(err, sockets.ErrRefused) || !errors.Is(err, syscall.ECONNREFUSED) || since() != 102*time.Millisecond {
			t.Errorf("%v at %v", err, since())
		}
		time.Sleep(200 * time.Millisecond)
		if _, err := c.Write([]byte("y")); !errors.Is(err, sockets.ErrRefused) {
			t.Errorf("write: %v", err)
		}
		if _, err := c.Write([]byte("z")); err != nil {
			t.Errorf("told twice: %v", err)
		}
	})
	if want := []string{"2ms 10.0.0.2:6000 x", "302ms 10.0.0.2:6000 z"}; !slices.Equal(w.sent, want) || w.peer != peerAddr {
		t.Errorf("sent %q, peer %v", w.sent, w.peer)
	}
}

// TestPacketQueueIsBounded: what is lost for want of room follows from virtual time
// alone, not from how far library code was let ahead.
func TestPacketQueueIsBounded(t *testing.T) {
	run := func(lookahead time.Duration, room int) (lost []int) {
		onWire(t, lookahead, netip.AddrPort{}, func(p *Proc, w *wire) {
			for i := range 100 {
				p.At(100*time.Millisecond+time.Duration(i)*time.Millisecond, func() {
					if !w.h.OnDatagram(w, make([]byte, 1000), peerAddr) {
						lost = append(lost, i)
					}
				})
			}
		}, func(c *PacketConn, _ func() time.Duration) {
			c.SetReadBuffer(room)
			b := make([]byte, 2000)
			for {
				c.SetReadDeadline(time.Now().Add(time.Second))
				if _, err := c.Read(b); err != nil {
					return
				}
				time.Sleep(2700 * time.Microsecond)
			}
		})
		return lost
	}
	small, again := run(0, 8000), run(100*time.Microsecond, 8000)
	if len(small) < 40 || len(small) > 70 || small[0] < 9 {
		t.Errorf("lost %v", small)
	}
	if !slices.Equal(small, again) {
		t.Errorf("lost %v, with less lookahead %v", small, again)
	}
	if large := run(0, 1<<20); len(large) != 0 {
		t.Errorf("a large queue lost %v", large)
	}
	if huge := run(0, 1); len(huge) == 0 || huge[0] == 0 {
		t.Errorf("the smallest queue takes one datagram at least: lost %v", huge)
	}
}

func TestPacketConnAtTheWorldsEnd(t *testing.T) {
	var err error
	onWire(t, 0, netip.AddrPort{}, noScript, func(c *PacketConn, _ func() time.Duration) {
		_, err = c.Read(nil)
	})
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("a reader got %v when the world ended", err)
	}
}

func TestAwait(t *testing.T) {
	var late, never error
	var took time.Duration
	err := Run(World{Key: Key{t.Name(), 1}, Length: time.Second}, func(e *Engine) error {
		p, q, script := e.Seam().Port("p"), e.Seam().Port("q"), e.Proc("script")
		p.Go(func() {
			start := time.Now()
			late = p.Await(func(answer func()) { script.After(100*time.Millisecond, answer) })
			took = time.Since(start)
		})
		q.Go(func() { never = q.Await(func(func()) {}) })
		return nil
	})
	if err != nil || late != nil || took != 102*time.Millisecond {
		t.Errorf("%v; answered with %v after %v", err, late, took)
	}
	if !errors.Is(never, ErrEnded) {
		t.Errorf("no answer: %v", never)
	}
	err = Run(World{Key: Key{t.Name(), 1}, Length: time.Second}, func(e *Engine) error {
		p := e.Seam().Port("p")
		p.Go(func() {
			p.Await(func(answer func()) {
				answer()
				answer()
			})
		})
		return nil
	})
	var panicked *PanicError
	if !errors.As(err, &panicked) {
		t.Errorf("two answers: %v", err)
	}
}
