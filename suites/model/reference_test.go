package model

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"minilab/simulator/campaign"
	"minilab/simulator/trace"
)

// reference is what a channel must be like after each request that the gateway took.
type reference struct {
	j     *campaign.Judged
	of    []*member // by ActorID
	now   time.Duration
	wrong []string
}

// member is one of the cast as the reference knows it. Slices are by ActorID.
type member struct {
	in      bool
	role    string
	ruled   time.Duration // when the gateway last set its role
	joining bool          // a join was called and not answered; another one is ignored
	roles   []string      // that it may join with: set since that join, and before it
	before  map[int64][]string
	granted bool   // it may push
	subs    []*sub // what it may play
	told    []bool // of whose streams it knows
	own     sub    // what it says that it doesn't send
	back    bool   // by rejoin, so that it may hear of the end of streams that it knew before
	asks    []ask  // mutes and unmutes on their way, local ones too
	taken   []taken
	suspect string // an answer that is wrong unless the script asked for it
}

// sub is what one member may play of another.
type sub struct {
	muted, said [2]bool // audio, video: as asked for; as the gateway says
}

var media = []string{"audio", "video"}

// ask is a mute or unmute, whose request the record tells without its target.
type ask struct {
	number int64
	method string
	uid    int64
	target string
}

// taken is a request that the gateway answered.
type taken struct {
	at     time.Duration
	action string
	code   int64
}

const (
	codeOK      = 200
	broadcaster = "broadcaster"
)

// compare plays a record to the reference, and says what is wrong with it.
func compare(j *campaign.Judged) []string {
	r := &reference{j: j}
	n := len(j.Record.Head.Members)
	for range n {
		r.of = append(r.of, &member{roles: []string{broadcaster}, before: map[int64][]string{}, subs: make([]*sub, n), told: make([]bool, n)})
	}
	events := slices.Clone(j.Record.Events)
	sort.SliceStable(events, func(i, k int) bool { return events[i].At < events[k].At })
	for i := range events {
		ev := &events[i]
		if ev.At != r.now {
			r.settle()
			r.now = ev.At
		}
		if int(ev.Actor) < n {
			r.event(ev)
		}
	}
	r.settle()
	return r.wrong
}

func (r *reference) fail(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf("%v: ", r.now)+fmt.Sprintf(format, args...))
}

func (r *reference) name(a trace.ActorID) string { return r.j.Name(a) }

// byUID is the member with a uid, or -1.
func (r *reference) byUID(uid int64) int {
	return slices.IndexFunc(r.j.Record.Head.Members, func(m trace.Member) bool { return int64(m.UID) == uid })
}

func (r *reference) event(ev *trace.Event) {
	m, text, note := r.of[ev.Actor], r.j.Record.Text(ev.Text), r.j.Record.Text(ev.Note)
	switch ev.Kind {
	case trace.CallIssued:
		m.issued(text, note, ev.V[0], ev.V[1])
	case trace.CallDone:
		r.done(ev, m, text)
	case trace.ServerJoined:
		r.joined(ev, m, text)
	case trace.ServerLeft:
		r.left(ev, m)
	case trace.ServerRole:
		m.role, m.ruled = text, ev.At
		if !m.in || !slices.Contains(m.roles, text) {
			r.fail("%s becomes %s: it is in: %v, and set %s", r.name(ev.Actor), text, m.in, strings.Join(m.roles, ", then "))
		}
		if text != broadcaster {
			r.withdraw(int(ev.Actor))
		}
	case trace.ServerPublish:
		if !m.in || m.role != broadcaster {
			r.fail("%s, %s, may publish", r.name(ev.Actor), m.role)
		}
		m.granted = true
	case trace.ServerUnpublish:
		r.withdraw(int(ev.Actor))
	case trace.ServerAsked:
		r.asked(ev, m, text)
	case trace.ServerRefused:
		if note == byScript {
			m.suspect = ""
		}
	default:
		r.media(ev, m, text)
	}
}

