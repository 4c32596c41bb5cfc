package channel

import (
	"fmt"
	"testing"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// eyes is a direct viewer that tells sound from pictures.
type eyes struct {
	conn
	got string
}

func (e *eyes) Send(c *rtmp.Chunked, _ uint32) {
	e.got += map[uint8]string{rtmp.TypeVideo: "v", rtmp.TypeAudio: "a"}[c.Message.Type]
}

func (d *desk) other(uid uint32, origin Origin, codec Codec) *Member {
	d.t.Helper()
	m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: uid, Origin: origin, Codec: codec, Actor: trace.ActorID(uid - 1)})
	if err != nil {
		d.t.Fatal(err)
	}
	d.r.Welcome(m, nil)
	return m
}

// Members of other SDKs publish to mini-programs and play what those publish, in both
// profiles, by the same rules.
func TestDirectPushAndPlay(t *testing.T) {
	for _, profile := range []Profile{Communication, Live} {
		d := newDesk(t, func(o *Options) { o.Profile = profile })
		native, mini := d.other(1, Native, ""), d.join(2, Broadcaster)
		c := &conn{}
		p, err := d.r.PushDirectly(native, c)
		if err != nil {
			t.Fatal(err)
		}
		d.hear()
		p.Media(audio())
		if h := d.hear(); h != "2 +1" {
			t.Errorf("%s: heard %q", profile, h)
		}
		_, v := d.play(mini, 1)
		p.Media(audio())
		back, _ := d.push(mini)
		back.Media(audio())
		if h := d.hear(); h != "1 +2" {
			t.Errorf("%s: heard %q", profile, h)
		}
		out := &eyes{}
		play, err := d.r.PlayDirectly(native, 2, out)
		if err != nil {
			t.Fatal(err)
		}
		play.Start(out)
		back.Media(audio())
		if v.media == 0 || out.got != "a" {
			t.Errorf("%s: the mini-program got %d messages, the native member %q", profile, v.media, out.got)
		}
		if err := d.r.SetRole(native, Audience); err != nil || c.cut != "revoked" {
			t.Errorf("%s: to audience: %v, cut %q", profile, err, c.cut)
		}
		_, err = d.r.PushDirectly(native, c)
		wantCode(t, err, CodeAudience)
		_, err = d.r.PlayDirectly(mini, 1, c)
		wantCode(t, err, CodeNotBroadcaster)
		d.r.Leave(native, "leave")
		_, err = d.r.PushDirectly(native, c)
		wantCode(t, err, CodeNotLoggedIn)
		_, err = d.r.PlayDirectly(native, 2, c)
		wantCode(t, err, CodeNotLoggedIn)
		if out.got != "a" || len(d.r.grants) != 1 {
			t.Errorf("%s: after leave: got %q, %d URLs", profile, out.got, len(d.r.grants))
		}
	}
}

// A mini-program hears a publisher whose video it can't decode and gets none of its
// pictures; a native member sees it; and so would the mini-program, were it H.264, or
// the relay broken.
func TestVideoThatAMiniProgramCannotDecode(t *testing.T) {
	for _, profile := range []Profile{Communication, Live} {
		for _, c := range []struct {
			codec  Codec
			defect bool
			want   string
		}{{VP8, false, "aa"}, {H264, false, "vava"}, {VP8, true, "vava"}} {
			d := newDesk(t, func(o *Options) { o.Profile, o.Defects.PassesVP8 = profile, c.defect })
			web, native, mini := d.other(1, Web, c.codec), d.other(2, Native, ""), d.join(3, Audience)
			p, err := d.r.PushDirectly(web, &conn{})
			if err != nil {
				t.Fatal(err)
			}
			p.Media(key())
			p.Media(audio())
			url, _, err := d.r.Subscribe(mini, 1)
			if err != nil {
				t.Fatal(err)
			}
			phone, other := &eyes{}, &eyes{}
			play, err := d.r.OpenPlay(App, token(url), here, phone)
			if err != nil {
				t.Fatal(err)
			}
			play.Start(phone)
			if play, err = d.r.PlayDirectly(native, 1, other); err != nil {
				t.Fatal(err)
			}
			play.Start(other)
			p.Media(key())
			p.Media(audio())
			if phone.got != c.want || other.got != "vava" {
				t.Errorf("%s, %s, defect %v: the mini-program got %q, want %q; native got %q", profile, c.codec, c.defect, phone.got, c.want, other.got)
			}
			r, err := d.log.Seal()
			if err != nil {
				t.Fatal(err)
			}
			dropped := 0
			for _, ev := range r.Events {
				if ev.Kind == trace.FrameDropped && r.Text(ev.Text) == "relay-codec" {
					dropped++
				}
			}
			if got, want := fmt.Sprint(dropped), map[bool]string{true: "1", false: "0"}[c.want == "aa"]; got != want {
				t.Errorf("%s, %s, defect %v: %s pictures dropped by name, want %s", profile, c.codec, c.defect, got, want)
			}
		}
	}
}
