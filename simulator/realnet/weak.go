package realnet

import (
	"fmt"
	"net/netip"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network"
	"minilab/simulator/trace"
)

// Weak is a Net with the model's network behind it: each connection that comes in goes
// on from a simulated phone, over an access link of its own and the model's TCP, to the
// simulated host where the server listens. It implements sockets.Stack for that server,
// which sees its real clients' addresses.
type Weak struct {
	n       *Net
	sim     *network.Network
	server  *network.Host
	access  network.AccessOptions
	idle    []*network.Host // phones whose connection is over
	phones  int
	clients map[netip.AddrPort]netip.AddrPort // real ones, by the simulated address
}

// NewWeak puts an access link in front of what listens on n's ports.
func NewWeak(e *engine.Engine, n *Net, access network.AccessOptions) (*Weak, error) {
	w := &Weak{n: n, sim: network.New(e, nil, network.Options{}), access: access, clients: map[netip.AddrPort]netip.AddrPort{}}
	var err error
	if w.server, err = w.sim.AddHost(network.HostOptions{Name: "server", Actor: trace.Nobody}); err != nil {
		return nil, fmt.Errorf("realnet: %w", err)
	}
	if _, err := w.phone(); err != nil { // so that wrong options are known now
		return nil, err
	}
	return w, nil
}

// phone is a host whose link nobody else uses.
func (w *Weak) phone() (*network.Host, error) {
	if last := len(w.idle) - 1; last >= 0 {
		h := w.idle[last]
		w.idle = w.idle[:last]
		return h, nil
	}
	access := w.access
	w.phones++
	h, err := w.sim.AddHost(network.HostOptions{Name: fmt.Sprintf("phone-%d", w.phones), Access: &access, Actor: trace.Nobody})
	if err != nil {
		return nil, fmt.Errorf("realnet: %w", err)
	}
	w.idle = append(w.idle, h)
	return w.phone()
}

// Listen implements sockets.Stack: on the simulated host, and for real clients.
func (w *Weak) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (stop func(), err error) {
	far, err := w.server.Listen(port, func(s sockets.Socket) sockets.Handler {
		return reveal(s.(sockets.Half), w.clients[s.Remote()], accept)
	})
	if err != nil {
		return nil, err
	}
	near, err := w.n.Listen(port, func(s sockets.Socket) sockets.Handler { return w.forward(s, port) })
	if err != nil {
		far()
		return nil, err
	}
	return func() { near(); far() }, nil
}

// Dial implements sockets.Stack, within the model: the server's own calls stay there.
func (w *Weak) Dial(host string, port uint16, h sockets.Handler) sockets.Socket {
	return w.server.Dial(host, port, h)
}

// forward joins a real client's connection to a simulated one.
func (w *Weak) forward(real sockets.Socket, port uint16) sockets.Handler {
	phone, err := w.phone()
	if err != nil {
		panic(err) // NewWeak has tried
	}
	near, far := &half{w: w, sock: real}, &half{w: w, phone: phone}
	near.other, far.other = far, near
	far.sock = phone.Dial(w.server.Addr().String(), port, far)
	w.clients[far.sock.Local()] = real.Remote()
	return near
}

// revealed is the server's end of a simulated connection, which tells whose it is.
type revealed struct {
	sockets.Half
	h      sockets.Handler
	client netip.AddrPort
}

// reveal gives accept a socket whose remote address is the real client's.
func reveal(s sockets.Half, client netip.AddrPort, accept func(sockets.Socket) sockets.Handler) sockets.Handler {
	r := &revealed{Half: s, client: client}
	r.h = accept(r)
	if half, ok := r.h.(sockets.HalfHandler); ok {
		return revealedHalf{r, half}
	}
	return r
}

// Remote implements sockets.Socket.
func (r *revealed) Remote() netip.AddrPort { return r.client }

// OnOpen implements sockets.Handler.
func (r *revealed) OnOpen(sockets.Socket) { r.h.OnOpen(r) }

// OnData implements sockets.Handler.
func (r *revealed) OnData(_ sockets.Socket, p []byte) { r.h.OnData(r, p) }

// OnWritable implements sockets.Handler.
func (r *revealed) OnWritable(sockets.Socket) { r.h.OnWritable(r) }

// OnClose implements sockets.Handler.
func (r *revealed) OnClose(_ sockets.Socket, err error) { r.h.OnClose(r, err) }

// revealedHalf is one whose handler goes on when the peer has ended.
type revealedHalf struct {
	*revealed
	half sockets.HalfHandler
}

// OnEnd implements sockets.HalfHandler.
func (r revealedHalf) OnEnd(sockets.Socket) { r.half.OnEnd(r.revealed) }

// half is one of two joined connections: what comes on one is sent on the other, which
// makes it wait when it has no room.
type half struct {
	w      *Weak
	phone  *network.Host // of the far one
	sock   sockets.Socket
	other  *half
	paused bool // the other has no room
	over   bool
}

// OnOpen implements sockets.Handler.
func (h *half) OnOpen(sockets.Socket) {}

// OnData implements sockets.Handler.
func (h *half) OnData(s sockets.Socket, p []byte) {
	h.other.sock.Send(p)
	if h.other.sock.Free() <= 0 {
		h.paused = true
		s.Receive(false)
	}
}

// OnWritable implements sockets.Handler.
func (h *half) OnWritable(sockets.Socket) {
	if h.other.paused && !h.other.over {
		h.other.paused = false
		h.other.sock.Receive(true)
	}
}

// OnEnd implements sockets.HalfHandler.
func (h *half) OnEnd(sockets.Socket) {
	h.other.sock.(sockets.Half).CloseWrite()
}

// OnClose implements sockets.Handler.
func (h *half) OnClose(_ sockets.Socket, err error) {
	h.over = true
	if !h.other.over {
		h.other.over = true
		if err == nil {
			h.other.sock.Close()
		} else {
			h.other.sock.Abort()
		}
	}
	for _, x := range [...]*half{h, h.other} {
		if x.phone != nil {
			delete(x.w.clients, x.sock.Local())
			x.w.idle = append(x.w.idle, x.phone)
			x.phone = nil
		}
	}
}
