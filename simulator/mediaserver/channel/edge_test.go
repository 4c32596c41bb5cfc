package channel

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// mutes lists what the record says of who muted whom, in order.
func (d *desk) mutes() []string {
	d.t.Helper()
	r, err := d.log.Seal()
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, ev := range r.Events {
		if ev.Kind == trace.ServerMuted || ev.Kind == trace.ServerUnmuted {
			out = append(out, r.Actors[ev.Actor]+" "+ev.Kind.String()+" "+r.Actors[ev.Peer]+" "+r.Text(ev.Text))
		}
	}
	return out
}

func TestAMuteEndsWithItsSubscriptionInTheRecordToo(t *testing.T) {
	for name, end := range map[string]func(*desk, *Member, *Member){
		"unsubscribe": func(d *desk, _, b *Member) { d.r.Unsubscribe(b, []uint32{1}) },
		"unpublish":   func(d *desk, a, _ *Member) { _ = d.r.Unpublish(a) },
		"audience":    func(d *desk, a, _ *Member) { _ = d.r.SetRole(a, Audience) },
		"leave":       func(d *desk, _, b *Member) { d.r.Leave(b, "leave") },
		"kicked":      func(d *desk, _, _ *Member) { d.join(2, Broadcaster) },
	} {
		d := newDesk(t, nil)
		a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
		d.push(a)
		d.play(b, 1)
		if err := d.r.Mute(b, 1, relay.Video, true); err != nil {
			t.Fatal(err)
		}
		end(d, a, b)
		if got, want := d.mutes(), []string{"b muted a video", "b unmuted a video"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestAnExpiredURLIsNotHandedOutAgain(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.URLLife = time.Minute })
	a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
	p, pc := d.push(a)
	_, vc := d.play(b, 1)
	if err := d.r.Mute(b, 1, relay.Audio, true); err != nil {
		t.Fatal(err)
	}
	d.now = 2 * time.Minute
	push, err := d.r.Publish(a)
	if err != nil {
		t.Fatal(err)
	}
	play, _, err := d.r.Subscribe(b, 1)
	if err != nil {
		t.Fatal(err)
	}
	if pc.cut != "" || vc.cut != "" {
		t.Errorf("asking again cut the open connections: %q, %q", pc.cut, vc.cut)
	}
	p.Media(key())
	if vc.media != 1 {
		t.Errorf("%d messages on the open connections, want 1", vc.media)
	}
	c := &conn{}
	again, err := d.r.OpenPlay(App, token(play), here, c)
	if err != nil {
		t.Fatalf("the play URL: %v", err)
	}
	again.Start(c)
	if vc.cut != "replaced" {
		t.Errorf("the old player: %q", vc.cut)
	}
	np, err := d.r.OpenPush(App, token(push), here, &conn{})
	if err != nil {
		t.Fatalf("the publish URL: %v", err)
	}
	np.Media(audio())
	np.Media(key())
	if pc.cut != "replaced" || c.media != 2 {
		t.Errorf("old push %q; %d messages, want two key frames and no muted audio", pc.cut, c.media)
	}
	if len(d.r.grants) != 2 {
		t.Errorf("%d URLs in force", len(d.r.grants))
	}
}

func TestUnpublishWithoutPublishChangesNothing(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
	_, v := d.play(b, 1) // before a publishes
	if err := d.r.Unpublish(a); err != nil {
		t.Fatal(err)
	}
	if v.cut != "" || d.hear() != "" {
		t.Errorf("who waits for a was cut: %q", v.cut)
	}
	p, _ := d.push(a)
	p.Media(key())
	if v.media != 1 {
		t.Errorf("%d messages", v.media)
	}
	for range 2 {
		if err := d.r.Unpublish(a); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.hear(); got != "2 +1, 2 -1" || v.cut != "revoked" {
		t.Errorf("told %q, cut %q", got, v.cut)
	}
}

// A member whom the scenario doesn't name stands in the record as the server: every
// event has an actor.
func TestEventsOfUnnamedMembersHaveAnActor(t *testing.T) {
	d := newDesk(t, nil)
	m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: 99, Actor: trace.Nobody})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := d.push(m)
	p.Media(key())
	d.play(d.join(1, Audience), 99)
	d.r.Tick()
	d.r.Leave(m, "leave")
	r, err := d.log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range r.Events {
		if int(ev.Actor) >= len(r.Actors) {
			t.Errorf("%v has no actor", ev.Kind)
		}
	}
}

func TestTransitionsAreToldOnce(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(1, Broadcaster)
	d.join(2, Audience)
	for range 2 {
		p, _ := d.push(a)
		p.Media(key())
		p.Media(key())
		d.push(a) // takes over
		p.Media(key())
	}
	_ = d.r.SetRole(a, Audience)
	_ = d.r.SetRole(a, Audience)
	_ = d.r.SetRole(a, Broadcaster)
	p, _ := d.push(a)
	p.Close("lost") // without any media
	d.r.Leave(a, "closed")
	d.r.Leave(a, "expired")
	if got := d.hear(); got != "2 +1, 2 -1" {
		t.Errorf("told %q", got)
	}
}
