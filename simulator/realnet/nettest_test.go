package realnet

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
)

// TestNetConn holds library connections over real ones to the rules of net.Conn.
func TestNetConn(t *testing.T) {
	var accepted net.Listener
	within(t, Options{}, func(e *engine.Engine, n *Net) sockets.Stack { return listening{n, e, &accepted} }, nil, func(p *place) {
		nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
			c, err := net.Dial("tcp", p.addr)
			if err != nil {
				return nil, nil, nil, err
			}
			s, err := accepted.Accept()
			return c, s, func() { c.Close(); s.Close() }, err
		})
	})
}

// listening has engine.Listen listen.
type listening struct {
	sockets.Stack
	e *engine.Engine
	l *net.Listener
}

func (l listening) Listen(port uint16, _ func(sockets.Socket) sockets.Handler) (func(), error) {
	var err error
	*l.l, err = engine.Listen(l.e, "listener", l.Stack, port)
	return nil, err
}
