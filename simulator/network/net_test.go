package network

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"minilab/simulator/engine"
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
	if !errors.Is(refused, engine.ErrRefused) {
		t.Errorf("dead port: %v", refused)
	}
	if _, again, _ := run(); again != took {
		t.Errorf("took %v, then %v", took, again)
	}
}
