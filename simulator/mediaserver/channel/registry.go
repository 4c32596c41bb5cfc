package channel

import (
	"slices"
	"strings"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// Registry holds all channels, members and media URLs. Each method is one request;
// what it changes for others is told to the Listener before it returns.
type Registry struct {
	o      Options
	d      Deps
	rooms  map[Key]*room
	grants map[string]*grant
}

// New makes an empty registry.
func New(o Options, d Deps) (*Registry, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return &Registry{o: o, d: d, rooms: map[Key]*room{}, grants: map[string]*grant{}}, nil
}

// Login is a request to join a channel.
type Login struct {
	Key    Key
	UID    uint32
	Role   Role // empty: broadcaster, as for a mini-program that never called setRole
	Origin Origin
	SID    string
	Actor  trace.ActorID
	Rejoin bool
	Known  []uint32 // with Rejoin: the streams that the member knew
}

// Admits tells whether the service is enabled for an App ID.
func (r *Registry) Admits(appID string) bool {
	return appID != "" && (r.o.AppIDs == nil || slices.Contains(r.o.AppIDs, appID))
}

// Join admits a member. A session that the same uid still has in the channel ends.
func (r *Registry) Join(l Login) (*Member, error) {
	role := l.Role
	if role == "" {
		role = Broadcaster
	}
	switch {
	case !r.Admits(l.Key.AppID):
		return nil, refuse(CodeBadRequest, "invalid vendor key")
	case l.Key.Name == "":
		return nil, refuse(CodeLoginFailed, "invalid channel name")
	case role != Broadcaster && role != Audience:
		return nil, refuse(CodeLoginFailed, "invalid role")
	case l.UID == 0:
		return nil, refuse(CodeLoginFailed, "invalid uid")
	}
	c := r.rooms[l.Key]
	if c == nil {
		c = &room{key: l.Key, byUID: map[uint32]*Member{}}
		r.rooms[l.Key] = c
	}
	if old := c.byUID[l.UID]; old != nil {
		r.remove(old, "kicked")
		r.d.Listener.Left(old, "kicked")
		r.rooms[l.Key] = c // in case it was empty for a moment
	}
	if len(c.members) >= r.o.MaxMembers {
		return nil, refuse(CodeLoginFailed, "too many users")
	}
	if l.Actor == trace.Nobody {
		l.Actor = r.d.Relay.Server // every event has an actor
	}
	m := &Member{UID: l.UID, Role: role, Origin: l.Origin, SID: l.SID, Actor: l.Actor, Key: l.Key, r: r, channel: c}
	c.members = append(c.members, m)
	c.byUID[m.UID] = m
	r.log(trace.ServerJoined, m, nil, string(role), l.SID, int64(m.UID), flag(l.Rejoin))
	return m, nil
}

// Welcome tells a member, after the answer to its login, of the streams that are
// there, and of those that it knew and that are not.
func (r *Registry) Welcome(m *Member, known []uint32) {
	done := map[uint32]bool{m.UID: true}
	for _, uid := range known {
		if done[uid] {
			continue
		}
		done[uid] = true
		other := m.channel.byUID[uid]
		switch {
		case other != nil && other.present && r.o.Rejoin == KnownAgain:
			// comes below, in the order of the others
		case other != nil && other.present:
			m.told = append(m.told, uid)
		default:
			m.untell(uid, other)
		}
	}
	for _, other := range m.channel.members {
		if other.present {
			m.tell(other)
		}
	}
}

// Leave ends a member's session. Why is leave, closed or expired.
func (r *Registry) Leave(m *Member, why string) {
	if m.gone {
		return
	}
	r.remove(m, why)
}

func (r *Registry) remove(m *Member, why string) {
	m.gone = true
	r.withdraw(m, "revoked")
	for _, s := range slices.Clone(m.subs) {
		r.drop(s, "revoked")
	}
	c := m.channel
	c.members = slices.DeleteFunc(c.members, func(o *Member) bool { return o == m })
	delete(c.byUID, m.UID)
	if len(c.members) == 0 {
		delete(r.rooms, c.key)
	}
	r.log(trace.ServerLeft, m, nil, why, "")
}

// mayPublish is the one place that says who may.
func mayPublish(m *Member) error {
	if m.Role != Broadcaster {
		return refuse(CodeAudience, "audience may not publish or unpublish")
	}
	return nil
}

// SetRole changes a member's role. Who becomes audience loses the publish URL.
func (r *Registry) SetRole(m *Member, role Role) error {
	if role != Broadcaster && role != Audience {
		return refuse(CodeLoginFailed, "invalid role")
	}
	if m.Role != role {
		m.Role = role
		if role == Audience {
			r.withdraw(m, "revoked")
		}
	}
	r.log(trace.ServerRole, m, nil, string(role), "")
	return nil
}

// Publish grants the URL to publish to: the same one until it is revoked or expires.
func (r *Registry) Publish(m *Member) (url string, err error) {
	if err := mayPublish(m); err != nil {
		return "", err
	}
	if m.push == nil {
		m.push = r.grant(m, nil)
		r.log(trace.ServerPublish, m, nil, "", "")
		if r.o.Presence == OnPublish {
			r.appear(m)
		}
	}
	if r.expired(m.push) {
		r.revoke(m.push)
		m.push = r.grant(m, nil)
	}
	return m.push.url, nil
}

// RenewPublish grants a new publish URL in place of the one in force, whose
// connection goes on until the new URL is used.
func (r *Registry) RenewPublish(m *Member) (url string, err error) {
	if err := mayPublish(m); err != nil {
		return "", err
	}
	if m.push == nil {
		return r.Publish(m)
	}
	r.revoke(m.push)
	m.push = r.grant(m, nil)
	return m.push.url, nil
}

// Unpublish takes the publish URL back, if there is one.
func (r *Registry) Unpublish(m *Member) error {
	if err := mayPublish(m); err != nil {
		return err
	}
	if m.push != nil {
		r.withdraw(m, "revoked")
	}
	return nil
}

// withdraw ends all that a member has as publisher.
func (r *Registry) withdraw(m *Member, why string) {
	if m.push != nil {
		r.revoke(m.push)
		m.push = nil
		r.log(trace.ServerUnpublish, m, nil, "", "")
	}
	if m.pushing != nil {
		m.pushing.end(why, true)
	}
	for _, s := range slices.Clone(m.viewers) {
		r.drop(s, "revoked")
	}
	if m.present {
		m.present = false
		for _, other := range slices.Clone(m.channel.members) {
			if i := slices.Index(other.told, m.UID); i >= 0 {
				other.told = slices.Delete(other.told, i, i+1)
				other.untell(m.UID, m)
			}
		}
	}
}

// appear makes a stream known to all others.
func (r *Registry) appear(m *Member) {
	if m.present {
		return
	}
	m.present = true
	for _, other := range slices.Clone(m.channel.members) {
		other.tell(m)
	}
}

// Subscribe grants the URL to play another member's stream.
func (r *Registry) Subscribe(m *Member, uid uint32) (url string, err error) {
	target := m.channel.byUID[uid]
	switch {
	case target == m:
		return "", refuse(CodeNotSubscribed, "subscribe to oneself")
	case target == nil || target.Role != Broadcaster:
		return "", refuse(CodeNotBroadcaster, "not a broadcaster")
	}
	s := m.subscription(uid)
	if s == nil {
		s = &subscription{m: m, target: target}
		s.play = r.grant(m, s)
		m.subs = append(m.subs, s)
		target.viewers = append(target.viewers, s)
	} else if r.expired(s.play) {
		r.revoke(s.play)
		s.play = r.grant(m, s)
	}
	return s.play.url, nil
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
	r.revoke(s.play)
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

// Tick ends the spans of the trace of all streams that have a publisher, in the
// order of rooms given by their keys.
func (r *Registry) Tick() {
	for _, key := range r.keys() {
		for _, m := range r.rooms[key].members {
			if m.stream != nil {
				m.stream.Tick()
			}
		}
	}
}

func (r *Registry) keys() []Key {
	keys := make([]Key, 0, len(r.rooms))
	for k := range r.rooms {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b Key) int {
		if c := strings.Compare(a.AppID, b.AppID); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return keys
}

func (r *Registry) log(k trace.Kind, m, peer *Member, text, note string, v ...int64) {
	r.logAs(k, m.Actor, peer, text, note, v...)
}

func (r *Registry) logAs(k trace.Kind, actor trace.ActorID, peer *Member, text, note string, v ...int64) {
	if r.d.Relay.Log == nil {
		return
	}
	who := trace.Nobody
	if peer != nil {
		who = peer.Actor
	}
	r.d.Relay.Log.Add(k, actor, who, text, note, v...)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
