package simulator

import (
	"errors"
	"math"

	"minilab/devices/foreign"
	"minilab/devices/phone"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// addForeign adds a member of the vendor's Native or Web SDK.
func (w *world) addForeign(i int) error {
	m, d := &w.s.Members[i], w.drawn[i]
	member, err := foreign.New(foreign.Options{
		Engine: w.e, Log: w.log, Channel: door{w, i}, Name: m.ID, Actor: trace.ActorID(i), Resolve: w.resolve, UID: d.uid,
		Origin: m.Origin, Role: m.Role, Codec: m.Codec, PathDelay: m.PathDelay, Traits: phone.DefaultTraits(),
		Camera: m.Camera != CameraOff, Mic: m.Mic, Clip: m.clip, Tape: w.tape, Voice: m.Voice, Memo: w.memo, Picture: w.hooks.Picture, Received: w.hooks.Received,
	})
	if err != nil {
		return err
	}
	w.pathOf(m)
	w.hosts, w.apps, w.foreign = append(w.hosts, nil), append(w.apps, nil), append(w.foreign, member)
	return nil
}

// door is such a member's way into its channel: straight to the channel's registry,
// without gateway and RTMP.
type door struct {
	w *world
	i int
}

// Join implements foreign.Channel.
func (d door) Join(role string, events foreign.Events) (foreign.Seat, error) {
	m := &d.w.s.Members[d.i]
	s := &seat{r: d.w.server.Registry(), events: events}
	member, err := s.r.Join(channel.Login{
		Key: channel.Key{AppID: appID, Name: d.w.channelOf(d.i)}, UID: d.w.drawn[d.i].uid, Role: channel.Role(role),
		Origin: channel.Origin(m.Origin), Codec: channel.Codec(m.Codec), Actor: trace.ActorID(d.i), Listener: s,
	})
	if err != nil {
		return nil, err
	}
	s.m = member
	s.r.Welcome(member, nil)
	return s, nil
}

// seat is one session of such a member.
type seat struct {
	r      *channel.Registry
	m      *channel.Member
	events foreign.Events
	over   bool
}

var errSeatOver = errors.New("the session is over")

// Leave implements foreign.Seat.
func (s *seat) Leave() {
	if !s.over {
		s.over = true
		s.r.Leave(s.m, "leave")
	}
}

// SetRole implements foreign.Seat.
func (s *seat) SetRole(role string) error {
	if s.over {
		return errSeatOver
	}
	return s.r.SetRole(s.m, channel.Role(role))
}

// Publish implements foreign.Seat.
func (s *seat) Publish() (foreign.Feed, error) {
	if s.over {
		return nil, errSeatOver
	}
	f := &feed{s: s}
	var err error
	if f.push, err = s.r.PushDirectly(s.m, f); err != nil {
		return nil, err
	}
	return f, nil
}

// Subscribe implements foreign.Seat.
func (s *seat) Subscribe(uid uint32, media func(rtmp.Message)) error {
	if s.over {
		return errSeatOver
	}
	play, err := s.r.PlayDirectly(s.m, uid, viewing{})
	if err != nil {
		return err
	}
	play.Start(viewing{media})
	return nil
}

// Unsubscribe implements foreign.Seat.
func (s *seat) Unsubscribe(uid uint32) {
	if !s.over {
		s.r.Unsubscribe(s.m, []uint32{uid})
	}
}

// Rotate implements foreign.Seat.
func (s *seat) Rotate(degrees int) {
	if !s.over {
		_ = s.r.Rotate(s.m, degrees) // scripts have whole quarters only
	}
}

// StreamAdded implements channel.Listener.
func (s *seat) StreamAdded(_ *channel.Member, uid uint32) { s.events.StreamAdded(uid) }

// StreamRemoved implements channel.Listener.
func (s *seat) StreamRemoved(_ *channel.Member, uid uint32) { s.events.StreamRemoved(uid) }

// Notify implements channel.Listener: a member of another SDK turns what it shows; all
// else that members are told asks nothing of it, and is in the trace.
func (s *seat) Notify(_ *channel.Member, n channel.Notice) {
	if n.Action == channel.Rotation {
		s.events.Rotated(n.UID, n.Rotation)
	}
}

// Left implements channel.Listener.
func (s *seat) Left(_ *channel.Member, why string) {
	if !s.over {
		s.over = true
		s.events.Ended(why)
	}
}

// feed is what such a member publishes.
type feed struct {
	s      *seat
	push   *channel.Push
	closed bool
}

// Media implements foreign.Feed.
func (f *feed) Media(m rtmp.Message) { f.push.Media(m) }

// Close implements foreign.Feed. An audience has nothing to take back any more.
func (f *feed) Close() {
	if !f.closed {
		f.closed = true
		_ = f.s.r.Unpublish(f.s.m)
	}
}

// Cut implements channel.Cutter.
func (f *feed) Cut(why string) {
	if !f.closed {
		f.closed = true
		f.s.events.FeedEnded(why)
	}
}

// viewing is where such a member receives a stream. Nothing ever waits: how its media
// travels is not modelled here.
type viewing struct{ media func(rtmp.Message) }

// Free implements relay.Outlet.
func (viewing) Free() int { return math.MaxInt32 }

// Send implements relay.Outlet.
func (v viewing) Send(c *rtmp.Chunked, timestamp uint32) {
	m := c.Message
	m.Timestamp = timestamp
	v.media(m)
}

// Announce implements relay.Outlet.
func (viewing) Announce(bool) {}

// Cut implements channel.Cutter: that the stream is gone is told by its events.
func (viewing) Cut(string) {}
