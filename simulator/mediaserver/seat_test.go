package mediaserver

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// ears write down what a seat is told.
type ears struct{ heard []string }

func (e *ears) add(format string, a ...any) { e.heard = append(e.heard, fmt.Sprintf(format, a...)) }
func (e *ears) StreamAdded(uid uint32)      { e.add("+%d", uid) }
func (e *ears) StreamRemoved(uid uint32)    { e.add("-%d", uid) }
func (e *ears) FeedEnded(why string)        { e.add("feed %s", why) }
func (e *ears) Ended(why string)            { e.add("ended %s", why) }
func (e *ears) hear() string {
	s := strings.Join(e.heard, ", ")
	e.heard = nil
	return s
}

// lounge is a server that listens nowhere, with seats in it.
type lounge struct {
	t   *testing.T
	s   *Server
	log *trace.Log
}

func newLounge(t *testing.T, change func(*Options)) *lounge {
	t.Helper()
	e := engine.New(1)
	o := DefaultOptions()
	if change != nil {
		change(&o)
	}
	head := trace.Head{Members: []trace.Member{{ID: "m1"}, {ID: "m2"}, {ID: "m3"}}}
	l := &lounge{t: t, log: trace.NewLog(head, e.Now)}
	var err error
	if l.s, err = New(e, l.log, o, map[uint32]trace.ActorID{1: 0, 2: 1, 3: 2}); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lounge) login(uid uint32, origin channel.Origin) channel.Login {
	return channel.Login{Key: channel.Key{AppID: "app", Name: "room"}, UID: uid, Role: channel.Broadcaster, Origin: origin, Actor: trace.ActorID(uid - 1)}
}

func (l *lounge) seat(uid uint32, origin channel.Origin, codec channel.Codec) (*Seat, *ears) {
	l.t.Helper()
	e := &ears{}
	login := l.login(uid, origin)
	login.Codec = codec
	s, err := l.s.Seat(login, e)
	if err != nil {
		l.t.Fatal(err)
	}
	return s, e
}

// picture and sound are coded media; kinds tells which of them came.
var (
	picture = rtmp.Message{Type: rtmp.TypeVideo, Payload: []byte{0x17, 1, 0, 0, 0}}
	sound   = rtmp.Message{Type: rtmp.TypeAudio, Payload: []byte{0xaf, 1, 0}}
)

func kinds(into *string) func(rtmp.Message) {
	return func(m rtmp.Message) { *into += map[uint8]string{rtmp.TypeVideo: "v", rtmp.TypeAudio: "a"}[m.Type] }
}

func TestSeatsPublishAndPlay(t *testing.T) {
	l := newLounge(t, nil)
	a, ea := l.seat(1, channel.Native, "")
	b, eb := l.seat(2, channel.Web, "")
	feed, err := a.Publish()
	if err != nil {
		t.Fatal(err)
	}
	feed.Media(sound)
	feed.Media(picture)
	if h := eb.hear(); h != "+1" {
		t.Errorf("b heard %q", h)
	}
	c, ec := l.seat(3, channel.Native, "")
	if h := ec.hear(); h != "+1" {
		t.Errorf("who came late heard %q", h)
	}
	var got, first string
	if err := b.Subscribe(1, kinds(&first)); err != nil {
		t.Fatal(err)
	}
	if err := b.Subscribe(1, kinds(&got)); err != nil {
		t.Fatal(err)
	}
	if err := b.Subscribe(9, nil); err == nil {
		t.Error("a stranger can be subscribed")
	}
	before := first
	feed.Media(sound)
	feed.Media(picture)
	if got != "vav" || first != before {
		t.Errorf("b got %q, and %q where it had subscribed before", got, first)
	}
	b.Unsubscribe(1)
	feed.Media(sound)
	if got != "vav" {
		t.Errorf("after unsubscribe b got %q", got)
	}
	second, err := a.Publish()
	if err != nil || ea.hear() != "feed replaced" {
		t.Errorf("a second feed: %v", err)
	}
	feed.Close() // is over: closes nothing
	second.Media(sound)
	if h := eb.hear(); h != "" {
		t.Errorf("b heard %q of a feed that was replaced", h)
	}
	second.Close()
	if h := eb.hear() + "; " + ea.hear(); h != "-1; " {
		t.Errorf("after the close: %q", h)
	}
	if _, err := a.Publish(); err != nil {
		t.Error(err)
	}
	if err := a.SetRole("audience"); err != nil || ea.hear() != "feed revoked" {
		t.Errorf("to audience: %v", err)
	}
	if _, err := a.Publish(); err == nil {
		t.Error("an audience publishes")
	}
	if err := l.s.Do(Command{Kind: "kick", To: 3}); err != nil || !strings.HasSuffix(ec.hear(), "ended kicked") {
		t.Errorf("kick: %v", err)
	}
	b.Leave()
	b.Leave()
	for name, err := range map[string]error{"publish": only(c.Publish()), "role": c.SetRole("audience"), "subscribe": b.Subscribe(1, nil)} {
		if err == nil {
			t.Errorf("%s after the end", name)
		}
	}
}

