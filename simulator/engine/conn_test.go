package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
)

// pair runs two library goroutines on the two ends of one connection over a
// loopback of 10 ms. Their clocks read virtual time.
func pair(t *testing.T, client, server func(c *Conn, since func() time.Duration)) {
	t.Helper()
	err := Run(World{Key: Key{t.Name(), 1}, Length: time.Minute}, func(e *Engine) error {
		n := newLoopback(e, 10*time.Millisecond)
		n.perByte = time.Microsecond // 8 Mbit/s
		start := time.Now()
		since := func() time.Duration { return time.Since(start) }
		l, err := Listen(e, "server", n, 1)
		if err != nil {
			return err
		}
		e.Seam().Port("accepting").Go(func() {
			c, err := l.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			server(c.(*Conn), since)
		})
		p := e.Seam().Port("client")
		c := NewConn(p, func(h sockets.Handler) sockets.Socket { return n.Dial("", 1, h) })
		e.Seam().Port("dialing").Go(func() {
			if err := c.WaitOpen(); err != nil {
				t.Error(err)
			}
			client(c, since)
		})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestConnDeadlines(t *testing.T) {
	pair(t, func(c *Conn, since func() time.Duration) {
		start := since()
		fail := func(what string, err error, want time.Duration) {
			t.Helper()
			var ne net.Error
			if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() {
				t.Errorf("%s: %v", what, err)
			}
			if got := since() - start; got != want {
				t.Errorf("%s: after %v, want %v", what, got, want)
			}
		}
		b := make([]byte, 10)
		c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, err := c.Read(b)
		fail("read", err, 100*time.Millisecond)
		_, err = c.Read(b)
		fail("read again", err, 100*time.Millisecond)
		c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		time.AfterFunc(50*time.Millisecond, func() { c.SetReadDeadline(time.Now().Add(200 * time.Millisecond)) })
		_, err = c.Read(b)
		fail("moved later while reading", err, 350*time.Millisecond)
		c.SetReadDeadline(time.Now().Add(time.Second))
		time.AfterFunc(10*time.Millisecond, func() { c.SetReadDeadline(time.Now().Add(40 * time.Millisecond)) })
		_, err = c.Read(b)
		fail("moved sooner while reading", err, 400*time.Millisecond)
		c.SetReadDeadline(time.Time{})
		time.AfterFunc(2*time.Second, func() { c.SetReadDeadline(time.Unix(1, 0)) })
		_, err = c.Read(b)
		fail("past while reading", err, 2400*time.Millisecond)
		c.SetWriteDeadline(time.Now().Add(600 * time.Millisecond))
		n, err := c.Write(make([]byte, 1<<20))
		fail("write", err, 3*time.Second)
		if n < 100<<10 || n > 400<<10 {
			t.Errorf("%d bytes written", n)
		}
		c.SetDeadline(time.Time{})
		if _, err = c.Write([]byte("x")); err == nil {
			_, err = c.Read(b)
		}
		if err != nil {
			t.Error(err)
		}
		c.Close()
	}, func(c *Conn, since func() time.Duration) {
		// Read too little for a while, then answer what comes last.
		time.Sleep(5 * time.Second)
		b := make([]byte, 1<<16)
		for {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			if bytes.Contains(b[:n], []byte("x")) {
				c.Write([]byte("y"))
			}
		}
	})
}

func TestConnBackPressure(t *testing.T) {
	const size = 2 << 20
	var written, read time.Duration
	pair(t, func(c *Conn, since func() time.Duration) {
		b := bytes.Repeat([]byte("0123456789abcdef"), size/16)
		for len(b) > 0 {
			n, err := c.Write(b[:min(len(b), 100_000)])
			if err != nil {
				t.Error(err)
				return
			}
			b = b[n:]
		}
		written = since()
		c.Close()
	}, func(c *Conn, since func() time.Duration) {
		b, err := io.ReadAll(c)
		if err != nil || !bytes.Equal(b, bytes.Repeat([]byte("0123456789abcdef"), size/16)) {
			t.Errorf("%d bytes, %v", len(b), err)
		}
		read = since()
	})
	// 2 MiB at 8 Mbit/s take 2.1 s; a write buffer of 64 + 32 kB is 0.1 s of them.
	if read < 2*time.Second || read > 3*time.Second || written > read || written < read-300*time.Millisecond {
		t.Errorf("written after %v, read after %v", written, read)
	}
}

func TestConnReaderTooSlow(t *testing.T) {
	var blocked time.Duration
	pair(t, func(c *Conn, since func() time.Duration) {
		start := since()
		if _, err := c.Write(make([]byte, 1<<20)); err != nil {
			t.Error(err)
		}
		blocked = since() - start
		c.Close()
	}, func(c *Conn, since func() time.Duration) {
		time.Sleep(20 * time.Second)
		if b, err := io.ReadAll(c); err != nil || len(b) != 1<<20 {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	})
	if blocked < 19*time.Second || blocked > 22*time.Second {
		t.Errorf("the writer was held up for %v, want as long as the reader slept", blocked)
	}
}

func TestConnEnds(t *testing.T) {
	t.Run("close", func(t *testing.T) {
		pair(t, func(c *Conn, _ func() time.Duration) {
			c.Write([]byte("bye"))
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if err := c.Close(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("closed twice: %v", err)
			}
			if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("write after close: %v", err)
			}
		}, func(c *Conn, _ func() time.Duration) {
			if b, err := io.ReadAll(c); string(b) != "bye" || err != nil {
				t.Errorf("%q, %v", b, err)
			}
			if _, err := c.Write([]byte("x")); !errors.Is(err, sockets.ErrReset) {
				t.Errorf("write after the peer's end: %v", err)
			}
		})
	})
	t.Run("close while reading", func(t *testing.T) {
		pair(t, func(c *Conn, since func() time.Duration) {
			start := since()
			time.AfterFunc(time.Second, func() { c.Close() })
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) || since()-start != time.Second {
				t.Errorf("%v after %v", err, since()-start)
			}
		}, func(c *Conn, _ func() time.Duration) { io.ReadAll(c) })
	})
	t.Run("abort", func(t *testing.T) {
		pair(t, func(c *Conn, _ func() time.Duration) { c.Abort() }, func(c *Conn, _ func() time.Duration) {
			if _, err := io.ReadAll(c); !errors.Is(err, sockets.ErrReset) {
				t.Errorf("read: %v", err)
			}
			if _, err := c.Write([]byte("x")); !errors.Is(err, sockets.ErrReset) {
				t.Errorf("write: %v", err)
			}
		})
	})
	t.Run("end of the world", func(t *testing.T) {
		var err error
		pair(t, func(c *Conn, _ func() time.Duration) { _, err = c.Read(make([]byte, 1)) }, func(c *Conn, _ func() time.Duration) { io.ReadAll(c) })
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("read: %v", err)
		}
	})
}

func TestConnRefused(t *testing.T) {
	var took time.Duration
	err := Run(World{Length: time.Minute}, func(e *Engine) error {
		n := newLoopback(e, 10*time.Millisecond)
		p := e.Seam().Port("client")
		p.Go(func() {
			start := time.Now()
			if _, err := dialContext(e, n, p, 9)(t.Context(), "", ""); !errors.Is(err, sockets.ErrRefused) || !strings.HasPrefix(err.Error(), "dial tcp 127.0.0.1:40001->127.0.0.1:9") {
				t.Errorf("got %v", err)
			}
			took = time.Since(start)
		})
		return nil
	})
	// The answer of Call and the refusal each take a wake-up of 2 ms.
	if err != nil || took != 22*time.Millisecond {
		t.Errorf("%v after %v", err, took)
	}
}

func TestListener(t *testing.T) {
	var log []string
	err := Run(World{Length: time.Minute}, func(e *Engine) error {
		n := newLoopback(e, 10*time.Millisecond)
		l, err := Listen(e, "server", n, 1)
		if err != nil {
			return err
		}
		if _, err := Listen(e, "second", n, 1); !errors.Is(err, sockets.ErrAddressInUse) {
			t.Errorf("second listener: %v", err)
		}
		if l.Addr().String() != "0.0.0.0:1" {
			t.Errorf("address %v", l.Addr())
		}
		h := &asker{}
		for range 3 {
			n.Dial("", 1, h)
		}
		e.Seam().Port("accepting").Go(func() {
			time.Sleep(time.Second)
			for range 2 {
				c, err := l.Accept()
				if err != nil {
					t.Error(err)
					return
				}
				log = append(log, c.RemoteAddr().String()+" "+c.LocalAddr().String()+" "+c.(*Conn).Port().name)
			}
			time.AfterFunc(time.Second, func() { l.Close() })
			l.Accept() // the third
			_, err := l.Accept()
			log = append(log, fmt.Sprint(errors.Is(err, net.ErrClosed), time.Now().Format(" 05.000")))
		})
		e.Proc("late").At(3*time.Second, func() {
			n.Dial("", 1, &ending{func(err error) { log = append(log, fmt.Sprint(err)) }})
		})
		return nil
	})
	want := "[127.0.0.1:40001 127.0.0.1:1 server/1 127.0.0.1:40002 127.0.0.1:1 server/2 true 02.002 connection refused]"
	if got := fmt.Sprint(log); err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

// ending hears of a socket's end only.
type ending struct{ f func(error) }

func (e *ending) OnOpen(sockets.Socket)               {}
func (e *ending) OnData(sockets.Socket, []byte)       {}
func (e *ending) OnWritable(sockets.Socket)           {}
func (e *ending) OnClose(_ sockets.Socket, err error) { e.f(err) }