// media are the events about streams and what is told of them.
func (r *reference) media(ev *trace.Event, m *member, text string) {
	switch ev.Kind {
	case trace.ServerAnnounced:
		r.announced(ev, m, text)
	case trace.ServerMuted, trace.ServerUnmuted:
		// A subscription that has just ended may still be said to be unmuted.
		if s := m.subs[ev.Peer]; s != nil {
			s.said[slices.Index(media, text)] = ev.Kind == trace.ServerMuted
		} else if ev.Kind == trace.ServerMuted {
			r.fail("%s mutes %s without a subscription", r.name(ev.Actor), r.name(ev.Peer))
		}
	case trace.ServerLocalMuted, trace.ServerLocalUnmuted:
		m.own.said[slices.Index(media, text)] = ev.Kind == trace.ServerLocalMuted
	case trace.ServerPushOpened:
		if !m.granted || m.role != broadcaster {
			r.fail("%s pushes: role %s, granted %v", r.name(ev.Actor), m.role, m.granted)
		}
	case trace.ServerPlayOpened:
		if int(ev.Peer) >= len(r.of) || m.subs[ev.Peer] == nil {
			r.fail("%s plays what it isn't subscribed to", r.name(ev.Actor))
		}
	case trace.MediaIn:
		r.heard(ev, m)
	}
}

// headers are the messages that a push begins with and that announce nothing: two of
// sound and picture each, if they are sent anew.
const headers = 4

// heard: media of a member has come, so all others know of its stream.
func (r *reference) heard(ev *trace.Event, m *member) {
	if !m.granted || ev.V[2]+ev.V[3] <= headers {
		return // what came before its end, or before the first coded media
	}
	for i, other := range r.of {
		if other.in && i != int(ev.Actor) && !other.told[ev.Actor] {
			r.fail("%s sends and %s wasn't told", r.name(ev.Actor), r.name(trace.ActorID(i)))
		}
	}
}

// issued notes what the page called.
func (m *member) issued(method, args string, number, uid int64) {
	switch method {
	case "setRole":
		m.before[number] = m.roles
		m.roles = append(slices.Clone(m.roles), args)
	case "join", "rejoin":
		if !m.joining {
			m.roles = m.roles[len(m.roles)-1:]
		}
		m.joining = true
	case "leave", "destroy":
		m.joining = false
	case "mute", "unmute", "muteLocal", "unmuteLocal":
		m.asks = append(m.asks, ask{number, method, uid, args})
	}
}

// wire are the requests of methods that wait for the gateway's answer.
var wire = map[string]string{
	"join": "join", "rejoin": "join", "publish": "publish", "unpublish": "unpublish", "subscribe": "subscribe", "unsubscribe": "unsubscribe",
	"mute": "mute", "unmute": "unmute", "muteLocal": "mute_local", "unmuteLocal": "mute_local",
}

// done compares what the page was told with what the gateway answered.
func (r *reference) done(ev *trace.Event, m *member, method string) {
	const thrown = -1
	if code := ev.V[2]; code == thrown {
		m.asks = slices.DeleteFunc(m.asks, func(a ask) bool { return a.number == ev.V[0] })
		if roles, ok := m.before[ev.V[0]]; ok {
			m.roles = roles
		}
		return
	}
	code := ev.V[2]
	if ev.V[1] == 1 {
		code = codeOK
	}
	action := wire[method]
	m.joining = m.joining && action != "join"
	if action == "" || code >= 900 {
		return // of the client's own
	}
	if !slices.ContainsFunc(m.taken, func(t taken) bool { return t.action == action && t.code == code }) {
		r.fail("%s was answered %d to %s, which the gateway never said", r.name(ev.Actor), code, method)
	}
}

func (r *reference) joined(ev *trace.Event, m *member, role string) {
	if m.in {
		r.fail("%s is in twice", r.name(ev.Actor))
	}
	if !slices.Contains(m.roles, role) {
		r.fail("%s came as %s, and set %s", r.name(ev.Actor), role, strings.Join(m.roles, ", then "))
	}
	m.in, m.role, m.back, m.granted, m.asks, m.own = true, role, ev.V[1] == 1, false, nil, sub{}
}

func (r *reference) left(ev *trace.Event, m *member) {
	if !m.in {
		r.fail("%s left without being in", r.name(ev.Actor))
	}
	m.in, m.role, m.asks = false, "", nil
	clear(m.told)
	clear(m.subs)
	r.withdraw(int(ev.Actor))
}

// withdraw ends a member's stream.
func (r *reference) withdraw(a int) {
	r.of[a].granted = false
	for _, other := range r.of {
		other.subs[a] = nil
	}
}

// expected is the code that a request must be answered with.
func (r *reference) expected(m *member, self int, action string, about int) int64 {
	stream := about >= 0 && r.of[about].in && r.of[about].role == broadcaster
	switch {
	case action == "join", action == "ping", action == "lookup", action == "leave":
		return codeOK
	case !m.in:
		return 434
	case (action == "publish" || action == "unpublish" || action == "update_url") && m.role != broadcaster:
		return 433
	case action == "subscribe" && about == self:
		return 430
	case action == "subscribe" && !stream:
		return 432
	case (action == "mute" || action == "unmute") && (about < 0 || m.subs[about] == nil):
		return 430
	}
	return codeOK
}

