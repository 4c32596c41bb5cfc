package channel

import (
	"fmt"
	"slices"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// Subscribe grants the URL to play another member's stream, and tells by how many
// degrees its picture is turned.
func (r *Registry) Subscribe(m *Member, uid uint32) (url string, rotation int, err error) {
	s, err := r.subscribe(m, uid)
	if err != nil {
		return "", 0, err
	}
	if s.play.now == nil || r.expired(s.play.now) {
		r.revoke(&s.play)
		s.play.now = r.grant(m, s)
	}
	return s.play.now.url, s.target.rotation, nil
}

// subscribe finds or makes a subscription, without URL.
func (r *Registry) subscribe(m *Member, uid uint32) (*subscription, error) {
	flaws := r.o.Defects
	target := m.channel.byUID[uid]
	switch {
	case target == m:
		return nil, refuse(CodeNotSubscribed, "subscribe to oneself")
	case target == nil || target.Role != Broadcaster && !flaws.SubscribeAudience:
		return nil, refuse(CodeNotBroadcaster, "not a broadcaster")
	}
	s := m.subscription(uid)
	if s == nil {
		if flaws.SubscribesSeven && len(m.subs) >= 7 {
			return nil, refuse(CodeTooFrequent, "too many subscriptions")
		}
		s = &subscription{m: m, target: target}
		m.subs = append(m.subs, s)
		target.viewers = append(target.viewers, s)
	}
	return s, nil
}

// UpdateURL gives a member a new URL unasked: to publish with, if the uid is its own,
// else to play that member's stream with.
func (r *Registry) UpdateURL(m *Member, uid uint32) error {
	var url string
	switch s := m.subscription(uid); {
	case uid == m.UID && m.push.now != nil:
		r.renew(&m.push, r.grant(m, nil))
		url = m.push.now.url
	case s != nil && s.play.now != nil:
		r.renew(&s.play, r.grant(m, s))
		url = s.play.now.url
	default:
		return fmt.Errorf("channel: %d has no URL for the stream of %d", m.UID, uid)
	}
	r.Notify(m, Notice{Action: UpdateURL, UID: uid, Code: CodeOK, URL: url})
	return nil
}

// Unsubscribe takes play URLs back. Unknown uids are no error.
func (r *Registry) Unsubscribe(m *Member, uids []uint32) {
	for _, uid := range uids {
		if s := m.subscription(uid); s != nil {
			r.drop(s, "stopped")
		}
	}
}

func (r *Registry) drop(s *subscription, why string) {
	r.revoke(&s.play)
	if s.opened != nil {
		s.opened.end(why, true)
	}
	for _, medium := range [...]relay.Medium{relay.Audio, relay.Video} {
		r.setMuted(s, medium, false)
	}
	same := func(o *subscription) bool { return o == s }
	s.m.subs = slices.DeleteFunc(s.m.subs, same)
	s.target.viewers = slices.DeleteFunc(s.target.viewers, same)
}

// Mute stops (on) or resumes a medium of one publisher for one subscriber.
func (r *Registry) Mute(m *Member, uid uint32, medium relay.Medium, on bool) error {
	s := m.subscription(uid)
	if s == nil {
		return refuse(CodeNotSubscribed, "not subscribed")
	}
	if s.opened != nil && s.opened.sub != nil {
		if on {
			s.opened.sub.Mute(medium)
		} else {
			s.opened.sub.Unmute(medium)
		}
	}
	r.setMuted(s, medium, on)
	return nil
}

func (r *Registry) setMuted(s *subscription, medium relay.Medium, on bool) {
	if s.muted[medium] == on {
		return
	}
	s.muted[medium] = on
	kind := trace.ServerUnmuted
	if on {
		kind = trace.ServerMuted
	}
	r.log(kind, s.m, s.target, medium.String(), "")
}
