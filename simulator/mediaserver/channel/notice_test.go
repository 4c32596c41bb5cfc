package channel

import (
	"fmt"
	"testing"

	"minilab/simulator/mediaserver/relay"
)

// A publisher that stops sending tells who knows of its stream, once; who comes later
// isn't told, unless an option says so; nobody who doesn't know the stream is told.
func TestLocalMute(t *testing.T) {
	for _, late := range []bool{false, true} {
		d := newDesk(t, func(o *Options) { o.LateMutes = late })
		a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
		d.r.MuteLocal(a, relay.Video, true)
		if h := d.hear(); h != "" {
			t.Errorf("late told %v: before there is a stream: %q", late, h)
		}
		d.r.MuteLocal(a, relay.Video, false)
		p, c := d.push(a)
		p.Media(audio())
		_, v := d.play(b, 1)
		d.hear()
		d.r.MuteLocal(a, relay.Audio, true)
		d.r.MuteLocal(a, relay.Audio, true)
		if h := d.hear(); h != "2 audio-mute 1" {
			t.Errorf("late told %v: %q", late, h)
		}
		n := v.media
		p.Media(audio())
		if v.media != n {
			t.Errorf("late told %v: a subscriber got sound that its publisher muted", late)
		}
		p.Media(key())
		if v.media != n+1 || c.cut != "" {
			t.Errorf("late told %v: %d pictures, publisher cut %q", late, v.media-n, c.cut)
		}
		d.join(3, Audience)
		want := "3 +1"
		if late {
			want += ", 3 audio-mute 1"
		}
		if h := d.hear(); h != want {
			t.Errorf("late told %v: who came late heard %q, want %q", late, h, want)
		}
		_ = d.r.Unpublish(a)
		d.hear()
		d.r.MuteLocal(a, relay.Audio, false)
		if h := d.hear(); h != "" {
			t.Errorf("late told %v: of a stream that is gone: %q", late, h)
		}
	}
}

func TestRotation(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
	d.join(3, Broadcaster)
	p, _ := d.push(a)
	p.Media(audio())
	d.hear()
	if err := d.r.Rotate(a, 90); err != nil || d.hear() != "2 video-rotation 1, 3 video-rotation 1" {
		t.Errorf("rotation: %v", err)
	}
	if _, degrees, err := d.r.Subscribe(b, 1); degrees != 90 || err != nil {
		t.Errorf("subscribe tells %d degrees, %v", degrees, err)
	}
	for _, bad := range []int{-90, 45, 360} {
		if d.r.Rotate(a, bad) == nil {
			t.Errorf("rotation by %d", bad)
		}
	}
}

// Native and Web members hear of broadcasters, stream or not; mini-programs don't, and
// nobody hears of audience.
func TestHostsAreToldToMembersOfOtherSDKs(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.Profile = Live })
	d.join(1, Broadcaster)
	m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: 2, Role: Audience, Origin: Native})
	if err != nil {
		t.Fatal(err)
	}
	d.r.Welcome(m, nil)
	first := d.hear()
	host, quiet := d.join(3, ""), d.join(4, Audience)
	came := d.hear()
	_ = d.r.SetRole(host, Audience)
	_ = d.r.SetRole(host, Audience)
	_ = d.r.SetRole(host, Broadcaster)
	d.r.Leave(quiet, "leave")
	d.r.Leave(host, "leave")
	got := fmt.Sprintf("%q %q %q", first, came, d.hear())
	if want := `"2 user-joined 1" "2 user-joined 3" "2 user-left 3, 2 user-joined 3, 2 user-left 3"`; got != want {
		t.Errorf("heard %s, want %s", got, want)
	}
}

func TestARoleMayComeWithItsURL(t *testing.T) {
	for _, on := range []bool{false, true} {
		d := newDesk(t, func(o *Options) { o.RoleURL = on })
		a := d.join(1, Audience)
		if u := d.r.RoleURL(a); u != "" {
			t.Errorf("an audience gets %q", u)
		}
		_ = d.r.SetRole(a, Broadcaster)
		u := d.r.RoleURL(a)
		if (u != "") != on {
			t.Errorf("option %v: URL %q", on, u)
		}
		if p, err := d.r.Publish(a); on && (p != u || err != nil) {
			t.Errorf("publish then gives %q, not %q", p, u)
		}
	}
}

