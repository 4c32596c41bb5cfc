package realnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
)

// Options of a Net.
type Options struct {
	// Listeners are open, by the port that they stand for; the Net closes them.
	Listeners map[uint16]net.Listener
	// MaxConns is how many connections may be open at once; those beyond are closed as
	// they come. 0 stands for DefaultMaxConns.
	MaxConns int
	// Ended, unless nil, is told of each accepted connection when it is over, in any
	// goroutine.
	Ended func(Connection)
}

// DefaultMaxConns keeps within the usual limit of open files, 1024 a process, which Go
// raises to the hard limit. Source: none; fidelity: assumed.
const DefaultMaxConns = 4000

// Connection is what there is to tell of one that is over.
type Connection struct {
	Port    uint16 // that it came to, as in Options.Listeners
	Remote  netip.AddrPort
	Length  time.Duration
	In, Out int64 // bytes
}

// Net is this machine's way to the network. It implements sockets.Stack.
type Net struct {
	o    Options
	port *engine.Port
	proc *engine.Proc

	inbox  chan func() // what goroutines have for the loop
	done   chan struct{}
	cancel context.CancelFunc
	dials  context.Context
	wg     sync.WaitGroup

	mu    sync.Mutex
	over  bool
	conns map[net.Conn]bool
}

// New makes a Net in a world that engine.RunWall builds. At the world's end it closes
// all that it has; Wait then returns once its goroutines have ended too.
func New(e *engine.Engine, o Options) *Net {
	if o.MaxConns == 0 {
		o.MaxConns = DefaultMaxConns
	}
	n := &Net{o: o, port: e.Seam().Port("realnet"), proc: e.Proc("realnet"),
		inbox: make(chan func(), inboxRoom), done: make(chan struct{}), conns: map[net.Conn]bool{}}
	n.dials, n.cancel = context.WithCancel(context.Background())
	n.start(n.carry)
	e.OnEnd(n.close)
	return n
}

// inboxRoom is how much may wait for the loop before goroutines do; each connection
// has one thing there at a time from each of its two.
const inboxRoom = 64

// Wait returns when no goroutine is left, after the world's end.
func (n *Net) Wait() { n.wg.Wait() }

func (n *Net) start(f func()) {
	n.wg.Add(1)
	go func() {
		defer n.wg.Done()
		f()
	}()
}

// tell has f run on the loop, in turn. It is false when there is no loop any more.
func (n *Net) tell(f func()) bool {
	select {
	case n.inbox <- f:
		return true
	case <-n.done:
		return false
	}
}

// carry is the one goroutine that calls the loop: what has come together is one call.
func (n *Net) carry() {
	for {
		var batch []func()
		select {
		case f := <-n.inbox:
			batch = append(batch, f)
		case <-n.done:
			return
		}
		for more := true; more && len(batch) < inboxRoom; {
			select {
			case f := <-n.inbox:
				batch = append(batch, f)
			default:
				more = false
			}
		}
		err := n.port.Call(func() {
			for _, f := range batch {
				f()
			}
		})
		if err != nil {
			return
		}
	}
}

// close ends all connections and listeners.
func (n *Net) close() {
	close(n.done)
	n.cancel()
	for _, l := range n.o.Listeners {
		_ = l.Close()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.over = true
	for c := range n.conns {
		_ = c.Close()
	}
}

// keep remembers a connection for close; there may be too many, or no more time.
func (n *Net) keep(c net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over || len(n.conns) >= n.o.MaxConns {
		return false
	}
	n.conns[c] = true
	return true
}

func (n *Net) forget(c net.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}

// Listen implements sockets.Stack, on the port of a listener in Options.
func (n *Net) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (stop func(), err error) {
	l := n.o.Listeners[port]
	if l == nil {
		return nil, fmt.Errorf("realnet: no listener stands for port %d", port)
	}
	n.start(func() { n.accept(l, port, accept) })
	return func() { _ = l.Close() }, nil
}

// acceptPause is how long to wait when the system has no room for a connection.
// Source: package net/http pauses for 5 ms to 1 s; fidelity: assumed.
const acceptPause = 50 * time.Millisecond

func (n *Net) accept(l net.Listener, port uint16, take func(sockets.Socket) sockets.Handler) {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			select {
			case <-time.After(acceptPause):
			case <-n.done:
				return
			}
		case !n.keep(c):
			_ = c.Close()
		default:
			s := newSocket(n, c)
			s.port = port
			if !n.tell(func() { s.h = take(s); s.open() }) {
				_ = c.Close()
				n.forget(c)
			}
		}
	}
}

// Dial implements sockets.Stack.
func (n *Net) Dial(host string, port uint16, h sockets.Handler) sockets.Socket {
	s := newSocket(n, nil)
	s.h = h
	ctx, cancel := context.WithTimeout(n.dials, dialTimeout)
	s.undial = cancel
	n.start(func() {
		defer cancel()
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, fmt.Sprint(port)))
		if err == nil && !n.keep(c) {
			_ = c.Close()
			err = sockets.ErrNoRoute
		}
		known := n.tell(func() {
			switch {
			case err != nil:
				s.fail(err)
			case s.over:
				_ = c.Close()
				n.forget(c)
			default:
				s.adopt(c)
				s.open()
			}
		})
		if !known && err == nil {
			_ = c.Close()
			n.forget(c)
		}
	})
	return s
}

// dialTimeout is how long a connection may take to open. Source: none; fidelity: assumed.
const dialTimeout = 30 * time.Second
