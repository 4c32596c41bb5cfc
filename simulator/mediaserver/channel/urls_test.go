package channel

import (
	"net/netip"
	"testing"
	"time"

	"minilab/simulator/trace"
)

var elsewhere = netip.MustParseAddr("10.0.0.2")

// from has a member join whose session comes from an address.
func (d *desk) from(uid uint32, addr netip.Addr) *Member {
	d.t.Helper()
	m, err := d.r.Join(Login{Key: Key{"app", "room"}, UID: uid, Role: Broadcaster, Actor: trace.ActorID(uid - 1), Addr: addr})
	if err != nil {
		d.t.Fatal(err)
	}
	d.r.Welcome(m, nil)
	return m
}

// refused are the media refusals of the record, as "push of actor".
func (d *desk) refused() []string {
	d.t.Helper()
	r, err := d.log.Seal()
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, ev := range r.Events {
		if ev.Kind == trace.ServerMediaRefused {
			out = append(out, r.Text(ev.Text)+" of "+r.Actors[ev.Actor])
		}
	}
	return out
}

func TestURLsAreBoundToTheAddressOfTheirSession(t *testing.T) {
	for _, c := range []struct {
		name          string
		change        func(*Options)
		session, used netip.Addr
		works         bool
	}{
		{"at home", nil, here, here, true},
		{"elsewhere", nil, here, elsewhere, false},
		{"a member without address", nil, netip.Addr{}, elsewhere, true},
		{"from nowhere", nil, here, netip.Addr{}, false},
		{"the same, spelled for IPv6", nil, here, netip.AddrFrom16(here.As16()), true},
		{"one computer", nil, netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1"), true},
		{"one computer, by its name in the network", func(o *Options) { o.Own = []netip.Addr{here} }, netip.MustParseAddr("127.0.0.1"), here, true},
		{"another than that computer", func(o *Options) { o.Own = []netip.Addr{here} }, netip.MustParseAddr("127.0.0.1"), elsewhere, false},
		{"another computer", nil, netip.MustParseAddr("127.0.0.1"), here, false},
		{"bearer", func(o *Options) { o.Binding = Bearer }, here, elsewhere, true},
		{"unbound by mistake", func(o *Options) { o.Defects.URLsUnbound = true }, here, elsewhere, true},
	} {
		d := newDesk(t, c.change)
		a, b := d.from(1, c.session), d.from(2, c.session)
		push, _ := d.r.Publish(a)
		play, _, err := d.r.Subscribe(b, 1)
		if err != nil {
			t.Fatal(err)
		}
		_, pushErr := d.r.OpenPush(App, token(push), c.used, &conn{})
		_, playErr := d.r.OpenPlay(App, token(play), c.used, &conn{})
		if (pushErr == nil) != c.works || (playErr == nil) != c.works {
			t.Errorf("%s: push %v, play %v", c.name, pushErr, playErr)
		}
		if got := d.refused(); c.works != (len(got) == 0) || !c.works && (got[0] != "push of a" || got[1] != "play of b") {
			t.Errorf("%s: the record has refused %v", c.name, got)
		}
	}
}

// Whoever uses another session's URL doesn't disturb the one that it belongs to.
func TestAStolenURLDoesNotCutItsOwner(t *testing.T) {
	d := newDesk(t, nil)
	a := d.from(1, here)
	p, c := d.push(a)
	if _, err := d.r.OpenPush(App, a.push.now.token, elsewhere, &conn{}); err == nil {
		t.Fatal("the thief pushes")
	}
	if c.cut != "" || a.pushing != p {
		t.Errorf("the owner's connection was cut: %q", c.cut)
	}
}

func TestNoURLOutlivesWhatItWasGrantedFor(t *testing.T) {
	for name, end := range map[string]func(d *desk, a, b *Member){
		"leave":         func(d *desk, a, b *Member) { d.r.Leave(b, "leave"); d.r.Leave(a, "leave") },
		"expiry":        func(d *desk, a, b *Member) { d.r.Leave(a, "expired"); d.r.Leave(b, "expired") },
		"kick":          func(d *desk, a, b *Member) { d.r.Expel(a, "kicked"); d.r.Expel(b, "kicked") },
		"unpublish":     func(d *desk, a, b *Member) { _ = d.r.Unpublish(a) },
		"unsubscribe":   func(d *desk, a, b *Member) { d.r.Unsubscribe(b, []uint32{1}); _ = d.r.Unpublish(a) },
		"audience":      func(d *desk, a, b *Member) { _ = d.r.SetRole(a, Audience) },
		"another login": func(d *desk, a, b *Member) { d.from(1, here); d.from(2, here) },
		"age":           func(d *desk, a, b *Member) { d.now += 25 * time.Hour },
		"renewal, late": func(d *desk, a, b *Member) {
			_ = d.r.UpdateURL(a, 1)
			_ = d.r.UpdateURL(b, 1)
			d.now += d.r.o.OldURLLife + 1
		},
	} {
		d := newDesk(t, nil)
		a, b := d.from(1, here), d.from(2, here)
		push, _ := d.r.Publish(a)
		play, _, _ := d.r.Subscribe(b, 1)
		end(d, a, b)
		if _, err := d.r.OpenPush(App, token(push), here, &conn{}); err == nil {
			t.Errorf("%s: the publish URL still works", name)
		}
		out := &conn{}
		if p, err := d.r.OpenPlay(App, token(play), here, out); err == nil {
			p.Start(out)
			t.Errorf("%s: the play URL still works, %d messages came", name, out.media)
		}
	}
}

// The URL before stays good for those who are just connecting, until the new one is
// used or its time is up; a connection that stands goes on until the new one is used.
func TestRenewedURLs(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.from(1, here), d.from(2, here)
	_, first := d.push(a)
	_, view := d.play(b, 1)
	old := a.push.now.token
	d.hear()
	if err := d.r.UpdateURL(a, 1); err != nil {
		t.Fatal(err)
	}
	if err := d.r.UpdateURL(b, 1); err != nil {
		t.Fatal(err)
	}
	if err := d.r.UpdateURL(a, 2); err == nil {
		t.Error("a new URL for what isn't subscribed")
	}
	if h := d.hear(); h != "1 update-url 1, 2 update-url 1" {
		t.Errorf("heard %q", h)
	}
	if first.cut != "" || view.cut != "" {
		t.Errorf("cut by the renewal: push %q, play %q", first.cut, view.cut)
	}
	d.now += d.r.o.OldURLLife
	again := &conn{}
	if _, err := d.r.OpenPush(App, old, here, again); err != nil || first.cut != replaced {
		t.Errorf("the URL before: %v; the connection before was cut %q", err, first.cut)
	}
	if _, err := d.r.OpenPush(App, a.push.now.token, here, &conn{}); err != nil || again.cut != replaced {
		t.Errorf("the new URL: %v; the connection before was cut %q", err, again.cut)
	}
	if _, err := d.r.OpenPush(App, old, here, &conn{}); err == nil {
		t.Error("the URL before works when the new one is in use")
	}
	if n := len(d.r.grants); n != 3 { // a's, b's and the one before b's
		t.Errorf("%d URLs are kept", n)
	}
	for range 100 {
		_ = d.r.UpdateURL(b, 1)
	}
	if n := len(d.r.grants); n != 3 {
		t.Errorf("%d URLs are kept after many renewals", n)
	}
}
