package realnet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
)

// handler is a SocketHandler of functions; nil ones do nothing.
type handler struct {
	open     func(sockets.Socket)
	data     func(sockets.Socket, []byte)
	writable func(sockets.Socket)
	closed   func(error)
}

func (h *handler) OnOpen(s sockets.Socket) {
	if h.open != nil {
		h.open(s)
	}
}
func (h *handler) OnData(s sockets.Socket, p []byte) {
	if h.data != nil {
		h.data(s, p)
	}
}
func (h *handler) OnWritable(s sockets.Socket) {
	if h.writable != nil {
		h.writable(s)
	}
}
func (h *handler) OnClose(_ sockets.Socket, err error) {
	if h.closed != nil {
		h.closed(err)
	}
}

// halfHandler goes on when its peer has ended.
type halfHandler struct {
	handler
	end func(sockets.Half)
}

func (h *halfHandler) OnEnd(s sockets.Socket) { h.end(s.(sockets.Half)) }

// place is a running world and the address of its one listener.
type place struct {
	t    *testing.T
	e    *engine.Engine
	net  *Net
	addr string
	port *engine.Port // to call the loop
}

// on has f run on the loop.
func (p *place) on(f func()) {
	p.t.Helper()
	if err := p.port.Call(f); err != nil {
		p.t.Fatal(err)
	}
}

// dial is a real client.
func (p *place) dial() *net.TCPConn {
	p.t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c.(*net.TCPConn)
}

// within runs a world whose host, made by host, accepts with accept, and visit
// meanwhile. Nothing may be left of the world after that.
func within(t *testing.T, o Options, host func(*engine.Engine, *Net) sockets.Stack, accept func(sockets.Socket) sockets.Handler, visit func(*place)) {
	t.Helper()
	before := runtime.NumGoroutine()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Listeners = map[uint16]net.Listener{7: l}
	p := &place{t: t, addr: l.Addr().String()}
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan bool, 1), make(chan error, 1)
	go func() {
		ended <- engine.RunWall(ctx, engine.World{}, func(e *engine.Engine) error {
			p.e, p.net, p.port = e, New(e, o), e.Seam().Port("test")
			var stack sockets.Stack = p.net
			if host != nil {
				stack = host(e, p.net)
			}
			_, err := stack.Listen(7, accept)
			ready <- true
			return err
		})
	}()
	<-ready
	visit(p)
	cancel()
	begin := time.Now()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	p.net.Wait()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("the world took %v to end", took)
	}
	if p.net.tell(func() {}) && len(p.net.inbox) == 0 {
		t.Error("the loop is still told of things")
	}
	for range 100 { // the runtime's own helpers end a little later
		if runtime.NumGoroutine() <= before+1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks())
}

func stacks() []byte {
	b := make([]byte, 1<<20)
	return b[:runtime.Stack(b, true)]
}

func echo(sockets.Socket) sockets.Handler {
	return &halfHandler{handler{data: func(s sockets.Socket, p []byte) { s.Send(p) }}, func(s sockets.Half) { s.Close() }}
}

func text(bytes int) []byte {
	return []byte(strings.Repeat("0123456789abcdef\n", bytes/17+1))[:bytes]
}