func only(_ *Feed, err error) error { return err }

// outlet is a mini-program member's connection.
type outlet struct {
	uncut
	got string
}

func (o *outlet) Free() int     { return 1 << 20 }
func (o *outlet) Announce(bool) {}
func (o *outlet) Send(c *rtmp.Chunked, _ uint32) {
	kinds(&o.got)(c.Message)
}

// A mini-program hears a publisher whose video it can't decode and gets none of its
// pictures, in both profiles; members of other SDKs see it; and so would the
// mini-program, were it H.264, or the relay broken.
func TestVideoThatAMiniProgramCannotDecode(t *testing.T) {
	for _, profile := range []channel.Profile{channel.Communication, channel.Live} {
		for _, c := range []struct {
			codec  channel.Codec
			defect bool
			want   string
		}{{channel.VP8, false, "aa"}, {channel.H264, false, "vava"}, {channel.VP8, true, "vava"}} {
			l := newLounge(t, func(o *Options) {
				o.Channel.Profile = profile
				o.Channel.Defects.PassesVP8 = c.defect
			})
			web, _ := l.seat(1, channel.Web, c.codec)
			native, _ := l.seat(2, channel.Native, "")
			feed, err := web.Publish()
			if err != nil {
				t.Fatal(err)
			}
			feed.Media(picture)
			feed.Media(sound)
			login := l.login(3, channel.MiniProgram)
			login.Listener = seatListener{&Seat{s: l.s, ears: &ears{}}}
			m, err := l.s.Registry().Join(login)
			if err != nil {
				t.Fatal(err)
			}
			url, _, err := l.s.Registry().Subscribe(m, 1)
			if err != nil {
				t.Fatal(err)
			}
			out := &outlet{}
			play, err := l.s.Registry().OpenPlay(channel.App, name(url), netip.Addr{}, out)
			if err != nil {
				t.Fatal(err)
			}
			play.Start(out)
			var seen string
			if err := native.Subscribe(1, kinds(&seen)); err != nil {
				t.Fatal(err)
			}
			feed.Media(picture)
			feed.Media(sound)
			if out.got != c.want || seen != "vava" {
				t.Errorf("%s, %s, defect %v: the mini-program got %q, want %q; native got %q", profile, c.codec, c.defect, out.got, c.want, seen)
			}
			r, err := l.log.Seal()
			if err != nil {
				t.Fatal(err)
			}
			dropped := 0
			for _, ev := range r.Events {
				if ev.Kind == trace.FrameDropped && r.Text(ev.Text) == "relay-codec" {
					dropped++
				}
			}
			if (dropped == 1) != (c.want == "aa") {
				t.Errorf("%s, %s: %d pictures dropped by name", profile, c.codec, dropped)
			}
		}
	}
}
