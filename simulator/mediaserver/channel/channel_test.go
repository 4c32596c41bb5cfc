package channel

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// desk is a registry with a notebook of what members were told.
type desk struct {
	t     *testing.T
	now   time.Duration
	r     *Registry
	heard []string
	urls  int
	log   *trace.Log
}

func newDesk(t *testing.T, change func(*Options)) *desk {
	t.Helper()
	d := &desk{t: t}
	o := DefaultOptions()
	if change != nil {
		change(&o)
	}
	now := func() time.Duration { return d.now }
	d.log = trace.NewLog(trace.Head{Members: []trace.Member{{ID: "a"}, {ID: "b"}, {ID: "c"}}}, now)
	r, err := New(o, Deps{
		Relay:    &relay.World{Now: now, Log: d.log, Server: d.log.Server(), Options: relay.DefaultOptions()},
		Token:    func() string { d.urls++; return fmt.Sprintf("token%d", d.urls) },
		Listener: d,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.r = r
	return d
}

func (d *desk) StreamAdded(to *Member, uid uint32) {
	d.heard = append(d.heard, fmt.Sprintf("%d +%d", to.UID, uid))
}
func (d *desk) StreamRemoved(to *Member, uid uint32) {
	d.heard = append(d.heard, fmt.Sprintf("%d -%d", to.UID, uid))
}
func (d *desk) Notify(to *Member, n Notice) {
	d.heard = append(d.heard, fmt.Sprintf("%d %s %d", to.UID, n.Action, n.UID))
}
func (d *desk) Left(m *Member, why string) {
	d.heard = append(d.heard, fmt.Sprintf("%d left: %s", m.UID, why))
}

// hear returns what members were told since the last call.
func (d *desk) hear() string {
	s := strings.Join(d.heard, ", ")
	d.heard = nil
	return s
}

func (d *desk) join(uid uint32, role Role) *Member {
	d.t.Helper()
	m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: uid, Role: role, Actor: trace.ActorID(uid - 1)})
	if err != nil {
		d.t.Fatal(err)
	}
	d.r.Welcome(m, nil)
	return m
}

// here is where all connections of a test come from.
var here = netip.MustParseAddr("10.0.0.1")

// conn is an RTMP connection.
type conn struct {
	cut   string
	media int
}

func (c *conn) Cut(why string)                 { c.cut = why }
func (c *conn) Free() int                      { return 1 << 20 }
func (c *conn) Announce(bool)                  {}
func (c *conn) Send(m *rtmp.Chunked, _ uint32) { c.media++ }

func token(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

func (d *desk) push(m *Member) (*Push, *conn) {
	d.t.Helper()
	url, err := d.r.Publish(m)
	if err != nil {
		d.t.Fatal(err)
	}
	c := &conn{}
	p, err := d.r.OpenPush(App, token(url), here, c)
	if err != nil {
		d.t.Fatal(err)
	}
	return p, c
}

func (d *desk) play(m *Member, uid uint32) (*Play, *conn) {
	d.t.Helper()
	url, _, err := d.r.Subscribe(m, uid)
	if err != nil {
		d.t.Fatal(err)
	}
	c := &conn{}
	p, err := d.r.OpenPlay(App, token(url), here, c)
	if err != nil {
		d.t.Fatal(err)
	}
	p.Start(c)
	return p, c
}

func audio() rtmp.Message { return rtmp.Message{Type: rtmp.TypeAudio, Payload: []byte{0xaf, 1, 0}} }
func key() rtmp.Message {
	return rtmp.Message{Type: rtmp.TypeVideo, Payload: []byte{0x17, 1, 0, 0, 0}}
}

func wantCode(t *testing.T, err error, code Code) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("got %v, want a refusal with code %d", err, code)
	}
}

