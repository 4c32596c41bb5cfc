package network

import (
	"errors"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// A name fails, leads to a dead address, and leads to its host again, while another of
// the same host's stays as it is.
func TestNamesGoAstray(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	server := addHost(t, n, HostOptions{Name: "server", Names: []string{"one.example", "two.example"}, Actor: trace.Nobody})
	phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &AccessOptions{Up: LinkOptions{Delay: 20 * time.Millisecond}, Down: LinkOptions{Delay: 20 * time.Millisecond}}})
	_, _ = server.Listen(443, func(sockets.Socket) sockets.Handler { return &onData{func([]byte) {}} })
	dial := func(name string) *ender {
		d := &ender{e: e}
		phone.Dial(name, 443, d)
		e.RunUntil(e.Now() + 30*time.Second)
		return d
	}
	set := func(s NameState) {
		if err := n.SetName("one.example", s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		state NameState
		want  error
	}{{NameLeads, nil}, {NameFails, sockets.ErrNameNotFound}, {NameDead, sockets.ErrRefused}, {NameFails, sockets.ErrNameNotFound}, {NameLeads, nil}} {
		set(c.state)
		begin := e.Now()
		one, two := dial("one.example"), dial("two.example")
		if !errors.Is(one.err, c.want) || (c.want == nil) != (one.opened > 0) {
			t.Errorf("state %d: opened at %v, %v, want %v", c.state, one.opened, one.err, c.want)
		}
		if c.want != nil && one.ended-begin > 100*time.Millisecond {
			t.Errorf("state %d: failed after %v: that is no answer, but a time-out", c.state, one.ended-begin)
		}
		if two.err != nil || two.opened == 0 {
			t.Errorf("state %d: the other name: %v", c.state, two.err)
		}
	}
}

func TestOpenConnectionsOutliveTheirName(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	server := addHost(t, n, HostOptions{Name: "server", Actor: trace.Nobody})
	phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody})
	got := 0
	_, _ = server.Listen(443, func(sockets.Socket) sockets.Handler { return &onData{func(p []byte) { got += len(p) }} })
	d := &ender{e: e}
	s := phone.Dial("server", 443, d)
	e.RunUntil(time.Second)
	if err := n.SetName("server", NameDead); err != nil {
		t.Fatal(err)
	}
	s.Send(make([]byte, 100))
	e.RunUntil(2 * time.Second)
	if got != 100 || d.err != nil {
		t.Errorf("%d bytes arrived, %v", got, d.err)
	}
	if n.SetName("nobody", NameFails) == nil || n.SetName("server", NameState(7)) == nil {
		t.Error("a name or state that isn't there is accepted")
	}
}

// A host asks for a name once in the life of an answer, and again in another network
// or when the name was changed.
func TestAnswersAreRemembered(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	link := LinkOptions{Delay: 50 * time.Millisecond}
	phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &AccessOptions{Up: link, Down: link}})
	server := addHost(t, n, HostOptions{Name: "server", Names: []string{"miniapp.example"}, Actor: trace.Nobody})
	server.Listen(80, func(sockets.Socket) sockets.Handler { return &messages{} })
	took := func() time.Duration {
		c, from := &ender{e: e}, e.Now()
		phone.Dial("miniapp.example", 80, c)
		e.RunUntil(from + time.Second)
		return c.opened - from
	}
	const asked, known = 200 * time.Millisecond, 100 * time.Millisecond
	for _, x := range []struct {
		what   string
		before func()
		want   time.Duration
	}{
		{"at first", func() {}, asked},
		{"soon after", func() {}, known},
		{"when the answer's life is over", func() { e.RunUntil(e.Now() + time.Minute) }, asked},
		{"soon after that", func() {}, known},
		{"in another network", func() { _ = phone.Apply(LinkChange{NewAddress: true}) }, asked},
		{"once more", func() {}, known},
		{"after a change of the name", func() { _ = n.SetName("miniapp.example", NameLeads) }, asked},
	} {
		x.before()
		if got := took(); got != x.want {
			t.Errorf("%s it takes %v, want %v", x.what, got, x.want)
		}
	}
}
