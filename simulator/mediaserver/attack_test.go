package mediaserver

import (
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// raw is a client that sends what it likes.
type raw struct {
	sock   sockets.Socket
	first  []byte // sent once the connection stands
	got    []byte
	closed bool
}

func (r *raw) OnOpen(s sockets.Socket)           { s.Send(r.first) }
func (r *raw) OnData(_ sockets.Socket, p []byte) { r.got = append(r.got, p...) }
func (r *raw) OnWritable(sockets.Socket)         {}
func (r *raw) OnClose(sockets.Socket, error)     { r.closed = true }

func (w *world) raw(port uint16, first []byte) *raw {
	r := &raw{first: first}
	r.sock = w.net.Dial("host", port, r)
	return r
}

func (w *world) rawTLS(first string) *raw {
	r := &raw{first: []byte(first)}
	r.sock = tlsmodel.Dial(w.net, "host", portHTTPS, r)
	return r
}

// script is an RTMP client's side of a session that waits for no answer.
type script struct {
	w rtmp.Writer
	b []byte
}

func newScript() *script {
	s := &script{b: make([]byte, 1+2*1536)}
	s.b[0] = 3
	return s.call(0, "connect", 1, map[string]any{"app": "live"})
}

func (s *script) call(stream uint32, name string, args ...any) *script {
	tid := 2.0
	if len(args) > 0 {
		if n, ok := args[0].(int); ok {
			tid, args = float64(n), args[1:]
		}
	}
	return s.send(rtmp.Message{CSID: 3, Type: rtmp.TypeCommand, Stream: stream, Payload: rtmp.AppendCommand(nil, name, tid, args...)})
}

func (s *script) send(m rtmp.Message) *script {
	s.b = s.w.Append(s.b, m)
	return s
}

func name(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

// Whoever begins something with the server and doesn't go on is shown the door, and
// nothing is left of it.
func TestClientsThatDoNotGoOnAreDropped(t *testing.T) {
	var w *world
	clients := map[string]*raw{}
	run(t, 4*time.Minute, 1, nil, func(world *world) {
		w = world
		c := newScript().b[:1+2*1536]
		lookupHead := "POST " + lookup.Path + " HTTP/1.1\r\nHost: " + lookup.Domains[0] + "\r\n"
		w.p.At(time.Second, func() {
			clients["rtmp: nothing"] = w.raw(PortRTMP, nil)
			clients["rtmp: one byte"] = w.raw(PortRTMP, []byte{3})
			clients["rtmp: half a handshake"] = w.raw(PortRTMP, c[:2000])
			clients["rtmp: no connect"] = w.raw(PortRTMP, c)
			clients["rtmp: no stream"] = w.raw(PortRTMP, newScript().b)
			clients["rtmp: no publish"] = w.raw(PortRTMP, newScript().call(0, "createStream", 2, nil).b)
			clients["rtmp: half a message"] = w.raw(PortRTMP, append(c[:len(c):len(c)], 3, 0, 0, 0, 0, 0xff, 0xff, 20, 0, 0, 0, 0, 2))
			clients["tls: nothing"] = w.raw(portHTTPS, nil)
			clients["tls: half a hello"] = w.raw(portHTTPS, []byte{22, 3, 1, 2})
			clients["https: nothing"] = w.rawTLS("")
			clients["https: half a head"] = w.rawTLS(lookupHead)
			clients["https: no body"] = w.rawTLS(lookupHead + "Content-Length: 100\r\n\r\n{")
			clients["https: idle"] = w.rawTLS(lookupHead + "Content-Length: 2\r\n\r\n{}")
			clients["wss: silent"] = w.rawTLS("GET " + lookup.GatewayPath(w.s.o.Gateways[0]) + " HTTP/1.1\r\nHost: " + lookup.GatewayDomain +
				"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
		})
		w.member(1, 0, func(m *member) {
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
			publish := func() *script {
				return newScript().call(0, "createStream", 2, nil).call(1, "publish", 3, nil, name(u), "live")
			}
			stops := map[string]func(*script){
				"FCUnpublish":  func(s *script) { s.call(0, "FCUnpublish", 4, nil, name(u)) },
				"closeStream":  func(s *script) { s.call(1, "closeStream", 4, nil) },
				"deleteStream": func(s *script) { s.call(0, "deleteStream", 4, nil, 1) },
			}
			for _, stop := range []string{"FCUnpublish", "closeStream", "deleteStream"} {
				m.port.Call(func() {
					clients["rtmp: at once "+stop] = func() *raw { s := publish(); stops[stop](s); return w.raw(PortRTMP, s.b) }()
				})
				m.stay(15 * time.Second)
				s := publish()
				n := len(s.b)
				stops[stop](s)
				m.port.Call(func() { clients["rtmp: later "+stop] = w.raw(PortRTMP, s.b[:n]) })
				m.stay(12 * time.Second)
				m.port.Call(func() { clients["rtmp: later "+stop].sock.Send(s.b[n:]) })
				m.stay(15 * time.Second)
			}
			m.ask(`{"action":"leave"}`)
			m.ws.CloseNow()
		})
	})
	for name, c := range clients {
		if !c.closed {
			t.Errorf("%s: still open after two minutes (got %d bytes)", name, len(c.got))
		}
	}
	if n := w.net.open(); n != 0 {
		t.Errorf("%d sockets are open", n)
	}
	if n := len(w.s.conns); n != 0 {
		t.Errorf("%d RTMP connections are kept", n)
	}
}

// A publish that is taken back in the same flight leaves nobody publishing.
func TestPublishTakenBackAtOnce(t *testing.T) {
	for _, stop := range []string{"closeStream", "deleteStream"} {
		r := run(t, 8*time.Second, 1, nil, func(w *world) {
			w.member(1, 0, func(m *member) {
				m.join("broadcaster")
				u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
				s := newScript().call(0, "createStream", 2, nil).call(1, "publish", 3, nil, name(u), "live").call(1, stop, 4, nil, 1)
				m.port.Call(func() { w.raw(PortRTMP, s.b) })
				m.stay(6 * time.Second)
			})
		})
		got := events(r, trace.ServerPushOpened, trace.ServerPushClosed)
		if len(got)%2 != 0 {
			t.Errorf("%s: %v", stop, got)
		}
	}
}

// Deleting one message stream doesn't stop what another carries.
func TestOtherStreamsAreNotThePublishersBusiness(t *testing.T) {
	r := run(t, 8*time.Second, 1, nil, func(w *world) {
		w.member(1, 0, func(m *member) {
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
			s := newScript().call(0, "createStream", 2, nil).call(0, "createStream", 3, nil).call(1, "publish", 4, nil, name(u), "live")
			var c *raw
			m.port.Call(func() { c = w.raw(PortRTMP, s.b) })
			time.Sleep(time.Second)
			n := len(s.b)
			s.call(0, "deleteStream", 5, nil, 2).call(0, "deleteStream", 6, nil, 77).call(0, "closeStream", 7, nil)
			s.send(rtmp.Message{CSID: 4, Type: rtmp.TypeAudio, Stream: 1, Payload: []byte{0xaf, 1, 0}})
			m.port.Call(func() { c.sock.Send(s.b[n:]) })
			m.stay(6 * time.Second)
		})
	})
	if got := events(r, trace.ServerPushOpened, trace.ServerPushClosed); !slices.Equal(got, []string{"push-opened m1 -"}) {
		t.Errorf("record: %v", got)
	}
	audio := int64(0)
	for _, ev := range r.Events {
		if ev.Kind == trace.MediaIn {
			audio += ev.V[3]
		}
	}
	if audio != 1 {
		t.Errorf("%d audio messages came", audio)
	}
}

// A connection that publishes again, on the same or another stream, keeps what it has
// or loses the connection, and the record says which.
func TestPublishTwiceOnOneConnection(t *testing.T) {
	for _, stream := range []uint32{1, 2} {
		var c *raw
		var w *world
		r := run(t, 10*time.Second, 1, nil, func(world *world) {
			w = world
			w.member(1, 0, func(m *member) {
				m.join("broadcaster")
				u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
				s := newScript().call(0, "createStream", 2, nil).call(0, "createStream", 3, nil).
					call(1, "publish", 4, nil, name(u), "live").call(stream, "publish", 5, nil, name(u), "live")
				m.port.Call(func() { c = w.raw(PortRTMP, s.b) })
				m.stay(9 * time.Second)
			})
		})
		got := events(r, trace.ServerPushOpened, trace.ServerPushClosed)
		if open := len(w.s.conns); len(got) == 0 || (len(got) == 1) != (open == 1) || c.closed != (open == 0) {
			t.Errorf("stream %d: %v, %d connections, closed %v", stream, got, open, c.closed)
		}
	}
}

// A peer that floods the server with questions and reads no answer is reset; nothing
// of it stays in the server's send buffer.
func TestPeerThatAsksAndDoesNotReadIsReset(t *testing.T) {
	var w *world
	run(t, 60*time.Second, 0, nil, func(world *world) {
		w = world
		w.p.At(time.Second, func() {
			s := newScript()
			ping := make([]byte, 6)
			ping[1] = 6
			c := w.raw(PortRTMP, s.b)
			c.sock.Receive(false)
			var flood func()
			flood = func() {
				if w.e.Now() > 50*time.Second || w.net.server[0].done {
					return
				}
				n := len(s.b)
				for range 5000 {
					s.send(rtmp.Message{CSID: 2, Type: 4, Payload: ping})
				}
				c.sock.Send(s.b[n:])
				w.p.After(50*time.Millisecond, flood)
			}
			w.p.After(100*time.Millisecond, flood)
		})
	})
	if s := w.net.server[0]; !s.done || !s.aborted {
		t.Errorf("done %v, aborted %v, %d bytes are kept", s.done, s.aborted, s.inFlight)
	}
}

// What a viewer doesn't read of its stream's comings and goings is bounded too.
func TestViewerThatDoesNotReadHearsOfNoMorePublishers(t *testing.T) {
	var w *world
	var play *peer
	run(t, 30*time.Second, 0, nil, func(world *world) {
		w = world
		join := func(uid uint32) *channel.Member {
			m, err := w.s.Registry().Join(channel.Login{Key: channel.Key{AppID: "app", Name: "room"}, UID: uid})
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		publisher, viewer := join(1), join(2)
		push, _ := w.s.Registry().Publish(publisher)
		url, _, _ := w.s.Registry().Subscribe(viewer, 1)
		play = w.dialRTMP(url, false)
		w.p.At(5*time.Second, func() { play.sock.Receive(false) })
		for i := range 20_000 {
			w.p.At(6*time.Second+time.Duration(i)*time.Millisecond, func() {
				p, err := w.s.Registry().OpenPush(channel.App, name(push), netip.Addr{}, uncut{})
				if err != nil {
					t.Fatal(err)
				}
				p.Close("lost")
			})
		}
	})
	if !play.c.Ready() || w.net.server[0].inFlight > 2<<20 || !w.net.server[0].aborted {
		t.Errorf("ready %v, %d bytes wait, aborted %v", play.c.Ready(), w.net.server[0].inFlight, w.net.server[0].aborted)
	}
}

type uncut struct{}

func (uncut) Cut(string) {}

// What is left of connections that have ended doesn't add up.
func TestEndedConnectionsLeaveNoMemory(t *testing.T) {
	const n = 500
	var before, after uint64
	measure := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	run(t, 3*time.Minute, 0, nil, func(w *world) {
		w.net.forget = true
		s := newScript().call(0, "createStream", 2, nil).b
		flock := func() {
			for range n {
				w.raw(PortRTMP, s)
				w.raw(portHTTPS, nil)
				w.rawTLS("POST " + lookup.Path + " HTTP/1.1\r\nHost: " + lookup.Domains[0] + "\r\nContent-Length: 2\r\n\r\n{}")
				w.rawTLS("GET " + lookup.GatewayPath(w.s.o.Gateways[0]) + " HTTP/1.1\r\nHost: " + lookup.GatewayDomain +
					"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
			}
		}
		w.p.At(time.Second, flock)
		w.p.At(85*time.Second, func() { before = measure() })
		w.p.At(90*time.Second, flock)
		w.p.At(175*time.Second, func() { after = measure() })
	})
	each := (int64(after) - int64(before)) / (4 * n)
	t.Logf("%d bytes a connection", each)
	if each > 750 {
		t.Errorf("%d bytes are left of each connection", each)
	}
}

// Noise of all kinds ends connections and nothing else.
func TestNoise(t *testing.T) {
	var w *world
	r := run(t, 90*time.Second, 1, nil, func(world *world) {
		w = world
		rnd := rand.New(rand.NewPCG(1, 2))
		valid := newScript().call(0, "createStream", 2, nil).call(1, "publish", 3, nil, "x", "live").b
		https := "POST " + lookup.Path + " HTTP/1.1\r\nHost: " + lookup.Domains[0] + "\r\nContent-Length: 20\r\n\r\n"
		for i := range 400 {
			w.p.At(time.Second+time.Duration(i)*20*time.Millisecond, func() {
				noise := make([]byte, rnd.IntN(6000))
				for i := range noise {
					noise[i] = byte(rnd.Uint32())
				}
				switch i % 5 {
				case 0:
					w.raw(PortRTMP, noise)
				case 1:
					w.raw(PortRTMP, append(valid[:1+2*1536:1+2*1536], noise...))
				case 2:
					broken := slices.Clone(valid)
					for range 1 + rnd.IntN(4) {
						broken[3073+rnd.IntN(len(broken)-3073)] = byte(rnd.Uint32())
					}
					w.raw(PortRTMP, broken)
				case 3:
					w.raw(portHTTPS, noise)
				case 4:
					w.rawTLS(https + string(noise))
				}
			})
		}
		w.member(1, 20*time.Second, func(m *member) {
			m.join("broadcaster")
			m.ask(`{"action":"leave"}`)
			m.ws.CloseNow()
		})
	})
	if n := len(events(r, trace.ServerJoined)); n != 1 {
		t.Errorf("%d joins", n)
	}
	if n := w.net.open(); n != 0 {
		t.Errorf("%d sockets are open", n)
	}
}

func TestTenThousandConnections(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 500
	}
	var w *world
	run(t, 60*time.Second, 1, nil, func(world *world) {
		w = world
		w.p.At(time.Second, func() {
			for i := range n {
				switch i % 3 {
				case 0:
					w.raw(PortRTMP, newScript().b[:1+2*1536])
				case 1:
					w.raw(PortRTMP, nil)
				case 2:
					w.raw(portHTTPS, nil)
				}
			}
		})
		w.member(1, 5*time.Second, func(m *member) {
			m.join("broadcaster")
			m.ask(`{"action":"leave"}`)
			m.ws.CloseNow()
		})
	})
	if open := w.net.open(); open != 0 {
		t.Errorf("%d of %d sockets are open", open, n)
	}
}
