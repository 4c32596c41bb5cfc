package network

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// TestBlockingSide runs an echo server and a client, both as library goroutines.
func TestBlockingSide(t *testing.T) {
	run := func() (echoed string, took time.Duration, refused error) {
		err := engine.Run(engine.World{Key: engine.Key{Scenario: "echo", Seed: 1}, Length: time.Minute}, func(e *engine.Engine) error {
			n := New(e, nil, Options{})
			link := LinkOptions{RateBPS: 2e6, Delay: 20 * time.Millisecond, Loss: LossOptions{Rate: 0.05}}
			phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &AccessOptions{Up: link, Down: link}})
			server := addHost(t, n, HostOptions{Name: "server", Actor: trace.Nobody})
			listening := e.Seam().Port("server")
			listening.Go(func() {
				l, err := server.Net(listening).ListenTCP("tcp", &net.TCPAddr{Port: 7})
				if err != nil {
					t.Error(err)
					return
				}
				c, err := l.Accept()
				if err != nil {
					return
				}
				io.Copy(c, c)
				c.Close()
				l.Close()
			})
			dialing := e.Seam().Port("phone")
			e.Proc("script").After(time.Second, func() {
				dialing.Go(func() {
					here := phone.Net(dialing)
					_, refused = here.Dial("tcp", "server:8")
					c, err := here.Dial("tcp", "server:7")
					if err != nil {
						t.Error(err)
						return
					}
					defer c.Close()
					c.SetDeadline(time.Now().Add(20 * time.Second))
					from := time.Now()
					c.Write(make([]byte, 100000))
					if _, err := io.ReadFull(c, make([]byte, 100000)); err != nil {
						t.Error(err)
					}
					took = time.Since(from)
					echoed = "whole"
				})
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	echoed, took, refused := run()
	if echoed != "whole" || took < 400*time.Millisecond {
		t.Errorf("%q after %v", echoed, took)
	}
	if !errors.Is(refused, sockets.ErrRefused) {
		t.Errorf("dead port: %v", refused)
	}
	if _, again, _ := run(); again != took {
		t.Errorf("took %v, then %v", took, again)
	}
}

// TestNetFailures: how names and dials fail, and when.
func TestNetFailures(t *testing.T) {
	inWorld(t, 5*time.Minute, LinkOptions{Delay: 20 * time.Millisecond}, func(phone, server *Net, end func()) {
		defer end()
		start := time.Now()
		within := func(what string, d time.Duration) {
			t.Helper()
			if got := time.Since(start); got < d || got > d+20*time.Millisecond {
				t.Errorf("%s after %v, want %v", what, got, d)
			}
			start = time.Now()
		}
		var dns *net.DNSError
		_, err := phone.Dial("tcp", "nobody.example:80")
		if !errors.As(err, &dns) || !dns.IsNotFound || !errors.Is(err, sockets.ErrNameNotFound) {
			t.Errorf("unknown name: %v", err)
		}
		within("unknown name", 40*time.Millisecond)
		if _, err = phone.Dial("tcp", "192.0.2.1:80"); !errors.Is(err, syscall.ENETUNREACH) {
			t.Errorf("no route: %v", err)
		}
		if _, err = phone.Dial("udp", "192.0.2.1:80"); !errors.Is(err, syscall.ENETUNREACH) {
			t.Errorf("no route for datagrams: %v", err)
		}
		if _, err = phone.ListenUDP("udp6", &net.UDPAddr{IP: localhost.AsSlice()}); err == nil {
			t.Error("an IPv4 address for IPv6")
		}
		if _, err = phone.ResolveUDPAddr("udp", "server:gopher"); err == nil {
			t.Error("a service that nobody knows")
		}
		if _, err = phone.CreateDialer(&net.Dialer{Control: func(string, string, syscall.RawConn) error { return nil }}).Dial("tcp", "server:80"); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("a dialer with Control: %v", err)
		}
		phone.port.Call(func() { phone.h.Outage(time.Minute) })
		start = time.Now()
		impatient := phone.CreateDialer(&net.Dialer{Timeout: 300 * time.Millisecond})
		if _, err = impatient.Dial("tcp", "server:80"); !errors.As(err, &dns) || !dns.Timeout() {
			t.Errorf("name in an outage: %v", err)
		}
		within("name in an outage", 300*time.Millisecond)
		hasty := phone.CreateDialer(&net.Dialer{Deadline: start.Add(200 * time.Millisecond), Timeout: time.Second})
		if _, err = hasty.Dial("tcp", server.h.Addr().String()+":80"); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("address in an outage: %v", err)
		}
		within("address in an outage", 200*time.Millisecond)
		if _, err = phone.ResolveIPAddr("ip", "server"); !errors.As(err, &dns) || !dns.IsTimeout {
			t.Errorf("name in an outage: %v", err)
		}
		within("name in an outage", 10*time.Second)
	})
}

// TestNetAtTheWorldsEnd: whoever waits on a Net learns that the world is over.
func TestNetAtTheWorldsEnd(t *testing.T) {
	var resolve, accept, after error
	inWorld(t, time.Second, LinkOptions{Delay: time.Minute}, func(phone, server *Net, _ func()) {
		l, err := server.ListenTCP("tcp", nil)
		if err != nil {
			t.Error(err)
			return
		}
		_, resolve = phone.ResolveIPAddr("ip", "server")
		_, accept = l.Accept()
		_, after = phone.Interfaces()
	})
	if !errors.Is(resolve, engine.ErrEnded) || !errors.Is(accept, net.ErrClosed) || !errors.Is(after, engine.ErrEnded) {
		t.Errorf("resolve %v, accept %v, after the end %v", resolve, accept, after)
	}
}

// TestNetOptions: what a connection's options do, and what can't be had.
func TestNetOptions(t *testing.T) {
	inWorld(t, time.Minute, LinkOptions{RateBPS: 1e6, Delay: 20 * time.Millisecond}, func(phone, server *Net, end func()) {
		defer end()
		l, err := server.ListenTCP("tcp", &net.TCPAddr{Port: 80})
		if err != nil {
			t.Error(err)
			return
		}
		c, err := phone.DialTCP("tcp", nil, &net.TCPAddr{IP: server.h.Addr().AsSlice(), Port: 80})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if _, err := l.Accept(); err != nil {
			t.Error(err)
		}
		packets := func() (sent int64) {
			phone.port.Call(func() {
				up, _ := phone.h.Traffic()
				sent = up.Sent
			})
			return sent
		}
		small := func() int64 {
			before := packets()
			for range 10 {
				c.Write([]byte("x"))
				time.Sleep(time.Millisecond)
			}
			return packets() - before
		}
		if n := small(); n < 9 {
			t.Errorf("%d packets without Nagle", n)
		}
		time.Sleep(time.Second)
		c.SetNoDelay(false)
		if n := small(); n > 2 {
			t.Errorf("%d packets with Nagle", n)
		}
	})
}

// TestNetKeepAlive: a silent connection is probed when its owner asks for it, after the
// silence that it asks for, and no more when it changes its mind.
func TestNetKeepAlive(t *testing.T) {
	inWorld(t, 10*time.Minute, LinkOptions{Delay: 20 * time.Millisecond}, func(phone, server *Net, end func()) {
		defer end()
		l, err := server.ListenTCP("tcp", &net.TCPAddr{Port: 80})
		if err != nil {
			t.Error(err)
			return
		}
		c, err := phone.DialTCP("tcp", nil, &net.TCPAddr{IP: server.h.Addr().AsSlice(), Port: 80})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if _, err := l.Accept(); err != nil {
			t.Error(err)
		}
		sent := func() (n int64) {
			phone.port.Call(func() {
				up, _ := phone.h.Traffic()
				n = up.Sent
			})
			return n
		}
		probes := func(most int64, set ...error) {
			t.Helper()
			before := sent()
			time.Sleep(time.Minute)
			if got := sent() - before; got > most || got < most-1 || errors.Join(set...) != nil {
				t.Errorf("%d probes in a minute, want %d: %v", got, most, set)
			}
		}
		time.Sleep(time.Second)
		probes(0, c.SetKeepAlivePeriod(40500*time.Millisecond))
		probes(2, c.SetKeepAlive(true))
		probes(4, c.SetKeepAlivePeriod(0), c.SetKeepAlivePeriod(-1)) // every 15 s, and timers come late
		probes(0, c.SetKeepAlive(false))
	})
}
