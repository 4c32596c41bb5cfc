package channel

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"minilab/simulator/trace"
)

func TestSecondSessionOfAUidReplacesTheFirst(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(1, Broadcaster)
	d.join(2, Broadcaster)
	url, _ := d.r.Publish(a)
	p, c := d.push(a)
	p.Media(key())
	d.hear()
	b := d.join(1, Broadcaster)
	if got := d.hear(); got != "2 -1, 1 left: kicked" {
		t.Errorf("told %q", got)
	}
	if !a.gone || b.gone || c.cut == "" {
		t.Error("the old session lives on")
	}
	if _, err := d.r.OpenPush(App, token(url), here, &conn{}); err == nil {
		t.Error("the old session's URL still publishes")
	}
}

func TestRejoinDeltas(t *testing.T) {
	for _, known := range []Known{KnownAgain, KnownSilent} {
		d := newDesk(t, func(o *Options) { o.Rejoin = known })
		for uid := range uint32(2) {
			p, _ := d.push(d.join(uid+1, Broadcaster))
			p.Media(key())
		}
		d.hear()
		m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: 9, Rejoin: true})
		if err != nil {
			t.Fatal(err)
		}
		d.r.Welcome(m, []uint32{9, 1, 7, 7}) // itself, one who is there, one who is gone
		want := "9 -7, 9 +1, 9 +2"
		if known == KnownSilent {
			want = "9 -7, 9 +2"
		}
		if got := d.hear(); got != want {
			t.Errorf("%s: told %q, want %q", known, got, want)
		}
		d.r.Leave(d.r.rooms[Key{"app", "room"}].byUID[1], "leave")
		if got := d.hear(); !strings.Contains(got, "9 -1") {
			t.Errorf("%s: told %q of one who left", known, got)
		}
	}
}

func TestJoinRefusals(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.AppIDs = []string{"app"}; o.MaxMembers = 1 })
	for _, c := range []struct {
		login Login
		code  Code
	}{
		{Login{Key: Key{"", "room"}, UID: 1}, CodeBadRequest},
		{Login{Key: Key{"other", "room"}, UID: 1}, CodeBadRequest},
		{Login{Key: Key{"app", ""}, UID: 1}, CodeLoginFailed},
		{Login{Key: Key{"app", "room"}, UID: 0}, CodeLoginFailed},
		{Login{Key: Key{"app", "room"}, UID: 1, Role: "king"}, CodeLoginFailed},
	} {
		_, err := d.r.Join(c.login)
		wantCode(t, err, c.code)
	}
	m := d.join(1, "")
	if m.Role != Broadcaster {
		t.Errorf("role %q by default", m.Role)
	}
	_, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: 2})
	wantCode(t, err, CodeLoginFailed)
}

func TestTellingFollowsTheOrderOfJoining(t *testing.T) {
	d := newDesk(t, nil)
	var want []string
	a := d.join(100, Broadcaster)
	for uid := uint32(50); uid > 0; uid-- {
		d.join(uid, Audience)
		want = append(want, fmt.Sprintf("%d +100", uid))
	}
	p, _ := d.push(a)
	p.Media(audio())
	if !slices.Equal(d.heard, want) {
		t.Errorf("told %v", d.heard)
	}
}

func TestMembersOfOtherOrigins(t *testing.T) {
	for _, profile := range []Profile{Communication, Live} {
		d := newDesk(t, func(o *Options) { o.Profile = profile })
		mini := d.join(1, Broadcaster)
		for i, origin := range []Origin{Native, Web} {
			uid := uint32(10 + i)
			m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: uid, Role: Broadcaster, Origin: origin, Actor: trace.Nobody})
			if err != nil {
				t.Fatal(err)
			}
			d.r.Welcome(m, nil)
			p, _ := d.push(m)
			p.Media(key())
			if got := d.hear(); !strings.Contains(got, fmt.Sprintf("1 +%d", uid)) {
				t.Errorf("%s in %s: told %q", origin, profile, got)
			}
			if _, v := d.play(mini, uid); v.media != 1 {
				t.Errorf("%s in %s: %d messages", origin, profile, v.media)
			}
		}
	}
}
