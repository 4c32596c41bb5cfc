package oracle

import (
	"slices"
	"strings"
	"time"

	"minilab/simulator/trace"
)

// builder makes facts of events that come in the order of time.
type builder struct {
	*facts
	byNumber map[int64]*call
	last     *track // of the event before: most come in rows
}

// take takes the next event.
func (b *builder) take(ev *trace.Event) {
	if !dense[ev.Kind] {
		add(&b.story, ev)
		if b.cast(ev.Actor) {
			add(&b.of[ev.Actor].story, ev)
		}
	}
	b.event(ev)
}

func (b *builder) event(ev *trace.Event) {
	b.end = max(b.end, ev.At)
	if !b.cast(ev.Actor) {
		return
	}
	m := b.of[ev.Actor]
	switch ev.Kind {
	case trace.FrameCaptured:
		add(&m.captured, ev)
	case trace.PusherStatus:
		add(&m.statuses, ev)
	case trace.MediaIn:
		b.mediaIn(m, ev)
	case trace.AudioMeasured:
		if ev.Peer == trace.Nobody {
			add(&m.loud, ev)
		} else {
			b.between(ev)
		}
	case trace.FrameDropped:
		if why := b.text(ev.Text); why == "undecodable" || why == "player-wait-key" {
			b.between(ev)
		}
	case trace.FrameShown, trace.AudioPlayed, trace.RelayOut, trace.ServerAnnounced, trace.PlayStarted, trace.PlayStopped,
		trace.ServerPlayOpened, trace.ServerPlayClosed, trace.ServerMuted, trace.ServerUnmuted:
		b.between(ev)
	case trace.PushStarted, trace.PushMedia, trace.PushStopped, trace.HostState, trace.PusherCode, trace.ServerPushClosed:
		b.push(m, ev)
	case trace.ServerLocalMuted, trace.ServerLocalUnmuted:
		if i := slices.Index(mediums[:], b.text(ev.Text)); i >= 0 {
			m.quiet[i].set(ev.Kind == trace.ServerLocalMuted, ev.At)
		}
	case trace.TCPTimeout, trace.LinkChanged:
		m.trouble = append(m.trouble, ev.At)
		if ev.Kind == trace.LinkChanged {
			m.changed = append(m.changed, ev.At)
		}
	case trace.LinkTotals:
		m.lossy = m.lossy || ev.V[2]+ev.V[3]+ev.V[4] > 0
	case trace.OutageBegan, trace.OutageEnded:
		m.dark.set(ev.Kind == trace.OutageBegan, ev.At)
	case trace.FaultInjected, trace.FaultCleared:
		b.befalls(m, ev)
	case trace.CallIssued:
		b.issued(m, ev)
	case trace.CallDone:
		b.done(m, ev)
	case trace.ServerJoined, trace.ServerLeft, trace.ServerRole, trace.ServerPublish, trace.ServerUnpublish, trace.ServerPushOpened:
		b.session(m, ev)
	case trace.ClientEvent:
		b.told = append(b.told, ev)
	}
}

// mediaIn keeps spans in which audio or video came.
func (b *builder) mediaIn(m *member, ev *trace.Event) {
	if ev.V[2]+ev.V[3] <= 0 || ev.V[4] < ev.V[0] {
		return
	}
	add(&m.mediaIn, ev)
	if s := m.stay(); s != nil && s.role == audience && time.Duration(ev.V[0]) >= s.since {
		s.streams = append(s.streams, ev)
	}
}

// between takes what happens between two members.
func (b *builder) between(ev *trace.Event) {
	t := b.last
	if p := (pair{from: ev.Peer, to: ev.Actor}); t == nil || t.pair != p {
		if t = b.track(p); t == nil {
			return
		}
		b.last = t
	}
	switch ev.Kind {
	case trace.FrameShown:
		add(&t.shown, ev)
	case trace.FrameDropped:
		add(&t.undecoded, ev)
	case trace.AudioPlayed:
		add(&t.played, ev)
	case trace.AudioMeasured:
		add(&t.measured, ev)
		b.sampled = true
	case trace.RelayOut:
		add(&t.relayed, ev)
	case trace.ServerAnnounced:
		add(&t.announced, ev)
		if s := b.of[t.from].stay(); s != nil && s.role == audience && b.text(ev.Text) == streamAdded {
			s.streams = append(s.streams, ev)
		}
	case trace.PlayStarted: // a second start is another player
		t.playing.set(false, ev.At)
		t.playing.set(true, ev.At)
	case trace.PlayStopped:
		t.playing.set(false, ev.At)
	case trace.ServerPlayOpened, trace.ServerPlayClosed:
		t.open.set(ev.Kind == trace.ServerPlayOpened, ev.At)
	case trace.ServerMuted, trace.ServerUnmuted:
		if i := slices.Index(mediums[:], b.text(ev.Text)); i >= 0 {
			t.muted[i].set(ev.Kind == trace.ServerMuted, ev.At)
		}
	}
}

const streamAdded = "stream-added"

