package realnet

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"

	"minilab/simulator/engine"
)

// TestNetConn holds library connections over real ones to the rules of net.Conn.
func TestNetConn(t *testing.T) {
	var accepted net.Listener
	within(t, Options{}, func(e *engine.Engine, n *Net) engine.Sockets { return listening{n, e, &accepted} }, nil, func(p *place) {
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
	engine.Sockets
	e *engine.Engine
	l *net.Listener
}

func (l listening) Listen(port uint16, _ func(engine.Socket) engine.SocketHandler) (func(), error) {
	var err error
	*l.l, err = engine.Listen(l.e, "listener", l.Sockets, port)
	return nil, err
}
