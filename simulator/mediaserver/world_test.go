package mediaserver

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// world is a server on an in-memory network and the clients of a test.
type world struct {
	t   *testing.T
	e   *engine.Engine
	net *memory
	log *trace.Log
	s   *Server
	p   *engine.Proc
}

// run plays a world of that many members with uids 1, 2, ... and seals its record.
func run(t *testing.T, length time.Duration, members int, change func(*Options), play func(*world)) *trace.Record {
	t.Helper()
	var w *world
	err := engine.Run(engine.World{Key: engine.Key{Scenario: t.Name(), Seed: 7}, Length: length}, func(e *engine.Engine) error {
		head := trace.Head{Scenario: t.Name(), Seed: 7}
		actors := map[uint32]trace.ActorID{}
		for i := range members {
			head.Members = append(head.Members, trace.Member{ID: fmt.Sprint("m", i+1), UID: uint32(i + 1)})
			actors[uint32(i+1)] = trace.ActorID(i)
		}
		w = &world{t: t, e: e, net: newMemory(e), log: trace.NewLog(head, e.Now), p: e.Proc("test")}
		o := DefaultOptions()
		if change != nil {
			change(&o)
		}
		var err error
		if w.s, err = New(e, w.log, o, actors); err != nil {
			return err
		}
		if err := w.s.Listen(w.net); err != nil {
			return err
		}
		play(w)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// transport is an http.Transport whose connections go over the world's network.
func (w *world) transport(p *engine.Port) *http.Transport {
	made := 0
	return &http.Transport{DialTLSContext: func(_ context.Context, _, addr string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(addr)
		var c *engine.Conn
		err := p.Call(func() {
			made++
			c = engine.NewConn(w.e.Seam().Port(fmt.Sprintf("client/%s/%d", addr, made)), func(h sockets.Handler) sockets.Socket {
				return tlsmodel.Dial(w.net, host, 443, h)
			})
		})
		if err != nil {
			return nil, err
		}
		if err := c.WaitOpen(); err != nil {
			c.Close()
			return nil, err
		}
		return c, nil
	}}
}

// member is a client of lookup and gateway, in a goroutine behind the seam.
type member struct {
	w    *world
	uid  uint32
	port *engine.Port
	ws   *websocket.Conn
	next int64
	told []string // serverStatus actions, as "+uid" and "-uid"
}

// member starts a client's life at a time; life runs in a library goroutine.
func (w *world) member(uid uint32, at time.Duration, life func(*member)) {
	m := &member{w: w, uid: uid, next: 3, port: w.e.Seam().Port(fmt.Sprint("member/", uid))}
	w.p.At(at, func() { m.port.Go(func() { life(m) }) })
}

// connect asks a lookup domain for gateways and opens the first one's WebSocket.
func (m *member) connect() {
	tr := m.w.transport(m.port)
	defer tr.CloseIdleConnections()
	client := &http.Client{Transport: tr}
	resp, err := client.Post("https://"+lookup.Domains[m.uid%4]+lookup.Path, "application/json",
		strings.NewReader(`{"command":"convergeAllocateEdge","appId":"app","cname":"room","sid":"S","uid":"1","version":"1.1.0"}`))
	if err != nil {
		m.w.t.Error(err)
		return
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	var list struct {
		Code    int
		Servers []struct{ Address string }
	}
	if err := json.Unmarshal(body, &list); err != nil || list.Code != 200 || len(list.Servers) != 2 {
		m.w.t.Errorf("lookup: %s", body)
		return
	}
	address := strings.ReplaceAll(list.Servers[0].Address, ".", "-")
	m.ws, _, err = websocket.Dial(context.Background(), "wss://"+lookup.GatewayDomain+"/"+address+"/api", &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		m.w.t.Error(err)
	}
}

type reply struct {
	Command        string
	RequestID      int64
	Code           int
	Reason         string
	ServerResponse struct {
		URL string
		UID uint32
	}
	ServerStatus struct {
		Action string
		UID    uint32
	}
}

// ask sends a request and reads up to its answer.
func (m *member) ask(request string) reply {
	id := m.next
	m.next++
	err := m.ws.Write(context.Background(), websocket.MessageText, fmt.Appendf(nil,
		`{"appId":"app","cname":"room","uid":"%d","sid":"S","sdkVersion":"1.1.0","seq":%d,"requestId":%d,"ts":1,"clientRequest":%s}`, m.uid, id-1, id, request))
	if err != nil {
		m.w.t.Errorf("uid %d: %s: %v", m.uid, request, err)
		return reply{}
	}
	for {
		r, err := m.read(context.Background())
		if err != nil {
			m.w.t.Errorf("uid %d: no answer to %s: %v", m.uid, request, err)
			return reply{}
		}
		if r.RequestID == id {
			return r
		}
	}
}

func (m *member) read(ctx context.Context) (reply, error) {
	var r reply
	_, data, err := m.ws.Read(ctx)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, err
	}
	if r.Command == "serverStatus" {
		m.told = append(m.told, fmt.Sprintf("%s %d", r.ServerStatus.Action, r.ServerStatus.UID))
	}
	return r, nil
}

// await reads until the server has said that.
func (m *member) await(what string) {
	for {
		for _, s := range m.told {
			if s == what {
				return
			}
		}
		if _, err := m.read(context.Background()); err != nil {
			m.w.t.Errorf("uid %d awaits %s: %v", m.uid, what, err)
			return
		}
	}
}

func (m *member) join(role string) {
	m.connect()
	if r := m.ask(fmt.Sprintf(`{"action":"join","role":%q,"uid":"%d","channel_name":"room"}`, role, m.uid)); r.Code != 200 {
		m.w.t.Errorf("join: %+v", r)
	}
}

// peer is a phone's RTMP connection.
type peer struct {
	w       *world
	c       *rtmp.Client
	sock    sockets.Socket
	codes   []string
	media   []rtmp.Message
	closed  bool
	err     error
	onMedia func(rtmp.Message)
}

// dialRTMP opens an RTMP connection; on the loop.
func (w *world) dialRTMP(address string, publish bool) *peer {
	u, err := url.Parse(address)
	if err != nil {
		w.t.Errorf("URL %q: %v", address, err)
	}
	app, name, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	p := &peer{w: w}
	p.c = rtmp.NewClient(rtmp.ClientOptions{App: app, TCURL: "rtmp://" + u.Host + "/" + app, StreamName: name, Publish: publish,
		OnStatus: func(code, _ string) { p.codes = append(p.codes, code) },
		OnMedia: func(m rtmp.Message) {
			p.media = append(p.media, m)
			if p.onMedia != nil {
				p.onMedia(m)
			}
		},
		Out: func(b []byte) { p.sock.Send(b) },
	})
	p.sock = w.net.Dial(u.Host, PortRTMP, p)
	return p
}

func (p *peer) OnOpen(sockets.Socket) { p.c.Start() }
func (p *peer) OnData(_ sockets.Socket, b []byte) {
	if err := p.c.Feed(b); err != nil && p.err == nil {
		p.err = err
	}
}
func (p *peer) OnWritable(sockets.Socket) {}
func (p *peer) OnClose(_ sockets.Socket, err error) {
	p.closed = true
	if p.err == nil {
		p.err = err
	}
}

func (p *peer) count(typ uint8) int {
	n := 0
	for _, m := range p.media {
		if m.Type == typ && m.Payload[1] != 0 {
			n++
		}
	}
	return n
}

// camera pushes 15 frames and 15 audio messages a second from then on, a key frame a
// second, until the peer's connection ends.
func (p *peer) camera(bytes int) {
	frame := 0
	begin := p.w.e.Now()
	var step func()
	step = func() {
		if p.closed {
			return
		}
		if p.c.Ready() {
			ts := uint32((p.w.e.Now() - begin) / time.Millisecond)
			if frame == 0 {
				p.c.Send(rtmp.Message{Type: rtmp.TypeVideo, Timestamp: ts, Payload: []byte{0x17, 0, 0, 0, 0, 1}})
				p.c.Send(rtmp.Message{Type: rtmp.TypeAudio, Timestamp: ts, Payload: []byte{0xaf, 0, 0x11, 0x88}})
			}
			v := make([]byte, bytes)
			v[0], v[1] = 0x27, 1
			if frame%15 == 0 {
				v[0] = 0x17
			}
			p.c.Send(rtmp.Message{Type: rtmp.TypeVideo, Timestamp: ts, Payload: v})
			p.c.Send(rtmp.Message{Type: rtmp.TypeAudio, Timestamp: ts, Payload: []byte{0xaf, 1, byte(frame)}})
			frame++
		}
		p.w.p.After(time.Second/15, step)
	}
	step()
}

// events lists a record's events of some kinds in words.
func events(r *trace.Record, kinds ...trace.Kind) []string {
	name := func(a trace.ActorID) string {
		if a == trace.Nobody {
			return "-"
		}
		return r.Actors[a]
	}
	var out []string
	for _, ev := range r.Events {
		for _, k := range kinds {
			if ev.Kind == k {
				out = append(out, strings.TrimSpace(fmt.Sprintf("%v %s %s %s", k, name(ev.Actor), name(ev.Peer), r.Text(ev.Text))))
			}
		}
	}
	return out
}