// push follows a pusher and the ends of its connection.
func (b *builder) push(m *member, ev *trace.Event) {
	switch ev.Kind {
	case trace.PushStarted, trace.PushMedia:
		if ev.Kind == trace.PushStarted {
			m.starts = append(m.starts, ev.At)
		}
		m.camera.set(ev.V[0] == 1, ev.At)
		m.mic.set(ev.V[1] == 1, ev.At)
		m.held.set(m.held.on && ev.Kind == trace.PushMedia, ev.At)
	case trace.PushStopped:
		m.held.set(false, ev.At)
		m.camera.set(false, ev.At)
		m.mic.set(false, ev.At)
	case trace.HostState:
		switch b.text(ev.Text) {
		case "hide", "destroy", "killed":
			m.hidden.set(true, ev.At)
		case "show":
			m.hidden.set(false, ev.At)
		case "suspend":
			m.asleep.set(true, ev.At)
		}
		state := b.text(ev.Text)
		if state != "suspend" {
			m.asleep.set(false, ev.At)
		}
		m.gone.set(state == "destroy" || state == "killed", ev.At)
	case trace.PusherCode, trace.ServerPushClosed:
		m.held.set(m.held.on || ev.Kind == trace.PusherCode && ev.V[0] == pushHeld, ev.At)
		if ev.Kind == trace.ServerPushClosed {
			m.pushes.set(false, ev.At)
		}
		if b.lostPush(ev) && m.wanted.on && (m.camera.on || m.mic.on) && !m.hidden.on {
			m.lost = append(m.lost, ev)
		}
	}
}

// befalls follows what takes a phone's sound away.
func (b *builder) befalls(m *member, ev *trace.Event) {
	how, _, _ := strings.Cut(b.text(ev.Note), " ")
	var s *spell
	switch what := b.text(ev.Text); {
	case what == "phone-call":
		s = &m.called
	case what == "play-bgm" && how != "live-pusher":
		s = &m.musical
	case what == "deny" && how == "mic":
		s = &m.denied
	default:
		return
	}
	if ev.Kind == trace.FaultInjected {
		s.begin(ev.At, time.Duration(ev.V[0]))
	} else {
		s.end(ev.At)
	}
}

// session follows a member's sessions at the gateway.
func (b *builder) session(m *member, ev *trace.Event) {
	switch ev.Kind {
	case trace.ServerJoined:
		b.left(m, ev.At, "")
		role := b.text(ev.Text)
		m.stays = append(m.stays, &stay{span: span{ev.At, ev.At}, sid: b.text(ev.Note), joinedAs: role, role: role, since: ev.At, back: ev.V[1] == 1})
	case trace.ServerLeft:
		b.left(m, ev.At, b.text(ev.Text))
	case trace.ServerRole:
		b.role(m, ev)
	case trace.ServerUnpublish:
		m.granted.set(false, ev.At)
		b.unsubscribed(m, ev)
	case trace.ServerPublish, trace.ServerPushOpened:
		if ev.Kind == trace.ServerPublish {
			m.granted.set(true, ev.At)
		} else {
			m.pushes.set(false, ev.At)
			m.pushes.set(true, ev.At)
		}
		if s := m.stay(); s != nil && s.role == audience {
			s.streams = append(s.streams, ev)
		}
	}
}

func (b *builder) role(m *member, ev *trace.Event) {
	role := b.text(ev.Text)
	if s := m.stay(); s != nil {
		s.changes = append(s.changes, ev)
		if s.role != role {
			s.role, s.since = role, ev.At
		}
	}
	if role != audience {
		return
	}
	// It gave up its stream itself; that the server then ends the push is no loss.
	m.wanted.set(false, ev.At)
	m.lost = slices.DeleteFunc(m.lost, func(x *trace.Event) bool { return x.Kind == trace.ServerPushClosed && x.At == ev.At })
}

// left ends a session, with the URLs and mutes that belonged to it.
func (b *builder) left(m *member, at time.Duration, why string) {
	s := m.stay()
	if s == nil {
		return
	}
	s.to, s.over, s.why = at, true, why
	m.granted.set(false, at)
	for i := range m.quiet {
		m.quiet[i].set(false, at)
	}
	for _, t := range m.views {
		t.unmute(at)
	}
}

// unsubscribed: who takes its stream back ends all subscriptions to it.
func (b *builder) unsubscribed(m *member, ev *trace.Event) {
	for _, t := range m.views {
		if t.from == ev.Actor {
			t.unmute(ev.At)
		}
	}
}

func (t *track) unmute(at time.Duration) {
	for i := range t.muted {
		t.muted[i].set(false, at)
	}
}

// stay is the session that a member has; nil while it has none.
func (m *member) stay() *stay {
	if n := len(m.stays); n > 0 && !m.stays[n-1].over {
		return m.stays[n-1]
	}
	return nil
}

// close ends what lasts at the end of the record.
func (b *builder) close() {
	for _, m := range b.of {
		if s := m.stay(); s != nil {
			s.to = b.end
		}
		for _, t := range []*toggle{&m.camera, &m.mic, &m.hidden, &m.asleep, &m.gone, &m.held, &m.called.toggle, &m.musical.toggle, &m.denied.toggle, &m.wanted, &m.granted, &m.pushes, &m.quiet[audio], &m.quiet[video], &m.dark} {
			t.set(false, b.end)
		}
	}
	for _, t := range b.tracks {
		t.unmute(b.end)
		t.playing.set(false, b.end)
		t.open.set(false, b.end)
	}
}
