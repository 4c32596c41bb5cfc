package mediaserver

import (
	"errors"
	"math"

	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/rtmp"
)

// Ears are what a member without gateway is told by.
type Ears interface {
	StreamAdded(uid uint32)
	StreamRemoved(uid uint32)
	// FeedEnded: the server ended the member's own feed: its role may not publish any
	// more, or a newer feed took its place.
	FeedEnded(why string)
	// Ended: the session is over, and the member didn't leave.
	Ended(why string)
}

// Seat is the session of a member that uses neither gateway nor RTMP, such as one of
// the Native or Web SDK. Everything happens on the event loop and takes no time. When
// the session is over, its methods do nothing, and those that return an error return one.
type Seat struct {
	s    *Server
	m    *channel.Member
	ears Ears
	feed *Feed
	over bool
}

var errOver = errors.New("mediaserver: the session is over")

// Seat admits such a member; the streams that are there are told before it returns.
func (s *Server) Seat(l channel.Login, ears Ears) (*Seat, error) {
	seat := &Seat{s: s, ears: ears}
	l.Listener = seatListener{seat}
	m, err := s.registry.Join(l)
	if err != nil {
		return nil, err
	}
	seat.m = m
	s.registry.Welcome(m, nil)
	return seat, nil
}

// Leave ends the session.
func (t *Seat) Leave() {
	if !t.over {
		t.end()
		t.s.registry.Leave(t.m, "leave")
	}
}

func (t *Seat) end() {
	t.over, t.feed = true, nil
}

// SetRole changes the role. Who becomes audience has no feed any more.
func (t *Seat) SetRole(role string) error {
	if t.over {
		return errOver
	}
	return t.s.registry.SetRole(t.m, channel.Role(role))
}

// Publish begins the member's stream. A feed from before is over.
func (t *Seat) Publish() (*Feed, error) {
	if t.over {
		return nil, errOver
	}
	f := &Feed{seat: t}
	push, err := t.s.registry.PushDirectly(t.m, f)
	if err != nil {
		return nil, err
	}
	f.push, t.feed = push, f
	return f, nil
}

// Subscribe has media called with each message of uid's stream, with the timestamps
// that a subscriber is sent. A second call for a uid takes the place of the first.
func (t *Seat) Subscribe(uid uint32, media func(rtmp.Message)) error {
	if t.over {
		return errOver
	}
	w := &watching{media}
	play, err := t.s.registry.PlayDirectly(t.m, uid, w)
	if err != nil {
		return err
	}
	play.Start(w)
	return nil
}

// Unsubscribe ends that.
func (t *Seat) Unsubscribe(uid uint32) {
	if !t.over {
		t.s.registry.Unsubscribe(t.m, []uint32{uid})
	}
}

// Feed is a member's stream on its way into the channel.
type Feed struct {
	seat *Seat
	push *channel.Push
}

// Media takes a message.
func (f *Feed) Media(m rtmp.Message) {
	if f.seat.feed == f {
		f.push.Media(m)
	}
}

// Close ends the stream.
func (f *Feed) Close() {
	if f.seat.feed == f {
		f.seat.feed = nil
		_ = f.seat.s.registry.Unpublish(f.seat.m) // an audience has no feed
	}
}

// Cut implements channel.Cutter.
func (f *Feed) Cut(why string) {
	if f.seat.feed == f {
		f.seat.feed = nil
		f.seat.ears.FeedEnded(why)
	}
}

// watching is the way of another's media to a seat: it takes all at once.
type watching struct{ media func(rtmp.Message) }

// Cut implements channel.Cutter.
func (w *watching) Cut(string) {}

// Free implements relay.Outlet.
func (w *watching) Free() int { return math.MaxInt }

// Send implements relay.Outlet.
func (w *watching) Send(c *rtmp.Chunked, timestamp uint32) {
	m := c.Message
	m.Timestamp = timestamp
	w.media(m)
}

// Announce implements relay.Outlet.
func (w *watching) Announce(bool) {}

// seatListener tells a seat's ears what the channel has for them.
type seatListener struct{ t *Seat }

// StreamAdded implements channel.Listener.
func (l seatListener) StreamAdded(_ *channel.Member, uid uint32) { l.t.ears.StreamAdded(uid) }

// StreamRemoved implements channel.Listener.
func (l seatListener) StreamRemoved(_ *channel.Member, uid uint32) { l.t.ears.StreamRemoved(uid) }

// Notify implements channel.Listener: the record has it, and nothing follows from it.
func (l seatListener) Notify(*channel.Member, channel.Notice) {}

// Left implements channel.Listener.
func (l seatListener) Left(_ *channel.Member, why string) {
	l.t.end()
	l.t.ears.Ended(why)
}
