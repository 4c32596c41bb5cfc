package gateway

import (
	"fmt"
	"strings"
	"testing"
)

// statuses are what a client was told unasked, as "+uid" and "-uid".
func (c *client) statuses() string {
	var out []string
	for _, m := range c.got {
		for action, sign := range map[string]string{"stream-added": "+", "stream-removed": "-"} {
			var uid uint32
			if _, after, ok := strings.Cut(m, `"action":"`+action+`","uid":`); ok {
				fmt.Sscanf(after, "%d", &uid)
				out = append(out, fmt.Sprint(sign, uid))
			}
		}
	}
	return strings.Join(out, " ")
}

func TestJoinLeaveJoinInOneTick(t *testing.T) {
	d := newDesk(t, nil)
	other := d.join(8, "broadcaster")
	c := d.open(7)
	for range 3 {
		if a := c.ask(`{"action":"join","role":"broadcaster","uid":7,"channel_name":"room"}`); a.Code != 200 {
			t.Fatalf("join: %+v", a)
		}
		if a := c.ask(`{"action":"publish","uid":7}`); a.Code != 200 {
			t.Fatalf("publish: %+v", a)
		}
		if a := c.ask(`{"action":"leave"}`); a.Code != 200 {
			t.Fatalf("leave: %+v", a)
		}
	}
	for _, action := range []string{"leave", "publish", "mute"} {
		if a := c.ask(`{"action":"` + action + `","uid":8,"target":"all"}`); a.Code != 434 {
			t.Errorf("%s after leave: %+v", action, a)
		}
	}
	if s := other.statuses(); s != "" {
		t.Errorf("who never sent media was announced: %s", s)
	}
	if len(d.g.sessions) != 1 {
		t.Errorf("%d sessions", len(d.g.sessions))
	}
}

func TestTwoSocketsOfOneUid(t *testing.T) {
	d := newDesk(t, nil)
	first := d.join(7, "broadcaster")
	second := d.join(7, "broadcaster")
	if first.closed == "" || second.closed != "" {
		t.Fatalf("closed: first %q, second %q", first.closed, second.closed)
	}
	n := len(first.got)
	first.s.Receive(true, []byte(`{"requestId":9,"clientRequest":{"action":"leave"}}`)) // was on its way
	first.s.Closed()
	if len(first.got) != n {
		t.Errorf("the first socket is still answered: %s", first.got[n:])
	}
	if a := second.ask(`{"action":"publish","uid":7}`); a.Code != 200 {
		t.Errorf("the second session is gone: %+v", a)
	}
	if len(d.g.sessions) != 1 {
		t.Errorf("%d sessions", len(d.g.sessions))
	}
}

// Rooms and App IDs are apart: nobody reaches into another's.
func TestChannelsAreApart(t *testing.T) {
	d := newDesk(t, nil)
	d.join(7, "broadcaster")
	c := d.open(8)
	if a := c.ask(`{"action":"join","role":"broadcaster","uid":8,"channel_name":"other"}`); a.Code != 200 {
		t.Fatalf("join: %+v", a)
	}
	if a := c.ask(`{"action":"subscribe","uid":7}`); a.Code != 432 {
		t.Errorf("subscribe across channels: %+v", a)
	}
	if a := c.ask(`{"action":"join","role":"broadcaster","uid":8,"channel_name":"room"}`); a.Code != 431 {
		t.Errorf("a second login elsewhere: %+v", a)
	}
}
