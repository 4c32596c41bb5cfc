package network

import (
	"net"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// TestNetConn holds simulated TCP connections to the rules of net.Conn, in virtual
// time: the suite's minute of patience, its deadlines and its sleeps are the bubble's.
// Three things had to be done for that. The suite calls t.Run, which a bubble's own T
// forbids, so it gets the T from outside; its subtests are then goroutines of the
// bubble like those of any library. It runs in a library goroutine, since pipes are
// dialed and accepted by blocking calls. And the link has a finite rate and a delay:
// over an ideal one, the goroutines that read and write without pause until a
// deadline would never let virtual time come to that deadline.
func TestNetConn(t *testing.T) {
	for _, c := range []struct {
		name string
		loss float64
	}{{"clean", 0}, {"lossy", 0.005}} {
		t.Run(c.name, func(t *testing.T) {
			link := LinkOptions{RateBPS: 50e6, QueueBytes: 250000, Delay: 5 * time.Millisecond, Loss: LossOptions{Rate: c.loss}}
			ran := false
			inWorld(t, 10*time.Minute, link, func(phone, server *Net, end func()) {
				defer end()
				l, err := server.ListenTCP("tcp", nil)
				if err != nil {
					t.Error(err)
					return
				}
				to := net.TCPAddr{IP: server.h.Addr().AsSlice(), Port: l.Addr().(*net.TCPAddr).Port}
				nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
					a, err := phone.DialTCP("tcp", nil, &to)
					if err != nil {
						return nil, nil, nil, err
					}
					b, err := l.Accept()
					return a, b, func() { a.Close(); b.Close() }, err
				})
				server.port.Call(func() {
					up, _ := phone.h.Traffic()
					if (up.Lost > 0) != (c.loss > 0) {
						t.Errorf("%d packets of %d were lost", up.Lost, up.Sent)
					}
				})
				ran = true
			})
			if !ran {
				t.Error("the suite didn't come to its end")
			}
		})
	}
}

// inWorld runs a program in a world of two hosts, a phone behind a link and an ideal
// server, as a library goroutine that may call end.
func inWorld(t *testing.T, length time.Duration, access LinkOptions, program func(phone, server *Net, end func())) {
	t.Helper()
	err := engine.Run(engine.World{Key: engine.Key{Scenario: t.Name(), Seed: 1}, Length: length}, func(e *engine.Engine) error {
		n := New(e, nil, Options{})
		phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &AccessOptions{Up: access, Down: access}})
		server := addHost(t, n, HostOptions{Name: "server", Actor: trace.Nobody})
		a, b, main := e.Seam().Port("phone"), e.Seam().Port("server"), e.Seam().Port("program")
		main.Go(func() {
			program(phone.Net(a), server.Net(b), func() { main.Call(e.Stop) })
		})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
