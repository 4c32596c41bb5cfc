package sdktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"minilab/devices/sdk"
	"minilab/simulator/engine"
)

// Post is one request that left the phone.
type Post struct {
	At     time.Duration
	Domain string
	Path   string
	Body   map[string]any
}

// Message is one frame that a client sent to a gateway.
type Message struct {
	At     time.Duration
	Socket *Socket
	Action string // of clientRequest, or ping
	ID     int    // requestId
	Body   map[string]any
}

// Client is the message's clientRequest.
func (m Message) Client() map[string]any {
	c, _ := m.Body["clientRequest"].(map[string]any)
	return c
}

// Reply is what the script answers after Delay; Never leaves out the answer.
type Reply struct {
	Delay  time.Duration
	Never  bool
	Status int // HTTP status of a lookup; 0 is 200
	Err    error
	Body   string // JSON
}

// Host implements sdk.Wx. The functions may be changed at any time; left nil they
// mean that all goes well after 30 ms.
type Host struct {
	Proc *engine.Proc
	// Lookup answers the POST to a domain.
	Lookup func(domain string) Reply
	// Open says when the gateway behind a URL opens (Delay) or refuses (Err).
	Open func(url string) Reply
	// Answer gives a request's code and serverResponse (as JSON).
	Answer func(m Message) (code int, response string, r Reply)
	// Closing says when the close event comes of a socket that the client closed.
	Closing func(url string) Reply
	// Collect answers a report to the collector.
	Collect func() Reply

	Posts    []Post // lookups
	Reports  []Post // telemetry
	Sockets  []*Socket
	Messages []Message
}

const ordinary = 30 * time.Millisecond

// GoodLookup is a lookup answer that names gateways.
func GoodLookup(addresses ...string) string {
	var list []string
	for _, a := range addresses {
		list = append(list, fmt.Sprintf(`{"address":%q}`, a))
	}
	return `{"code":200,"servers":[` + strings.Join(list, ",") + `]}`
}

// Request implements sdk.Wx.
func (h *Host) Request(purpose, url string, body []byte, done func(int, []byte, error)) {
	domain, path, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	p := Post{At: h.Proc.Now(), Domain: domain, Path: "/" + path}
	if err := json.Unmarshal(body, &p.Body); err != nil {
		panic(err)
	}
	r := Reply{Delay: ordinary}
	switch purpose {
	case "lookup":
		h.Posts = append(h.Posts, p)
		r.Body = GoodLookup("edge.10.0.0.1")
		if h.Lookup != nil {
			r = h.Lookup(domain)
		}
	case "telemetry":
		h.Reports = append(h.Reports, p)
		if h.Collect != nil {
			r = h.Collect()
		}
	default:
		panic("sdktest: a request for " + purpose)
	}
	if r.Never {
		return
	}
	if r.Status == 0 {
		r.Status = 200
	}
	h.Proc.After(r.Delay, func() {
		if r.Err != nil {
			done(0, nil, r.Err)
			return
		}
		done(r.Status, []byte(r.Body), nil)
	})
}

// ConnectSocket implements sdk.Wx.
func (h *Host) ConnectSocket(url string, events sdk.SocketEvents) sdk.SocketTask {
	s := &Socket{h: h, URL: url, DialedAt: h.Proc.Now(), events: events}
	h.Sockets = append(h.Sockets, s)
	r := Reply{Delay: ordinary}
	if h.Open != nil {
		r = h.Open(url)
	}
	if r.Never {
		return s
	}
	h.Proc.After(r.Delay, func() {
		switch {
		case s.Closed:
		case r.Err != nil:
			s.Hang(r.Err.Error())
		default:
			s.Opened = true
			s.events.Open()
		}
	})
	return s
}

// Last is the socket dialled last.
func (h *Host) Last() *Socket { return h.Sockets[len(h.Sockets)-1] }

// Sent lists the messages of that action, in order.
func (h *Host) Sent(action string) []Message {
	var found []Message
	for _, m := range h.Messages {
		if m.Action == action {
			found = append(found, m)
		}
	}
	return found
}

// OpenSockets counts the sockets that neither side has closed.
func (h *Host) OpenSockets() int {
	n := 0
	for _, s := range h.Sockets {
		if !s.Closed {
			n++
		}
	}
	return n
}

// Socket is one WebSocket of the scripted host.
type Socket struct {
	URL      string
	DialedAt time.Duration
	Opened   bool
	Closed   bool // by either side
	ClosedAt time.Duration
	Ended    bool // its close event has come: nothing comes any more
	h        *Host
	events   sdk.SocketEvents
}

// Send implements sdk.SocketTask.
func (s *Socket) Send(action string, text []byte) {
	if s.Closed || !s.Opened {
		panic("sdktest: sent on a socket that isn't open")
	}
	m := Message{At: s.h.Proc.Now(), Socket: s}
	if err := json.Unmarshal(text, &m.Body); err != nil {
		panic(err)
	}
	id, _ := m.Body["requestId"].(float64)
	m.ID = int(id)
	m.Action, _ = m.Body["command"].(string)
	if c := m.Client(); c != nil {
		m.Action, _ = c["action"].(string)
	}
	if m.Action != action {
		panic(fmt.Sprintf("sdktest: %q is said to be %q", m.Action, action))
	}
	s.h.Messages = append(s.h.Messages, m)
	s.h.answer(m)
}

func (h *Host) answer(m Message) {
	code, response, r := 200, "{}", Reply{Delay: ordinary}
	switch {
	case m.Action == "ping":
		return
	case h.Answer != nil:
		code, response, r = h.Answer(m)
	}
	if r.Never {
		return
	}
	h.Proc.After(r.Delay, func() {
		m.Socket.Push(fmt.Sprintf(`{"requestId":%d,"code":%d,"serverResponse":%s}`, m.ID, code, response))
	})
}

// Push delivers a frame to the client, also while the socket closes.
func (s *Socket) Push(text string) {
	if !s.Ended {
		s.events.Message([]byte(text))
	}
}

// Status delivers a server status about a member.
func (s *Socket) Status(action string, uid uint32) {
	s.Push(fmt.Sprintf(`{"command":"serverStatus","code":200,"serverStatus":{"action":%q,"uid":%d}}`, action, uid))
}

// Fault delivers a server status with an error code.
func (s *Socket) Fault(code int) {
	s.Push(fmt.Sprintf(`{"command":"serverStatus","code":%d,"reason":"fault %d"}`, code, code))
}

// Hang closes the socket from the far side, or ends the closing.
func (s *Socket) Hang(reason string) {
	s.close()
	if !s.Ended {
		s.Ended = true
		s.events.Close(reason)
	}
}

// Close implements sdk.SocketTask.
func (s *Socket) Close() {
	if s.Closed {
		return
	}
	s.close()
	r := Reply{Delay: ordinary}
	if s.h.Closing != nil {
		r = s.h.Closing(s.URL)
	}
	if !r.Never {
		s.h.Proc.After(r.Delay, func() { s.Hang("closed by the client") })
	}
}

func (s *Socket) close() {
	if !s.Closed {
		s.Closed, s.ClosedAt = true, s.h.Proc.Now()
	}
}

// ErrDown is a ready-made transport failure.
var ErrDown = errors.New("request:fail")