// asked judges an answer, and does what the request means.
func (r *reference) asked(ev *trace.Event, m *member, action string) {
	about, code := r.byUID(ev.V[1]), ev.V[2]
	m.taken = append(m.taken, taken{ev.At, action, code})
	was := m.take(action, ev.V[1])
	want := r.expected(m, int(ev.Actor), action, about)
	switch {
	case code == 0:
		return // the script had it neither obeyed nor answered
	case code != want && code == codeOK:
		r.fail("%s was granted %s, want %d", r.name(ev.Actor), action, want)
		return
	case code != want && action != "lookup" && action != "leave":
		m.suspect = fmt.Sprintf("%s was refused %s with %d, want %d", r.name(ev.Actor), action, code, want)
		return
	case code != codeOK:
		return
	}
	switch action {
	case "join":
		if !m.in {
			r.fail("%s was let in and isn't", r.name(ev.Actor))
		}
	case "leave":
		if m.in {
			r.fail("%s left and is still in", r.name(ev.Actor))
		}
	case "publish":
		if !m.granted {
			r.fail("%s may publish and has no URL", r.name(ev.Actor))
		}
	case "unpublish":
		if m.granted {
			r.fail("%s gave its URL back and has it still", r.name(ev.Actor))
		}
	case "subscribe":
		if m.subs[about] == nil {
			m.subs[about] = &sub{}
		}
	case "unsubscribe":
		if about >= 0 {
			m.subs[about] = nil
		}
	case "mute", "unmute":
		m.subs[about].mute(was.target, action == "mute")
	case "set_role":
		if m.ruled != ev.At {
			r.fail("%s set its role and has the old one", r.name(ev.Actor))
		}
	case "mute_local":
		m.own.mute(was.target, was.method == "muteLocal")
	}
}

func (s *sub) mute(target string, on bool) {
	for i, medium := range media {
		if target == medium || target == "all" {
			s.muted[i] = on
		}
	}
}

// take is the first call that a request can be of: they arrive in the order of the
// calls. Those about oneself name no uid.
func (m *member) take(action string, uid int64) ask {
	for i, a := range m.asks {
		if wire[a.method] == action && (a.uid == uid || a.uid == 0) {
			m.asks = slices.Delete(m.asks, i, i+1)
			return a
		}
	}
	return ask{}
}

// announced judges what a member is told of a stream.
func (r *reference) announced(ev *trace.Event, m *member, what string) {
	if int(ev.Peer) >= len(r.of) {
		return // a uid of nobody's, after a rejoin
	}
	peer := r.of[ev.Peer]
	switch {
	case !m.in:
		r.fail("%s is told of %s without being in", r.name(ev.Actor), r.name(ev.Peer))
	case ev.Actor == ev.Peer && !(m.back && what == "stream-removed"):
		r.fail("%s is told of its own stream", r.name(ev.Actor))
	case what == "stream-added" && m.told[ev.Peer]:
		r.fail("%s is told of %s twice", r.name(ev.Actor), r.name(ev.Peer))
	case what == "stream-added" && !peer.granted:
		r.fail("%s is told of %s, who has no stream", r.name(ev.Actor), r.name(ev.Peer))
	case what == "stream-removed" && !m.told[ev.Peer] && !m.back:
		r.fail("%s is told of the end of %s, whom it never knew", r.name(ev.Actor), r.name(ev.Peer))
	}
	m.told[ev.Peer] = what == "stream-added"
}

// settle looks at what must be so whenever nothing is happening.
func (r *reference) settle() {
	for i, m := range r.of {
		who := r.name(trace.ActorID(i))
		if m.suspect != "" {
			r.fail("%s", m.suspect)
			m.suspect = ""
		}
		if m.own.said != m.own.muted {
			r.fail("%s mutes itself %v (audio, video), and the gateway has %v", who, m.own.muted, m.own.said)
			m.own.said = m.own.muted
		}
		for k, peer := range r.of {
			other := r.name(trace.ActorID(k))
			if m.told[k] && !peer.granted {
				r.fail("%s isn't told that the stream of %s has ended", who, other)
				m.told[k] = false // once is enough
			}
			if s := m.subs[k]; s != nil && s.said != s.muted {
				r.fail("%s asked for mutes %v of %s (audio, video), and the gateway has %v", who, s.muted, other, s.said)
				s.said = s.muted
			}
		}
	}
}
