package rtmp

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gortmp "github.com/yutopp/go-rtmp"
	"github.com/yutopp/go-rtmp/message"
)

// buffered is one direction of an in-memory connection: writes never block.
type buffered struct {
	mu     sync.Mutex
	cond   *sync.Cond
	b      bytes.Buffer
	closed bool
}

func newBuffered() *buffered {
	b := &buffered{}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *buffered) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, io.ErrClosedPipe
	}
	b.b.Write(p)
	b.cond.Broadcast()
	return len(p), nil
}

func (b *buffered) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.b.Len() == 0 && !b.closed {
		b.cond.Wait()
	}
	if b.b.Len() == 0 {
		return 0, io.EOF
	}
	return b.b.Read(p)
}

func (b *buffered) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.cond.Broadcast()
	return nil
}

// take returns what was written since the last call.
func (b *buffered) take() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := append([]byte(nil), b.b.Bytes()...)
	b.b.Reset()
	return p
}

// conn is the library's end of the connection.
type conn struct {
	net.Conn
	in, out *buffered
	closed  bool
}

func (c *conn) Read(p []byte) (int, error)  { return c.in.Read(p) }
func (c *conn) Write(p []byte) (int, error) { return c.out.Write(p) }
func (c *conn) Close() error {
	c.closed = true
	c.in.Close()
	return c.out.Close()
}

type oneListener struct {
	net.Listener
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *oneListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *oneListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// handler notes what reaches go-rtmp, and fails what it is told to.
type handler struct {
	gortmp.DefaultHandler
	calls       []string
	connect     message.NetConnectionConnectCommand
	play        message.NetStreamPlay
	failPublish bool
	media       int
}

func (h *handler) OnConnect(_ uint32, c *message.NetConnectionConnect) error {
	h.calls, h.connect = append(h.calls, "connect"), c.Command
	return nil
}
func (h *handler) OnCreateStream(uint32, *message.NetConnectionCreateStream) error {
	h.calls = append(h.calls, "createStream")
	return nil
}
func (h *handler) OnDeleteStream(uint32, *message.NetStreamDeleteStream) error {
	h.calls = append(h.calls, "deleteStream")
	return nil
}
func (h *handler) OnPublish(_ *gortmp.StreamContext, _ uint32, p *message.NetStreamPublish) error {
	h.calls = append(h.calls, "publish "+p.PublishingName)
	if h.failPublish {
		return errors.New("no")
	}
	return nil
}
func (h *handler) OnPlay(_ *gortmp.StreamContext, _ uint32, p *message.NetStreamPlay) error {
	h.calls, h.play = append(h.calls, "play "+p.StreamName), *p
	return nil
}
func (h *handler) OnAudio(uint32, io.Reader) error { h.media++; return nil }
func (h *handler) OnVideo(uint32, io.Reader) error { h.media++; return nil }
func (h *handler) OnUnknownMessage(uint32, message.Message) error {
	h.calls = append(h.calls, "unknown message")
	return nil
}

// server is a guarded go-rtmp session that a test feeds step by step, in a bubble:
// the library runs between the steps only.
type server struct {
	t       *testing.T
	guard   *Guard
	library handler
	conn    *conn
	media   []Message
	egress  []string
	rested  []uint32
	toPeer  [][]byte
	toLib   int
	onPlay  func()
}

func serve(t *testing.T, change func(*GuardOptions)) *server {
	s := &server{t: t, conn: &conn{in: newBuffered(), out: newBuffered()}}
	o := GuardOptions{
		ToLibrary: func(p []byte) { s.toLib += len(p); s.conn.in.Write(p) },
		ToPeer:    func(p []byte) { s.toPeer = append(s.toPeer, p) },
		OnMedia:   func(m Message) { s.media = append(s.media, m) },
		OnRest:    func(stream uint32) { s.rested = append(s.rested, stream) },
		OnEgress: func(c Command, stream uint32) {
			_, code, _ := c.Status()
			s.egress = append(s.egress, c.Name+" "+code)
			if code == "NetStream.Play.Start" && s.onPlay != nil {
				s.onPlay()
			}
		},
	}
	if change != nil {
		change(&o)
	}
	s.guard = NewGuard(o)
	l := &oneListener{conns: make(chan net.Conn, 1), done: make(chan struct{})}
	l.conns <- s.conn
	srv := gortmp.NewServer(&gortmp.ServerConfig{OnConnect: func(c net.Conn) (io.ReadWriteCloser, *gortmp.ConnConfig) {
		return c, &gortmp.ConnConfig{Handler: &s.library}
	}})
	go srv.Serve(l)
	synctest.Wait() // or Close comes before Serve knows its listener
	t.Cleanup(func() {
		srv.Close()
		s.conn.Close()
		time.Sleep(5 * time.Second) // go-rtmp's Close waits up to 3 s for what it can't write any more
	})
	return s
}

// feed gives the guard bytes of the peer and lets the library answer.
func (s *server) feed(p []byte) error {
	if err := s.guard.FromPeer(p); err != nil {
		return err
	}
	return s.settle()
}

func (s *server) settle() error {
	for {
		synctest.Wait()
		p := s.conn.out.take()
		if len(p) == 0 {
			return nil
		}
		if err := s.guard.FromLibrary(p); err != nil {
			return err
		}
	}
}

func (s *server) alive() bool { synctest.Wait(); return !s.conn.closed }

// take returns the bytes for the peer since the last call.
func (s *server) take() []byte {
	p := bytes.Join(s.toPeer, nil)
	s.toPeer = nil
	return p
}

// device is a Client whose bytes go to a server and back until both rest.
type device struct {
	*Client
	out    []byte
	status []string
	media  []Message
}

func dial(t *testing.T, s *server, o ClientOptions) *device {
	d := &device{}
	o.App, o.TCURL = "live", "rtmp://media.example/live"
	if o.StreamName == "" {
		o.StreamName = "room"
	}
	o.Rand = rand.New(rand.NewPCG(1, 2))
	o.Out = func(p []byte) { d.out = append(d.out, p...) }
	o.OnStatus = func(code, _ string) { d.status = append(d.status, code) }
	o.OnMedia = func(m Message) { d.media = append(d.media, m) }
	d.Client = NewClient(o)
	d.Start()
	if err := d.exchange(s); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *device) exchange(s *server) error {
	for range 100 {
		out := d.out
		d.out = nil
		if err := s.feed(out); err != nil {
			return err
		}
		in := s.take()
		if len(in) == 0 && len(d.out) == 0 {
			return nil
		}
		if err := d.Feed(in); err != nil {
			return err
		}
	}
	return errors.New("client and server talk for ever")
}

// bubble runs f where time stands and synctest.Wait settles the library.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}
