package engine

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
)

// halfSocket is a socket of the loopback that counts its half-closes.
type halfSocket struct {
	*loopSocket
	log *[]string
}

func (s halfSocket) CloseWrite() { *s.log = append(*s.log, "half") }
func (s halfSocket) Send(p []byte) {
	*s.log = append(*s.log, string(p))
	s.loopSocket.Send(p)
}
func (s halfSocket) Close() {
	*s.log = append(*s.log, "close")
	s.loopSocket.Close()
}
func (s halfSocket) Abort() {
	*s.log = append(*s.log, "abort")
	s.loopSocket.Abort()
}

// shown shows a Conn the half-socket in place of the loopback's own.
type shown struct {
	sockets.Handler
	sock *sockets.Socket
}

func (h shown) OnOpen(sockets.Socket) { h.Handler.OnOpen(*h.sock) }

// overHalf runs a program on a Conn over a half-socket whose peer sends what the
// test says, and gives what the socket was told.
func overHalf(t *testing.T, peer func(p *Proc, events sockets.HalfHandler, s sockets.Socket), program func(c *Conn)) (log []string) {
	t.Helper()
	err := Run(World{Key: Key{t.Name(), 1}, Length: 10 * time.Second}, func(e *Engine) error {
		n := newLoopback(e, 10*time.Millisecond)
		n.Listen(1, func(sockets.Socket) sockets.Handler { return &ending{func(error) {}} })
		var events sockets.HalfHandler
		var sock sockets.Socket
		c := NewConn(e.Seam().Port("conn"), func(h sockets.Handler) sockets.Socket {
			events = h.(sockets.HalfHandler)
			sock = halfSocket{n.Dial("", 1, shown{h, &sock}).(*loopSocket), &log}
			return sock
		})
		e.Proc("peer").At(100*time.Millisecond, func() { peer(e.Proc("more"), events, sock) })
		e.Seam().Port("program").Go(func() {
			if err := c.WaitOpen(); err != nil {
				t.Error(err)
			}
			program(c)
		})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return log
}

func wantLog(t *testing.T, log []string, want ...string) {
	t.Helper()
	if len(log) != len(want) {
		t.Fatalf("the socket was told %q, want %q", log, want)
	}
	for i := range want {
		if log[i] != want[i] {
			t.Fatalf("the socket was told %q, want %q", log, want)
		}
	}
}

func TestCloseWriteFollowsWhatWasWritten(t *testing.T) {
	log := overHalf(t, func(p *Proc, h sockets.HalfHandler, s sockets.Socket) { h.OnData(s, []byte("answer")) }, func(c *Conn) {
		c.Write([]byte("request"))
		if err := c.CloseWrite(); err != nil {
			t.Error(err)
		}
		if _, err := c.Write([]byte("x")); !errors.Is(err, sockets.ErrWriteEnded) || !errors.Is(err, syscall.EPIPE) {
			t.Errorf("write after it: %v", err)
		}
		b := make([]byte, 10)
		if n, err := c.Read(b); string(b[:n]) != "answer" || err != nil {
			t.Errorf("read %q, %v", b[:n], err)
		}
		if err := c.CloseWrite(); err != nil {
			t.Errorf("again: %v", err)
		}
		c.Close()
		if err := c.CloseWrite(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
	wantLog(t, log, "request", "half", "close")
}

func TestPeersEndLeavesWritingOpen(t *testing.T) {
	log := overHalf(t, func(p *Proc, h sockets.HalfHandler, s sockets.Socket) {
		h.OnData(s, []byte("last"))
		h.OnEnd(s)
		p.After(time.Second, func() { h.OnClose(s, sockets.ErrReset) })
	}, func(c *Conn) {
		if all, err := io.ReadAll(c); string(all) != "last" || err != nil {
			t.Errorf("read %q, %v", all, err)
		}
		if _, err := c.Write([]byte("still here")); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Second)
		if _, err := c.Write([]byte("x")); !errors.Is(err, sockets.ErrReset) {
			t.Errorf("write after the reset: %v", err)
		}
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the peer's end is forgotten: %v", err)
		}
		c.Close()
	})
	wantLog(t, log, "still here")
}

func TestCloseWithUnreadBytesResets(t *testing.T) {
	for _, wait := range []time.Duration{200 * time.Millisecond, 100*time.Millisecond + 500*time.Microsecond - 22*time.Millisecond} {
		log := overHalf(t, func(p *Proc, h sockets.HalfHandler, s sockets.Socket) { h.OnData(s, []byte("unread")) }, func(c *Conn) {
			time.Sleep(wait) // until they were handed over, or are about to be
			c.Close()
		})
		wantLog(t, log, "abort")
	}
	log := overHalf(t, func(p *Proc, h sockets.HalfHandler, s sockets.Socket) { h.OnData(s, []byte("read")) }, func(c *Conn) {
		c.Read(make([]byte, 4))
		c.Close()
	})
	wantLog(t, log, "close")
}

func TestLingerControlAndDeafness(t *testing.T) {
	var order []string
	log := overHalf(t, func(p *Proc, h sockets.HalfHandler, s sockets.Socket) { h.OnData(s, []byte("data")) }, func(c *Conn) {
		c.Write([]byte("before"))
		c.Control(func(sockets.Socket) { order = append(order, "control") })
		time.AfterFunc(10*time.Millisecond, func() { c.CloseRead() })
		if n, err := c.Read(make([]byte, 10)); n != 0 || err != io.EOF {
			t.Errorf("deaf: %d, %v", n, err)
		}
		time.Sleep(200 * time.Millisecond)
		if n, err := c.Read(make([]byte, 10)); n != 4 || err != nil {
			t.Errorf("what came since: %d, %v", n, err)
		}
		c.SetLinger(0)
		c.Close()
		for what, err := range map[string]error{"linger": c.SetLinger(1), "control": c.Control(func(sockets.Socket) {}), "close read": c.CloseRead()} {
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s after Close: %v", what, err)
			}
		}
	})
	wantLog(t, log, "before", "abort")
	if len(order) != 1 {
		t.Errorf("control ran %d times", len(order))
	}
}

func TestNoHalfCloseWithoutHalfSocket(t *testing.T) {
	pair(t, func(c *Conn, _ func() time.Duration) {
		if err := c.CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("close write: %v", err)
		}
		if _, err := c.Write([]byte("x")); err != nil {
			t.Error(err)
		}
		c.Close()
	}, func(c *Conn, _ func() time.Duration) { io.ReadAll(c); c.Close() })
}

func TestListenerDeadline(t *testing.T) {
	err := Run(World{Key: Key{t.Name(), 1}, Length: time.Minute}, func(e *Engine) error {
		l, err := Listen(e, "server", newLoopback(e, 0), 1)
		if err != nil {
			return err
		}
		d := l.(interface{ SetDeadline(time.Time) error })
		e.Seam().Port("program").Go(func() {
			start := time.Now()
			d.SetDeadline(start.Add(time.Second))
			if _, err := l.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			if err := d.SetDeadline(start); !errors.Is(err, net.ErrClosed) {
				t.Errorf("after Close: %v", err)
			}
			if err := l.Close(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("closed again: %v", err)
			}
		})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