func TestAMemberHasItsOwnListener(t *testing.T) {
	d, own := newDesk(t, nil), &desk{}
	m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: 2, Listener: own})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := d.push(d.join(1, Broadcaster))
	p.Media(audio())
	d.r.Expel(m, "kicked")
	d.r.Expel(m, "kicked")
	if h, o := d.hear(), own.hear(); h != "" || o != "2 +1, 2 left: kicked" {
		t.Errorf("the registry's listener heard %q, the member's own %q", h, o)
	}
}

// Each planted mistake shows in one short story, told with and without it.
func TestDefectsShow(t *testing.T) {
	stories := map[string]struct {
		plant func(*Defects)
		story func(*desk) string
		right string
		with  string
	}{
		"ignoresRoleAtJoin": {func(f *Defects) { f.IgnoresRoleAtJoin = true }, func(d *desk) string {
			return string(d.join(1, Audience).Role)
		}, "audience", "broadcaster"},
		"liveJoinsAsAudience": {func(f *Defects) { f.LiveJoinsAsAudience = true }, func(d *desk) string {
			d.r.o.Profile = Live
			m, _ := d.r.Join(Login{Key: Key{"app", "room"}, UID: 1, Role: Broadcaster, Origin: MiniProgram})
			return string(m.Role)
		}, "broadcaster", "audience"},
		"setRoleIgnored": {func(f *Defects) { f.SetRoleIgnored = true }, func(d *desk) string {
			a := d.join(1, Audience)
			_ = d.r.SetRole(a, Broadcaster)
			return string(a.Role)
		}, "broadcaster", "audience"},
		"audiencePublishes": {func(f *Defects) { f.AudiencePublishes = true }, func(d *desk) string {
			_, err := d.r.Publish(d.join(1, Audience))
			return fmt.Sprint(err)
		}, "audience may not publish or unpublish", "<nil>"},
		"roleStaysPublisher": {func(f *Defects) { f.RoleStaysPublisher = true }, func(d *desk) string {
			a := d.join(1, Broadcaster)
			_, c := d.push(a)
			_ = d.r.SetRole(a, Audience)
			return c.cut
		}, "revoked", ""},
		"publishAnnouncedToSelf": {func(f *Defects) { f.PublishAnnouncedToSelf = true }, talk, "2 +1", "1 +1, 2 +1"},
		"wrongStream": {func(f *Defects) { f.WrongStream = true }, func(d *desk) string {
			a, b, c := d.join(1, Broadcaster), d.join(2, Broadcaster), d.join(3, Broadcaster)
			pa, _ := d.push(a)
			d.push(b)
			_, v := d.play(c, 1)
			pa.Media(audio())
			return fmt.Sprint(v.media)
		}, "1", "0"},
		"subscribeAudience": {func(f *Defects) { f.SubscribeAudience = true }, func(d *desk) string {
			d.join(1, Audience)
			_, _, err := d.r.Subscribe(d.join(2, Audience), 1)
			return fmt.Sprint(err)
		}, "not a broadcaster", "<nil>"},
		"localMuteUntold":      {func(f *Defects) { f.LocalMuteUntold = true }, mute, "2 audio-mute 1; ", "; "},
		"localMuteCutsPush":    {func(f *Defects) { f.LocalMuteCutsPush = true }, mute, "2 audio-mute 1; ", "2 audio-mute 1; revoked"},
		"rejoinHearsNothing":   {func(f *Defects) { f.RejoinHearsNothing = true }, rejoin, "3 -9, 3 +1", ""},
		"rejoinAsNew":          {func(f *Defects) { f.RejoinAsNew = true }, rejoin, "3 -9, 3 +1", "3 +1"},
		"streamRemovedNotSent": {func(f *Defects) { f.StreamRemovedNotSent = true }, gone, "2 -1", ""},
		"subscribesSeven": {func(f *Defects) { f.SubscribesSeven = true }, func(d *desk) string {
			m, n := d.join(1, Broadcaster), 0
			for uid := range uint32(8) {
				d.join(10+uid, Broadcaster)
				if _, _, err := d.r.Subscribe(m, 10+uid); err == nil {
					n++
				}
			}
			return fmt.Sprint(n)
		}, "8", "7"},
		"smallChannels": {func(f *Defects) { f.SmallChannels = true }, func(d *desk) string {
			n := 0
			for uid := range uint32(150) {
				if _, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: 1 + uid}); err == nil {
					n++
				}
			}
			return fmt.Sprint(n)
		}, "150", "100"},
		"roleChangesAnnounced": {func(f *Defects) { f.RoleChangesAnnounced = true }, func(d *desk) string {
			d.join(1, Broadcaster)
			_ = d.r.SetRole(d.join(2, Audience), Broadcaster)
			return d.hear()
		}, "", "1 role-changed 2, 1 role-changed 2"},
		"nativeInvisible": {func(f *Defects) { f.NativeInvisible = true }, func(d *desk) string {
			m, _ := d.r.Join(Login{Key: Key{"app", "room"}, UID: 1, Origin: Native})
			d.join(2, Broadcaster)
			p, _ := d.push(m)
			p.Media(audio())
			return d.hear()
		}, "1 user-joined 2, 2 +1", "1 user-joined 2"},
		"urlsSurviveLeave": {func(f *Defects) { f.URLsSurviveLeave = true }, func(d *desk) string {
			a, b := d.join(1, Broadcaster), d.join(2, Broadcaster)
			p, _ := d.push(a)
			url, _, _ := d.r.Subscribe(b, 1)
			d.r.Leave(b, "leave")
			c := &conn{}
			if play, err := d.r.OpenPlay(App, token(url), here, c); err == nil {
				play.Start(c)
			}
			p.Media(audio())
			return fmt.Sprint(c.media)
		}, "0", "1"},
		"urlsServeBoth": {func(f *Defects) { f.URLsServeBoth = true }, func(d *desk) string {
			a, c := d.join(1, Broadcaster), &conn{}
			p, _ := d.push(a)
			if play, err := d.r.OpenPlay(App, a.push.now.token, here, c); err == nil {
				play.Start(c)
			}
			p.Media(audio())
			return fmt.Sprint(c.media)
		}, "0", "1"},
	}
	for name, s := range stories {
		if got := s.story(newDesk(t, nil)); got != s.right {
			t.Errorf("%s: without it %q, want %q", name, got, s.right)
		}
		if got := s.story(newDesk(t, func(o *Options) { s.plant(&o.Defects) })); got != s.with {
			t.Errorf("%s: with it %q, want %q", name, got, s.with)
		}
	}
}

// talk has a publisher speak to another member.
func talk(d *desk) string {
	a := d.join(1, Broadcaster)
	d.join(2, Broadcaster)
	p, _ := d.push(a)
	p.Media(audio())
	return d.hear()
}

// mute has it mute itself then, and tells whether its connection was cut.
func mute(d *desk) string {
	a := d.join(1, Broadcaster)
	d.join(2, Broadcaster)
	p, c := d.push(a)
	p.Media(audio())
	d.hear()
	d.r.MuteLocal(a, relay.Audio, true)
	return d.hear() + "; " + c.cut
}

// rejoin has a member come back that knew another and one who is gone.
func rejoin(d *desk) string {
	talk(d)
	m, _ := d.r.Join(Login{Key: Key{"app", "room"}, UID: 3, Rejoin: true})
	d.r.Welcome(m, []uint32{1, 9})
	return d.hear()
}

// gone has the publisher leave.
func gone(d *desk) string {
	talk(d)
	d.r.Leave(d.r.rooms[Key{"app", "room"}].byUID[1], "leave")
	return d.hear()
}
