package channel

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

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
	Codec  Codec // of its video; empty: H264
	// Addr is where the member's session comes from, and so where its media URLs may be
	// used from; the zero one, of members without address: from anywhere.
	Addr netip.Addr
	// Listener hears what the member must hear; nil: the registry's own.
	Listener Listener
}

// Admits tells whether the service is enabled for an App ID.
func (r *Registry) Admits(appID string) bool {
	return appID != "" && (r.o.AppIDs == nil || slices.Contains(r.o.AppIDs, appID))
}

// Join admits a member. A session that the same uid still has in the channel ends.
func (r *Registry) Join(l Login) (*Member, error) {
	role := r.roleOf(l)
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
		r.Expel(old, "kicked")
		r.rooms[l.Key] = c // in case it was empty for a moment
	}
	if limit := r.o.MaxMembers; len(c.members) >= limit || r.o.Defects.SmallChannels && len(c.members) >= 100 {
		return nil, refuse(CodeLoginFailed, "too many users")
	}
	if l.Actor == trace.Nobody {
		l.Actor = r.d.Relay.Server // every event has an actor
	}
	m := &Member{
		UID: l.UID, Role: role, Origin: cmp.Or(l.Origin, MiniProgram), SID: l.SID, Actor: l.Actor, Key: l.Key, Codec: cmp.Or(l.Codec, H264),
		r: r, listener: l.Listener, addr: l.Addr.Unmap(), channel: c,
	}
	if m.listener == nil {
		m.listener = r.d.Listener
	}
	c.members = append(c.members, m)
	c.byUID[m.UID] = m
	r.log(trace.ServerJoined, m, nil, string(role), l.SID, int64(m.UID), flag(l.Rejoin))
	if role == Broadcaster {
		r.hosting(m, UserJoined)
	} else {
		r.counted(m)
	}
	return m, nil
}

// roleOf is the role that a member joins in.
func (r *Registry) roleOf(l Login) Role {
	flaws := r.o.Defects
	switch {
	case l.Role == "" || flaws.IgnoresRoleAtJoin:
		return Broadcaster
	case flaws.LiveJoinsAsAudience && r.o.Profile == Live && l.Origin == MiniProgram:
		return Audience
	}
	return l.Role
}

// Welcome tells a member, after the answer to its login, of the streams that are
// there, and of those that it knew and that are not.
func (r *Registry) Welcome(m *Member, known []uint32) {
	flaws := r.o.Defects
	switch {
	case m.gone:
		return // its answer was slow
	case flaws.RejoinHearsNothing && known != nil:
		return
	case flaws.RejoinAsNew:
		known = nil
	}
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
		if m.Origin != MiniProgram && other != m && other.Role == Broadcaster {
			r.Notify(m, Notice{Action: UserJoined, UID: other.UID, Code: CodeOK})
		}
		if other.present {
			m.tell(other)
		}
	}
}

// Leave ends a member's session. Why is leave, closed or expired.
func (r *Registry) Leave(m *Member, why string) {
	if !m.gone {
		r.remove(m, why)
	}
}

// Expel ends a member's session and tells its listener, as the member didn't ask for
// it. Why is dropped, expired or kicked.
func (r *Registry) Expel(m *Member, why string) {
	if !m.gone {
		r.remove(m, why)
		m.listener.Left(m, why)
	}
}

// Members lists all members of all channels, by channel and then in the order in
// which they joined.
func (r *Registry) Members() []*Member {
	var out []*Member
	for _, key := range r.keys() {
		out = append(out, r.rooms[key].members...)
	}
	return out
}

func (r *Registry) remove(m *Member, why string) {
	m.gone = true
	r.withdraw(m, "revoked")
	for _, s := range slices.Clone(m.subs) {
		r.drop(s, "revoked")
	}
	if m.Role == Broadcaster {
		r.hosting(m, UserLeft)
	}
	c := m.channel
	c.members = slices.DeleteFunc(c.members, func(o *Member) bool { return o == m })
	delete(c.byUID, m.UID)
	if len(c.members) == 0 {
		delete(r.rooms, c.key)
	}
	r.log(trace.ServerLeft, m, nil, why, "")
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
