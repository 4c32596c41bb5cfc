package engine

import (
	"context"
	"errors"
	"net"
	"testing"

	"golang.org/x/net/nettest"
)

// TestNetConn holds Conn and Listen to the rules of net.Conn, against the wall clock.
func TestNetConn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready := make(chan func() (net.Conn, net.Conn, error))
	ended := make(chan error)
	go func() {
		ended <- RunWall(ctx, World{}, func(e *Engine) error {
			n := newLoopback(e, 0)
			l, err := Listen(e, "server", n, 1)
			if err != nil {
				return err
			}
			p := e.Seam().Port("client")
			p.Go(func() {
				ready <- func() (net.Conn, net.Conn, error) {
					a, err := dialContext(e, n, p, 1)(ctx, "", "")
					if err != nil {
						return nil, nil, err
					}
					b, err := l.Accept()
					return a, b, err
				}
			})
			return nil
		})
	}()
	pipe := <-ready
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		a, b, err := pipe()
		return a, b, func() { a.Close(); b.Close() }, err
	})
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, _, err := pipe(); !errors.Is(err, ErrEnded) {
		t.Errorf("after the end: %v, want %v", err, ErrEnded)
	}
}
