package realnet

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network"
)

// behind makes sockets behind an access link.
func behind(t *testing.T, access network.AccessOptions, w **Weak) func(*engine.Engine, *Net) sockets.Stack {
	return func(e *engine.Engine, n *Net) sockets.Stack {
		weak, err := NewWeak(e, n, access)
		if err != nil {
			t.Fatal(err)
		}
		if w != nil {
			*w = weak
		}
		return weak
	}
}

// The server sees who its clients are, not where the model has put them.
func TestClientsKeepTheirAddresses(t *testing.T) {
	var accepted, opened []string
	var w *Weak
	within(t, Options{}, behind(t, network.AccessOptions{}, &w), func(s sockets.Socket) sockets.Handler {
		accepted = append(accepted, s.Remote().String())
		return &handler{open: func(s sockets.Socket) {
			opened = append(opened, s.Remote().String())
			s.Send([]byte("hello"))
			s.Close()
		}}
	}, func(p *place) {
		for i := range 3 {
			c := p.dial()
			if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			p.on(func() {
				if me := c.LocalAddr().String(); len(accepted) != i+1 || accepted[i] != me || opened[i] != me {
					t.Errorf("%s was seen as %v, then as %v", me, accepted, opened)
				}
			})
			c.Close()
		}
		time.Sleep(100 * time.Millisecond)
		p.on(func() {
			if len(w.clients) > 0 {
				t.Errorf("%d clients that have gone are remembered", len(w.clients))
			}
		})
	})
}

func TestWeakNetworkIsFelt(t *testing.T) {
	const delay, rate, bytesSent = 60 * time.Millisecond, 4e6, 500_000
	link := network.LinkOptions{RateBPS: rate, QueueBytes: 64000, Delay: delay}
	within(t, Options{}, behind(t, network.AccessOptions{Up: link, Down: link}, nil), echo, func(p *place) {
		c := p.dial()
		begin := time.Now()
		_, _ = c.Write([]byte("x"))
		_, _ = io.ReadFull(c, make([]byte, 1))
		if took := time.Since(begin); took < 4*delay || took > 4*delay+time.Second { // opening costs a round trip too
			t.Errorf("one byte took %v there and back", took)
		}
		want := text(bytesSent)
		begin = time.Now()
		go func() {
			_, _ = c.Write(want)
			_ = c.CloseWrite()
		}()
		got, err := io.ReadAll(c)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d of %d bytes came back, %v", len(got), len(want), err)
		}
		atLeast := time.Duration(bytesSent * 8 / rate * float64(time.Second))
		if took := time.Since(begin); took < atLeast || took > 3*atLeast+time.Second {
			t.Errorf("%d bytes took %v, %v at the rate", bytesSent, took, atLeast)
		}
	})
}

func TestEachHasALinkOfItsOwn(t *testing.T) {
	link := network.LinkOptions{RateBPS: 2e6, QueueBytes: 64000, Delay: time.Millisecond}
	var w *Weak
	within(t, Options{}, behind(t, network.AccessOptions{Up: link, Down: link}, &w), echo, func(p *place) {
		echoed := func(at int) time.Duration {
			var all sync.WaitGroup
			begin := time.Now()
			for range at {
				all.Go(func() {
					c := p.dial()
					_, _ = c.Write(text(100_000)) // 0.4 s at the rate
					_ = c.CloseWrite()
					if got, err := io.ReadAll(c); len(got) != 100_000 || err != nil {
						t.Errorf("%d bytes, %v", len(got), err)
					}
				})
			}
			all.Wait()
			time.Sleep(200 * time.Millisecond)
			return time.Since(begin)
		}
		for range 2 {
			if one, four := echoed(1), echoed(4); four > 2*one {
				t.Errorf("four at once took %v, one %v: they share a link", four, one)
			}
		}
		p.on(func() {
			if w.phones > 5 {
				t.Errorf("%d phones for 4 connections at once", w.phones)
			}
		})
	})
}

func TestWeakNetworkEnds(t *testing.T) {
	dead := network.LinkOptions{Outages: []network.Outage{{Start: 0, Length: time.Hour}}}
	var got, ends int
	count := func(sockets.Socket) sockets.Handler {
		return &handler{data: func(_ sockets.Socket, b []byte) { got += len(b) }, closed: func(error) { ends++ }}
	}
	within(t, Options{}, behind(t, network.AccessOptions{Up: dead, Down: dead}, nil), count, func(p *place) {
		c := p.dial()
		_, _ = c.Write(text(1000))
		time.Sleep(300 * time.Millisecond)
		c.Close()
	})
	if got > 0 {
		t.Errorf("%d bytes crossed a link that is down", got)
	}
	within(t, Options{}, behind(t, network.AccessOptions{}, nil), count, func(p *place) {
		c := p.dial()
		_, _ = c.Write(text(1000))
		time.Sleep(100 * time.Millisecond)
		_ = c.SetLinger(0)
		c.Close()
		time.Sleep(100 * time.Millisecond)
		c = p.dial()
		_, _ = c.Write(text(1000))
		c.Close()
		time.Sleep(100 * time.Millisecond)
	})
	if got != 2000 || ends != 2 {
		t.Errorf("%d bytes and %d ends arrived", got, ends)
	}
}

func TestServerThatHangsUp(t *testing.T) {
	within(t, Options{}, behind(t, network.AccessOptions{}, nil), func(sockets.Socket) sockets.Handler {
		return &handler{data: func(s sockets.Socket, p []byte) {
			if s.Send(p); string(p) == "abort" {
				s.Abort()
			} else {
				s.Close()
			}
		}}
	}, func(p *place) {
		c := p.dial()
		_, _ = c.Write([]byte("close"))
		if got, err := io.ReadAll(c); string(got) != "close" || err != nil {
			t.Errorf("closed: %q, %v", got, err)
		}
		c = p.dial()
		_, _ = c.Write([]byte("abort"))
		if _, err := io.ReadAll(c); err == nil {
			t.Error("a reset arrives as an end in order")
		} else if _, ok := err.(net.Error); !ok {
			t.Error(err)
		}
	})
}
