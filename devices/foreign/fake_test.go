package foreign

import (
	"errors"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/h264"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// fakeChannel is a channel of a few members, with the rules that tests need: an
// audience has no feed, a stream is announced at its first message, and who
// subscribes gets the configurations, what came since the last key frame, and then
// what comes.
type fakeChannel struct {
	e     *engine.Engine
	seats []*fakeSeat
	full  bool                      // nobody is admitted
	held  []func()                  // while hold
	hold  bool                      // messages are kept back
	lose  func(m rtmp.Message) bool // nil: nothing is lost
	left  int
}

type fakeSeat struct {
	c       *fakeChannel
	uid     uint32
	role    string
	events  Events
	feed    *fakeFeed
	configs []rtmp.Message
	since   []rtmp.Message                // of the last key frame
	media   map[uint32]func(rtmp.Message) // by publisher
}

type fakeFeed struct {
	seat  *fakeSeat
	known bool
	count int
	over  bool
}

// door is one member's Channel.
type door struct {
	c   *fakeChannel
	uid uint32
}

func (d door) Join(role string, events Events) (Seat, error) {
	if d.c.full {
		return nil, errors.New("too many users")
	}
	s := &fakeSeat{c: d.c, uid: d.uid, role: role, events: events, media: map[uint32]func(rtmp.Message){}}
	for _, o := range d.c.seats {
		if o.feed != nil && o.feed.known {
			events.StreamAdded(o.uid)
		}
	}
	d.c.seats = append(d.c.seats, s)
	return s, nil
}

func (s *fakeSeat) others(f func(o *fakeSeat)) {
	for _, o := range s.c.seats {
		if o != s {
			f(o)
		}
	}
}

func (s *fakeSeat) Leave() {
	s.c.left++
	if s.feed != nil {
		s.feed.Close()
	}
	for i, o := range s.c.seats {
		if o == s {
			s.c.seats = append(s.c.seats[:i:i], s.c.seats[i+1:]...)
		}
	}
}

func (s *fakeSeat) SetRole(role string) error {
	s.role = role
	if role == Audience && s.feed != nil {
		s.feed.Close()
	}
	return nil
}

func (s *fakeSeat) Publish() (Feed, error) {
	if s.role != Broadcaster {
		return nil, errors.New("audience")
	}
	if s.feed != nil {
		s.feed.Close()
	}
	s.feed, s.configs, s.since = &fakeFeed{seat: s}, nil, nil
	return s.feed, nil
}

func (s *fakeSeat) Subscribe(uid uint32, media func(rtmp.Message)) error {
	s.media[uid] = media
	s.others(func(o *fakeSeat) {
		if o.uid == uid {
			for _, m := range append(o.configs[:len(o.configs):len(o.configs)], o.since...) {
				media(m)
			}
		}
	})
	return nil
}

func (s *fakeSeat) Rotate(degrees int) {
	s.others(func(o *fakeSeat) { o.events.Rotated(s.uid, degrees) })
}

func (s *fakeSeat) Unsubscribe(uid uint32) { delete(s.media, uid) }

func (f *fakeFeed) Media(m rtmp.Message) {
	if f.over {
		return
	}
	f.count++
	if f.seat.c.hold {
		f.seat.c.held = append(f.seat.c.held, func() { f.deliver(m) })
		return
	}
	f.deliver(m)
}

func (f *fakeFeed) deliver(m rtmp.Message) {
	s := f.seat
	if m.Payload[1] == 0 {
		s.configs = append(s.configs, m)
	} else {
		if m.Type == rtmp.TypeVideo && m.Payload[0]>>4 == 1 {
			s.since = nil
		}
		s.since = append(s.since, m)
	}
	if s.c.lose != nil && s.c.lose(m) {
		return
	}
	if !f.known {
		f.known = true
		s.others(func(o *fakeSeat) { o.events.StreamAdded(s.uid) })
	}
	s.others(func(o *fakeSeat) {
		if media := o.media[s.uid]; media != nil {
			media(m)
		}
	})
}

func (f *fakeFeed) Close() {
	if f.over {
		return
	}
	f.over = true
	f.seat.feed = nil
	f.seat.others(func(o *fakeSeat) { o.events.StreamRemoved(f.seat.uid) })
}

// stop keeps all messages back until d from now, and lets them go at once then.
func (c *fakeChannel) stop(d time.Duration) {
	c.hold = true
	c.e.Proc("stop").After(d, func() {
		c.hold = false
		for _, f := range c.held {
			f()
		}
		c.held = nil
	})
}

// world is members around a fake channel: a has uid 10, b 11, and so on.
type world struct {
	t       *testing.T
	e       *engine.Engine
	log     *trace.Log
	c       *fakeChannel
	script  *engine.Proc
	members []*Member
}

func newWorld(t *testing.T, seed uint64, cast ...Options) *world {
	t.Helper()
	w := &world{t: t, e: engine.New(seed)}
	w.c = &fakeChannel{e: w.e}
	w.script = w.e.Proc("script")
	var head trace.Head
	names := []string{"a", "b", "c"}
	for i := range cast {
		head.Members = append(head.Members, trace.Member{ID: names[i]})
	}
	w.log = trace.NewLog(head, w.e.Now)
	memo := h264.NewMemo()
	for i, o := range cast {
		o.Engine, o.Log, o.Name, o.Actor, o.Memo, o.Traits = w.e, w.log, names[i], trace.ActorID(i), memo, phone.DefaultTraits()
		o.UID = 10 + uint32(i)
		o.Channel = door{w.c, o.UID}
		o.Resolve = func(uid uint32) trace.ActorID { return trace.ActorID(uid) - 10 }
		m, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		w.members = append(w.members, m)
	}
	return w
}

// do has a member do a step; a word and perhaps its value.
func (w *world) do(at time.Duration, member int, step ...string) {
	w.script.At(at, func() {
		args := map[string]string{}
		for _, word := range Steps() {
			if word.Name == step[0] && len(step) > 1 {
				args[word.Arg] = step[1]
			}
		}
		if err := w.members[member].Do(step[0], args); err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) run(until time.Duration) *trace.Record {
	w.t.Helper()
	w.e.RunUntil(until)
	r, err := w.log.Seal()
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func pick(r *trace.Record, k trace.Kind, actor int) []trace.Event {
	var out []trace.Event
	for _, ev := range r.Events {
		if ev.Kind == k && int(ev.Actor) == actor {
			out = append(out, ev)
		}
	}
	return out
}