func TestEveryByteInOrder(t *testing.T) {
	var ended []Connection
	var open int
	within(t, Options{Ended: func(c Connection) { ended = append(ended, c) }}, nil, echo, func(p *place) {
		c := p.dial()
		want := text(3 << 20)
		go func() {
			_, _ = c.Write(want)
			_ = c.CloseWrite()
		}()
		got, err := io.ReadAll(c)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d of %d bytes came back, %v", len(got), len(want), err)
		}
		for range 100 {
			p.net.mu.Lock()
			open = len(p.net.conns)
			p.net.mu.Unlock()
			if open == 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	if open != 0 || len(ended) != 1 || ended[0].Port != 7 || ended[0].In != 3<<20 || ended[0].Out != 3<<20 || !ended[0].Remote.IsValid() {
		t.Errorf("%d still open; ended: %+v", open, ended)
	}
}

func TestWhoIsNotReadWaits(t *testing.T) {
	var sock sockets.Socket
	var got []byte
	within(t, Options{}, nil, func(s sockets.Socket) sockets.Handler {
		sock = s
		return &handler{open: func(s sockets.Socket) { s.Receive(false) }, data: func(_ sockets.Socket, b []byte) { got = append(got, b...) }}
	}, func(p *place) {
		c := p.dial()
		want := text(64 << 20)
		_ = c.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		n, err := c.Write(want)
		if !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			t.Errorf("wrote %d bytes to who doesn't listen: %v", n, err)
		}
		p.on(func() {
			if len(got) > 0 {
				t.Errorf("%d bytes were handed over", len(got))
			}
			sock.Receive(true)
		})
		for range 500 {
			come := 0
			p.on(func() { come = len(got) })
			if come == n {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		p.on(func() {
			if !bytes.Equal(got, want[:n]) {
				t.Errorf("%d of %d bytes came", len(got), n)
			}
		})
	})
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

func TestWhoDoesNotReadIsWaitedFor(t *testing.T) {
	given, most, total := 0, 0, 48<<20 // more than any kernel keeps
	block := text(32 << 10)
	give := func(s sockets.Socket) {
		for s.Free() > 0 && given < total {
			s.Send(block)
			given += len(block)
			most = max(most, s.Unacked())
		}
		if given == total {
			s.Close()
			given++
		}
	}
	within(t, Options{}, nil, func(sockets.Socket) sockets.Handler { return &handler{open: give, writable: give} }, func(p *place) {
		c := p.dial()
		_ = c.SetReadBuffer(32 << 10)
		time.Sleep(200 * time.Millisecond)
		p.on(func() {
			if given >= total {
				t.Errorf("all of %d bytes were taken for a peer that doesn't read", given)
			}
		})
		got, err := io.ReadAll(c)
		if err != nil || len(got) != total || !bytes.Equal(got[total-len(block):], block) {
			t.Errorf("%d of %d bytes came, %v", len(got), total, err)
		}
	})
	if most > sendRoomBytes+len(block) {
		t.Errorf("%d bytes waited in the socket", most)
	}
}

func TestEnds(t *testing.T) {
	var closed []error
	orders := map[string]func(sockets.Socket){
		"close": func(s sockets.Socket) { s.Send([]byte("bye")); s.Close(); s.Send([]byte("more")); s.Abort() },
		"abort": func(s sockets.Socket) { s.Abort(); s.Close() },
		"half": func(s sockets.Socket) {
			s.Send([]byte("bye"))
			s.(sockets.Half).CloseWrite()
			s.Send([]byte("more"))
		},
	}
	within(t, Options{}, nil, func(sockets.Socket) sockets.Handler {
		return &handler{data: func(s sockets.Socket, p []byte) {
			for word, order := range orders {
				if bytes.HasPrefix(p, []byte(word)) {
					order(s)
				}
			}
		}, closed: func(err error) { closed = append(closed, err) }}
	}, func(p *place) {
		c := p.dial()
		_, _ = c.Write([]byte("close"))
		if got, err := io.ReadAll(c); string(got) != "bye" || err != nil {
			t.Errorf("closed: %q, %v", got, err)
		}
		c = p.dial() // more is under way than will be read
		_, _ = c.Write([]byte("close"))
		_, _ = c.Write(text(1 << 20))
		if got, err := io.ReadAll(c); string(got) != "bye" || err != nil {
			t.Errorf("closed while sending: %q, %v", got, err)
		}
		c = p.dial()
		_, _ = c.Write([]byte("abort"))
		if got, err := io.ReadAll(c); len(got) > 0 || err == nil {
			t.Errorf("aborted: %q, %v", got, err)
		}
		c = p.dial() // the peer ends by a reset
		_ = c.SetLinger(0)
		time.Sleep(50 * time.Millisecond)
		c.Close()
		c = p.dial() // and in order, after the other half
		_, _ = c.Write([]byte("half"))
		if got, err := io.ReadAll(c); string(got) != "bye" || err != nil {
			t.Errorf("half-closed: %q, %v", got, err)
		}
		c.Close()
		for range 100 {
			n := 0
			if p.on(func() { n = len(closed) }); n == 2 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	if len(closed) != 2 || !errors.Is(closed[0], sockets.ErrReset) || closed[1] != nil {
		t.Errorf("the model was told of ends %v, want a reset and one in order", closed)
	}
}

func TestDial(t *testing.T) {
	got, opened := make(chan string, 4), make(chan bool, 4)
	failed := make(chan error, 4)
	within(t, Options{}, nil, echo, func(p *place) {
		at := p.dial().RemoteAddr().(*net.TCPAddr)
		h := &handler{
			open:   func(sockets.Socket) { opened <- true },
			data:   func(s sockets.Socket, b []byte) { got <- string(b); s.Close() },
			closed: func(err error) { failed <- err },
		}
		p.on(func() {
			s := p.net.Dial("127.0.0.1", uint16(at.Port), h)
			s.Send([]byte("early"))
		})
		if s := <-got; s != "early" || len(opened) != 1 {
			t.Errorf("came back: %q, opened %d times", s, len(opened))
		}
		dead, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		dead.Close()
		p.on(func() { p.net.Dial("127.0.0.1", uint16(dead.Addr().(*net.TCPAddr).Port), h) })
		if err := <-failed; !errors.Is(err, sockets.ErrRefused) {
			t.Errorf("where nobody listens: %v", err)
		}
		p.on(func() {
			p.net.Dial("127.0.0.1", uint16(at.Port), h).Close()
			p.net.Dial("127.0.0.1", uint16(at.Port), h).Abort()
			if _, err := p.net.Listen(8, echo); err == nil {
				t.Error("a port without a listener can be listened on")
			}
		})
		time.Sleep(50 * time.Millisecond)
		if len(got)+len(failed) > 0 || len(opened) != 1 {
			t.Error("who has closed a socket is still called")
		}
	})
}

// The world ends while connections are in the middle of everything.
func TestEndOfTheWorld(t *testing.T) {
	flood := func(s sockets.Socket) {
		for s.Free() > 0 {
			s.Send(text(32 << 10))
		}
	}
	kinds := 0
	within(t, Options{MaxConns: 24}, nil, func(s sockets.Socket) sockets.Handler {
		kinds++
		switch kinds % 4 {
		case 0:
			return &handler{open: func(s sockets.Socket) { s.Receive(false) }}
		case 1:
			return &handler{open: flood, writable: flood}
		case 2:
			return &handler{data: func(s sockets.Socket, _ []byte) { s.Close() }}
		}
		return echo(s)
	}, func(p *place) {
		for range 30 {
			c := p.dial()
			go func() {
				for {
					if _, err := c.Write(text(64 << 10)); err != nil {
						return
					}
				}
			}()
		}
		p.on(func() { p.net.Dial("127.0.0.1", 9, &handler{}) })
		time.Sleep(300 * time.Millisecond)
		p.net.mu.Lock()
		defer p.net.mu.Unlock()
		if len(p.net.conns) == 0 || len(p.net.conns) > 24 {
			t.Errorf("%d connections, at most 24 at once", len(p.net.conns))
		}
	})
}