func TestAudienceNeverPublishes(t *testing.T) {
	for _, profile := range []Profile{Communication, Live} {
		d := newDesk(t, func(o *Options) { o.Profile = profile })
		a, b := d.join(1, Audience), d.join(2, Broadcaster)
		_, err := d.r.Publish(a)
		wantCode(t, err, CodeAudience)
		wantCode(t, d.r.Unpublish(a), CodeAudience)
		_, err = d.r.RenewPublish(a)
		wantCode(t, err, CodeAudience)
		if heard := d.hear(); heard != "" {
			t.Errorf("told: %s", heard)
		}
		if _, err := d.r.Publish(b); err != nil {
			t.Errorf("broadcaster: %v", err)
		}
	}
}

func TestBecomingAudienceRevokesThePublishURL(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(1, Broadcaster)
	d.join(2, Audience)
	url, _ := d.r.Publish(a)
	p, c := d.push(a)
	p.Media(audio())
	if heard := d.hear(); heard != "2 +1" {
		t.Errorf("told: %s", heard)
	}
	if err := d.r.SetRole(a, Audience); err != nil {
		t.Fatal(err)
	}
	if c.cut != "revoked" || d.hear() != "2 -1" {
		t.Errorf("cut %q", c.cut)
	}
	if _, err := d.r.OpenPush(App, token(url), here, &conn{}); err == nil {
		t.Error("the stale URL still publishes")
	}
	p.Media(audio()) // what was on its way
	if heard := d.hear(); heard != "" {
		t.Errorf("told after the role change: %s", heard)
	}
	wantCode(t, d.r.SetRole(a, "nonsense"), CodeLoginFailed)
}

func TestStaleURLOfAnAudienceIsRefused(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(1, Broadcaster)
	url, _ := d.r.Publish(a)
	a.Role = Audience // as if a revocation had been forgotten
	_, err := d.r.OpenPush(App, token(url), here, &conn{})
	wantCode(t, err, CodeAudience)
}

func TestPresence(t *testing.T) {
	for _, presence := range []Presence{OnFirstMedia, OnPublish} {
		d := newDesk(t, func(o *Options) { o.Presence = presence })
		a := d.join(1, Broadcaster)
		d.join(2, Broadcaster)
		p, _ := d.push(a)
		p.Media(rtmp.Message{Type: rtmp.TypeData, Payload: []byte{2}})
		p.Media(rtmp.Message{Type: rtmp.TypeAudio, Payload: []byte{0xaf, 0, 0x11, 0x88}}) // a sequence header is no sound
		silent := d.hear()
		d.join(3, Broadcaster)
		late := d.hear()
		p.Media(audio())
		spoke := d.hear()
		got := fmt.Sprintf("%q %q %q", silent, late, spoke)
		want := `"" "" "2 +1, 3 +1"`
		if presence == OnPublish {
			want = `"2 +1" "3 +1" ""`
		}
		if got != want {
			t.Errorf("%s: %s, want %s", presence, got, want)
		}
		if err := d.r.Unpublish(a); err != nil {
			t.Fatal(err)
		}
		if heard := d.hear(); heard != "2 -1, 3 -1" {
			t.Errorf("%s: unpublish told %q", presence, heard)
		}
	}
}

func TestURLsAreBoundToUseAndSession(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.URLLife = time.Minute })
	a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
	push, _ := d.r.Publish(a)
	play, _, err := d.r.Subscribe(b, 1)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
	_, err = d.r.OpenPlay(App, token(push), here, &conn{})
	refused("playing a publish URL", err)
	_, err = d.r.OpenPush(App, token(play), here, &conn{})
	refused("pushing to a play URL", err)
	_, err = d.r.OpenPush("other", token(push), here, &conn{})
	refused("another application", err)
	d.now = 2 * time.Minute
	_, err = d.r.OpenPush(App, token(push), here, &conn{})
	refused("an expired publish URL", err)
	_, err = d.r.OpenPlay(App, token(play), here, &conn{})
	refused("an expired play URL", err)
	d.now = 0
	if _, err := d.r.OpenPush(App, token(push), here, &conn{}); err != nil {
		t.Error(err)
	}
	d.r.Leave(b, "leave")
	_, err = d.r.OpenPlay(App, token(play), here, &conn{})
	refused("a play URL after leave", err)
	d.r.Leave(a, "leave")
	_, err = d.r.OpenPush(App, token(push), here, &conn{})
	refused("a publish URL after leave", err)
	if len(d.r.grants) != 0 || len(d.r.rooms) != 0 {
		t.Errorf("%d URLs and %d rooms left", len(d.r.grants), len(d.r.rooms))
	}
}

