package foreign

import (
	"fmt"
	"slices"
	"time"

	"minilab/devices/phone/camera"
	"minilab/devices/phone/microphone"
	"minilab/simulator/engine"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// States of a member, as the trace names those of a page.
const (
	stateIdle    = "idle"
	stateJoining = "joining"
	stateJoined  = "joined"
	stateLeft    = "left"
)

// Member is one user of a Native or Web SDK.
type Member struct {
	o    Options
	e    *engine.Engine
	proc *engine.Proc

	state   string
	role    string
	session *session // nil: neither in a channel nor on the way there
	camera  bool
	mic     bool
	push    *push // nil: not publishing
	asked   int   // counts the times that publishing was asked for or given up
	lens    *camera.Camera
	ear     *microphone.Microphone
	views   []*view // in the order in which they were announced
	tick    *engine.Alarm
	texts   texts
}

type texts struct{ waitKey, late, undecodable trace.TextID }

// New makes a member; nothing happens before its first step.
func New(o Options) (*Member, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("member %s: %w", o.Name, err)
	}
	if o.PathDelay == 0 {
		o.PathDelay = defaultPathDelay
	}
	if o.Codec == "" {
		o.Codec = H264
	}
	m := &Member{o: o, e: o.Engine, proc: o.Engine.Proc(o.Name + "/" + o.Origin), state: stateIdle, role: o.Role, camera: o.Camera, mic: o.Mic}
	m.lens = camera.New(m.e, camera.Options{Name: o.Name + "/camera", UID: o.UID, Traits: o.Traits, Clip: o.Clip, OnPicture: m.onPicture, OnTurned: m.onTurned})
	m.lens.SetBitrate(bitrate)
	mic := microphone.Options{Name: o.Name + "/mic", UID: o.UID, Traits: o.Traits, Clip: o.Clip, OnSound: m.onSound}
	if o.Tape != nil {
		device, err := m.talker()
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", o.Name, err)
		}
		mic.Device, mic.Tape = device, o.Tape
	}
	m.ear = microphone.New(m.e, mic)
	m.tick = m.proc.Alarm(m.onTick)
	m.e.OnEnd(func() {
		for _, v := range m.views {
			v.closeSpan(m.e.Now())
		}
	})
	if o.Log != nil {
		m.texts = texts{o.Log.Text("player-wait-key"), o.Log.Text("player-late"), o.Log.Text("undecodable")}
		o.Log.Param(trace.Param{Name: o.Name + "/path", Value: float64(o.PathDelay) / float64(time.Millisecond), Unit: "ms", Fidelity: "assumed"})
	}
	return m, nil
}

// session is one stay in the channel. What was asked for in an earlier one must not
// act in a later.
type session struct {
	m    *Member
	seat Seat // nil until the channel has admitted the member
	// entering is while the channel admits the member, and early what it tells of others
	// meanwhile: the member hears of it after the answer.
	entering bool
	early    []func()
}

// up has f happen at the channel: after the path's delay, in the order of the calls.
func (s *session) up(f func(seat Seat)) {
	s.m.proc.After(s.m.o.PathDelay, func() {
		if s.seat != nil {
			f(s.seat)
		}
	})
}

// down has f happen at the member, unless the session is over by then.
func (s *session) down(f func()) {
	if s.entering {
		s.early = append(s.early, f)
		return
	}
	s.m.proc.After(s.m.o.PathDelay, func() {
		if s.m.session == s {
			f()
		}
	})
}

func (m *Member) join() {
	if m.session != nil {
		return
	}
	s := &session{m: m}
	m.session = s
	m.become(stateJoining, "")
	role := m.role
	m.proc.After(m.o.PathDelay, func() {
		s.entering = true
		seat, err := m.o.Channel.Join(role, s)
		s.entering = false
		if err != nil {
			s.down(func() {
				m.session = nil
				m.become(stateIdle, "join failed: "+err.Error())
			})
			return
		}
		s.seat = seat
		s.down(func() {
			m.become(stateJoined, "")
			switch {
			case m.role != role: // changed on the way
				m.applyRole()
			case role == Broadcaster:
				m.publish()
			}
		})
		for _, f := range s.early {
			s.down(f)
		}
	})
}

