package network

import (
	"fmt"
	"net"
	"strconv"

	"minilab/simulator/engine"
)

// Net is a host's network for library code: its methods block and belong to library
// goroutines. All it does in the model goes through its port.
type Net struct {
	h    *Host
	port *engine.Port
	made int
}

// Net gives library code that runs behind this port the host's network.
func (h *Host) Net(p *engine.Port) *Net { return &Net{h: h, port: p} }

// DialTCP connects to "host:port" and waits until the connection stands.
func (n *Net) DialTCP(address string) (net.Conn, error) {
	host, port, err := splitAddress(address)
	if err != nil {
		return nil, err
	}
	var c *engine.Conn
	err = n.port.Call(func() {
		n.made++
		p := n.h.n.e.Seam().Port(fmt.Sprintf("%s/dial-%d", n.h.name, n.made))
		c = engine.NewConn(p, func(h engine.SocketHandler) engine.Socket { return n.h.Dial(host, port, h) })
	})
	if err != nil {
		return nil, err
	}
	if err := c.WaitOpen(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// ListenTCP listens on ":port".
func (n *Net) ListenTCP(address string) (net.Listener, error) {
	_, port, err := splitAddress(address)
	if err != nil {
		return nil, err
	}
	var l net.Listener
	var failed error
	err = n.port.Call(func() {
		l, failed = engine.Listen(n.h.n.e, n.h.name+"/listen-"+strconv.Itoa(int(port)), n.h, port)
	})
	if err == nil {
		err = failed
	}
	return l, err
}

func splitAddress(address string) (string, uint16, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("address %s: port %q is not a number", address, service)
	}
	return host, uint16(port), nil
}