func TestUsingAURLAgainReplacesTheConnection(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
	p1, c1 := d.push(a)
	play1, v1 := d.play(b, 1)
	p1.Media(key())
	p2, c2 := d.push(a)
	if c1.cut != "replaced" || c2.cut != "" {
		t.Errorf("cut: old %q, new %q", c1.cut, c2.cut)
	}
	p1.Media(key())  // late bytes of the old connection
	p1.Close("lost") // and its late end
	p2.Media(key())
	if v1.media != 2 {
		t.Errorf("the viewer got %d messages, want 2", v1.media)
	}
	_, v2 := d.play(b, 1)
	if v1.cut != "replaced" || v2.media != 1 {
		t.Errorf("old player cut %q, new one got %d from the cache", v1.cut, v2.media)
	}
	play1.Close("lost")
	p2.Media(key())
	if v2.media != 2 {
		t.Errorf("the new player got %d messages", v2.media)
	}
	renewed, err := d.r.RenewPublish(a)
	if err != nil || c2.cut != "" {
		t.Fatalf("renewing: %v, cut %q", err, c2.cut)
	}
	if _, err := d.r.OpenPush(App, token(renewed), here, &conn{}); err != nil || c2.cut != "replaced" {
		t.Errorf("renewed URL: %v, old connection cut %q", err, c2.cut)
	}
}

func TestSubscribeAndMuteRefusals(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(1, Broadcaster)
	d.join(2, Audience)
	_, _, err := d.r.Subscribe(a, 2)
	wantCode(t, err, CodeNotBroadcaster)
	_, _, err = d.r.Subscribe(a, 9)
	wantCode(t, err, CodeNotBroadcaster)
	wantCode(t, d.r.Mute(a, 2, relay.Video, true), CodeNotSubscribed)
}

func TestMuteSurvivesAReconnectAndEndsWithTheSubscription(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
	p, _ := d.push(a)
	if _, _, err := d.r.Subscribe(b, 1); err != nil {
		t.Fatal(err)
	}
	if err := d.r.Mute(b, 1, relay.Audio, true); err != nil { // before the player has connected
		t.Fatal(err)
	}
	_, v := d.play(b, 1)
	p.Media(audio())
	p.Media(key())
	if v.media != 1 {
		t.Errorf("%d messages, want the key frame", v.media)
	}
	d.r.Unsubscribe(b, []uint32{1, 77})
	if v.cut != "stopped" {
		t.Errorf("cut %q", v.cut)
	}
	_, v = d.play(b, 1)
	p.Media(audio())
	if v.media != 2 {
		t.Errorf("%d messages after a new subscription, want the cached key frame and audio", v.media)
	}
}

func TestLeaveCutsEverythingAndTellsTheOthers(t *testing.T) {
	d := newDesk(t, nil)
	a, b, c := d.join(1, Broadcaster), d.join(2, Broadcaster), d.join(3, Audience)
	p, pc := d.push(a)
	p.Media(key())
	_, vb := d.play(b, 1)
	p2, _ := d.push(b)
	p2.Media(key())
	_, va := d.play(a, 2)
	_ = c
	d.hear()
	d.r.Leave(a, "closed")
	d.r.Leave(a, "closed")
	if got := d.hear(); got != "2 -1, 3 -1" {
		t.Errorf("told %q", got)
	}
	if pc.cut == "" || vb.cut == "" || va.cut == "" {
		t.Errorf("cut: push %q, viewer %q, own player %q", pc.cut, vb.cut, va.cut)
	}
	if len(b.viewers) != 0 || len(b.subs) != 0 {
		t.Errorf("%d viewers and %d subscriptions left", len(b.viewers), len(b.subs))
	}
	again := d.join(1, Broadcaster)
	if got := d.hear(); got != "1 +2" || again.present {
		t.Errorf("a new session was told %q", got)
	}
}