func (m *Member) leave() {
	if m.session == nil {
		return
	}
	s := m.session
	m.end("left")
	s.up(func(seat Seat) {
		s.seat = nil
		seat.Leave()
	})
	m.become(stateLeft, "")
}

// end lets go of the session and of all that plays and is sent in it.
func (m *Member) end(why string) {
	m.unpublish(why)
	for len(m.views) > 0 {
		m.drop(m.views[0], why)
	}
	m.session = nil
}

func (m *Member) setRole(role string) {
	was := m.role
	m.role = role
	if m.state == stateJoined && role != was {
		m.applyRole()
	}
}

// applyRole tells the channel of the member's role; who may publish then does.
func (m *Member) applyRole() {
	s, role := m.session, m.role
	if role == Audience {
		m.unpublish("audience")
	}
	s.up(func(seat Seat) {
		if seat.SetRole(role) != nil || role == Audience {
			return
		}
		s.down(func() {
			if m.role == role {
				m.publish()
			}
		})
	})
}

func (m *Member) become(state, why string) {
	m.state = state
	m.log(trace.AppState, trace.Nobody, state, why)
}

// StreamAdded implements Events.
func (s *session) StreamAdded(uid uint32) {
	s.down(func() { s.m.watch(uid) })
}

// StreamRemoved implements Events.
func (s *session) StreamRemoved(uid uint32) {
	s.down(func() {
		if v := s.m.view(uid); v != nil {
			s.up(func(seat Seat) { seat.Unsubscribe(uid) })
			s.m.drop(v, "stream-removed")
		}
	})
}

// FeedEnded implements Events.
func (s *session) FeedEnded(why string) {
	s.down(func() { s.m.unpublish(why) })
}

// Ended implements Events.
func (s *session) Ended(why string) {
	s.down(func() {
		s.m.end(why)
		s.m.become(stateLeft, why)
	})
	s.seat = nil
}

// watch subscribes to a stream and plays it.
func (m *Member) watch(uid uint32) {
	if v := m.view(uid); v != nil {
		m.drop(v, "announced again")
	}
	v := newView(m, uid)
	m.views = append(m.views, v)
	m.log(trace.PlayStarted, v.peer, "", "")
	if !m.tick.Armed() {
		m.tick.In(tickPeriod)
	}
	s := m.session
	current := func(f func()) {
		s.down(func() {
			if m.view(uid) == v {
				f()
			}
		})
	}
	s.up(func(seat Seat) {
		err := seat.Subscribe(uid, func(msg rtmp.Message) { current(func() { v.media(msg) }) })
		if err != nil {
			current(func() { m.drop(v, err.Error()) })
		}
	})
}

func (m *Member) view(uid uint32) *view {
	if i := slices.IndexFunc(m.views, func(v *view) bool { return v.uid == uid }); i >= 0 {
		return m.views[i]
	}
	return nil
}

func (m *Member) drop(v *view, why string) {
	v.closeSpan(m.e.Now())
	m.views = slices.DeleteFunc(m.views, func(o *view) bool { return o == v })
	m.log(trace.PlayStopped, v.peer, "", why)
}

// onTick moves all that is played on.
func (m *Member) onTick() {
	if len(m.views) == 0 {
		return
	}
	m.tick.In(tickPeriod)
	now := m.e.Now()
	for _, v := range m.views {
		v.advance(now)
	}
}

func (m *Member) log(k trace.Kind, peer trace.ActorID, text, note string, v ...int64) {
	if m.o.Log != nil {
		m.o.Log.Add(k, m.o.Actor, peer, text, note, v...)
	}
}

func (m *Member) emit(ev trace.Event) {
	if m.o.Log != nil {
		ev.Actor = m.o.Actor
		m.o.Log.Emit(ev)
	}
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
