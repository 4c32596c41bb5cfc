package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// issue makes a call that isn't answered yet; answer answers it.
func (w *world) issue(who, about trace.ActorID, name, args string) int64 {
	w.n++
	w.Add(trace.CallIssued, who, about, name, args, w.n, 0, 1)
	return w.n
}

func (w *world) answer(who trace.ActorID, number int64, ok bool, code int64) {
	flag := int64(0)
	if ok {
		flag = 1
	}
	w.Add(trace.CallDone, who, trace.Nobody, "", "", number, flag, code, int64(who)+1)
}

// enters has a member's app join with success; the gateway gives it a role.
func (w *world) enters(who trace.ActorID, role string) {
	n := w.issue(who, trace.Nobody, "join", "")
	w.now += 100 * time.Millisecond
	w.joined(who, role)
	w.now += 100 * time.Millisecond
	w.answer(who, n, true, 0)
}

func (w *world) left(who trace.ActorID) { w.Add(trace.ServerLeft, who, trace.Nobody, "leave", "") }

func TestC13(t *testing.T) {
	cases := []struct {
		name string
		do   func(w *world)
		want string
	}{
		{"audience", func(w *world) { w.call(b, trace.Nobody, "setRole", audience, true, 0); w.enters(b, audience) }, Held},
		{"broadcaster", func(w *world) { w.issue(b, trace.Nobody, "setRole", "broadcaster"); w.enters(b, "broadcaster") }, Held},
		{"ignored", func(w *world) { w.issue(b, trace.Nobody, "setRole", audience); w.enters(b, "broadcaster") }, Violated},
		{"never set", func(w *world) { w.enters(b, "broadcaster") }, NotRun},
		{"thrown", func(w *world) {
			w.call(b, trace.Nobody, "setRole", audience, false, -1)
			w.enters(b, "broadcaster")
		}, NotRun},
		{"the last that worked counts", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", "broadcaster")
			w.issue(b, trace.Nobody, "setRole", audience)
			w.call(b, trace.Nobody, "setRole", "x", false, -1)
			w.enters(b, audience)
		}, Held},
		{"another's role", func(w *world) { w.issue(a, trace.Nobody, "setRole", audience); w.enters(b, "broadcaster") }, NotRun},
		{"set in the channel, for the next time", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", "broadcaster")
			w.enters(b, "broadcaster")
			w.issue(b, trace.Nobody, "setRole", audience)
			w.issue(b, trace.Nobody, "leave", "")
			w.left(b)
			w.enters(b, audience)
		}, Held},
		{"forgotten the second time", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			w.enters(b, audience)
			w.issue(b, trace.Nobody, "leave", "")
			w.left(b)
			w.now += time.Second
			w.enters(b, "broadcaster")
		}, Violated},
		{"a new client knows nothing of it", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			w.enters(b, audience)
			w.issue(b, trace.Nobody, "destroy", "")
			w.left(b)
			w.enters(b, "broadcaster")
		}, Held},
		{"changed while joining, too late", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			n := w.issue(b, trace.Nobody, "rejoin", "")
			w.issue(b, trace.Nobody, "setRole", "broadcaster")
			w.now += time.Millisecond
			w.joined(b, audience)
			w.answer(b, n, true, 0)
		}, Held},
		{"failed join", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			w.call(b, trace.Nobody, "join", "", false, 901)
		}, NotRun},
		{"a join that was never admitted", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			w.call(b, trace.Nobody, "join", "", true, 0)
		}, Violated},
		{"admitted too late", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			w.call(b, trace.Nobody, "join", "", true, 0)
			w.now += time.Millisecond
			w.joined(b, audience)
		}, Violated},
		{"an earlier session doesn't count", func(w *world) {
			w.joined(b, "broadcaster")
			w.now += time.Second
			w.left(b)
			w.issue(b, trace.Nobody, "setRole", audience)
			w.call(b, trace.Nobody, "join", "", true, 0)
		}, Violated},
		{"a role given in the channel at once is another's matter", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			n := w.issue(b, trace.Nobody, "join", "")
			w.joined(b, audience)
			w.Add(trace.ServerRole, b, trace.Nobody, "broadcaster", "")
			w.answer(b, n, true, 0)
		}, Held},
		{"another call", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			w.call(b, trace.Nobody, "init", "", true, 0)
		}, NotRun},
		{"admitted at once", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			n := w.issue(b, trace.Nobody, "join", "")
			w.joined(b, "broadcaster")
			w.answer(b, n, true, 0)
		}, Violated},
		{"never answered", func(w *world) {
			w.issue(b, trace.Nobody, "setRole", audience)
			w.issue(b, trace.Nobody, "join", "")
			w.joined(b, "broadcaster")
		}, NotRun},
		{"the session that still lasts kept its role", func(w *world) {
			w.joined(b, "broadcaster")
			w.now += time.Second
			w.issue(b, trace.Nobody, "setRole", audience)
			n := w.issue(b, trace.Nobody, "rejoin", "")
			w.now += time.Second
			w.left(b)
			w.joined(b, audience)
			w.answer(b, n, true, 0)
		}, Held},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 20*time.Second)
			w.at(time.Second)
			x.do(w)
			expect(t, w.seal(), "C13", x.want, "")
		})
	}
}

func TestC14(t *testing.T) {
	role := func(w *world, role string) { w.Add(trace.ServerRole, b, trace.Nobody, role, "") }
	set := func(w *world, role string) { w.issue(b, trace.Nobody, "setRole", role) }
	cases := []struct {
		name string
		do   func(w *world)
		want string
	}{
		{"no effect", func(w *world) { set(w, audience) }, Held},
		{"the same again", func(w *world) { set(w, "broadcaster"); role(w, "broadcaster") }, Held},
		{"an effect", func(w *world) { set(w, audience); w.now += time.Second; role(w, audience) }, Violated},
		{"an effect at once", func(w *world) { set(w, audience); role(w, audience) }, Violated},
		{"there and back", func(w *world) { set(w, audience); role(w, audience); role(w, "broadcaster") }, Violated},
		{"a change before the call", func(w *world) { role(w, audience); set(w, audience) }, Held},
		{"not in the channel any more", func(w *world) {
			w.issue(b, trace.Nobody, "leave", "")
			set(w, audience)
		}, NotRun},
		{"after destroy", func(w *world) {
			w.issue(b, trace.Nobody, "destroy", "")
			set(w, audience)
		}, NotRun},
		{"the session is over", func(w *world) { w.left(b); set(w, audience) }, NotRun},
		{"another's call", func(w *world) { w.issue(a, trace.Nobody, "setRole", audience); role(w, audience) }, NotRun},
		{"the next session has another role", func(w *world) {
			set(w, audience)
			w.left(b)
			w.joined(b, audience)
			role(w, "broadcaster")
		}, Held},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 20*time.Second)
			w.at(time.Second).enters(b, "broadcaster")
			w.at(2 * time.Second)
			x.do(w)
			expect(t, w.seal(), "C14", x.want, "")
		})
	}
	w := newWorld(t, 20*time.Second)
	set(w.at(time.Second), audience)
	w.enters(b, audience)
	expect(t, w.seal(), "C14", NotRun, "")
}

func TestC14BlamesTheCallThatDidIt(t *testing.T) {
	w := newWorld(t, 20*time.Second)
	w.at(time.Second).enters(b, "broadcaster")
	w.at(2*time.Second).issue(b, trace.Nobody, "setRole", "x")
	w.at(3*time.Second).issue(b, trace.Nobody, "setRole", audience)
	w.at(4 * time.Second)
	w.Add(trace.ServerRole, b, trace.Nobody, audience, "")
	v := expect(t, w.seal(), "C14", Violated, "setRole(audience) in the channel and its role changed from broadcaster to audience")
	if len(v.Findings) != 1 || v.Findings[0].At != 4*time.Second || v.Findings[0].On != b {
		t.Errorf("%v", v.Findings)
	}
}

func TestC16(t *testing.T) {
	add := func(k trace.Kind, v ...int64) func(w *world) {
		return func(w *world) { w.Add(k, b, trace.Nobody, "", "", v...) }
	}
	media := add(trace.MediaIn, int64(2500*time.Millisecond), 90, 0, 5, int64(2900*time.Millisecond))
	cases := []struct {
		name, role string
		ok         bool
		code       int64
		after      func(w *world)
		want       string
	}{
		{"refused", audience, false, 433, nil, Held},
		{"refused with another code", audience, false, 500, nil, Violated},
		{"never got through", audience, false, 903, nil, NotRun},
		{"socket closed", audience, false, 904, nil, NotRun},
		{"thrown", audience, false, -1, nil, NotRun},
		{"allowed", audience, true, 0, nil, Violated},
		{"refused but a URL was given", audience, false, 433, add(trace.ServerPublish), Violated},
		{"refused but a push was opened", audience, false, 433, add(trace.ServerPushOpened), Violated},
		{"refused but media came", audience, false, 433, media, Violated},
		{"never refused and media came", audience, false, 903, media, Violated},
		{"refused, and only metadata came", audience, false, 433, add(trace.MediaIn, int64(2500*time.Millisecond), 90, 0, 0, int64(2900*time.Millisecond)), Held},
		{"media of before it was an audience", "broadcaster", true, 0, func(w *world) {
			w.at(2800 * time.Millisecond)
			w.Add(trace.ServerRole, b, trace.Nobody, audience, "")
			w.at(3 * time.Second)
			media(w)
		}, NotRun},
		{"media of after", "broadcaster", true, 0, func(w *world) {
			w.at(2500 * time.Millisecond)
			w.Add(trace.ServerRole, b, trace.Nobody, audience, "")
			w.at(3 * time.Second)
			media(w)
		}, Violated},
		{"refused but announced", audience, false, 433, func(w *world) { w.Add(trace.ServerAnnounced, a, b, streamAdded, "") }, Violated},
		{"refused and taken back", audience, false, 433, func(w *world) { w.Add(trace.ServerAnnounced, a, b, "stream-removed", "") }, Held},
		{"refused and another announced", audience, false, 433, func(w *world) { w.Add(trace.ServerAnnounced, b, a, streamAdded, "") }, Held},
		{"refused, left, and came back as broadcaster", audience, false, 433, func(w *world) {
			w.left(b)
			add(trace.ServerPushOpened)(w)
			w.joined(b, "broadcaster")
			add(trace.ServerPushOpened)(w)
			w.Add(trace.ServerAnnounced, a, b, streamAdded, "")
			media(w)
		}, Held},
		{"a broadcaster may", "broadcaster", true, 0, nil, NotRun},
		{"a broadcaster's failure", "broadcaster", false, 433, nil, NotRun},
	}
	for _, x := range cases {
		for _, call := range []string{"publish", "unpublish"} {
			t.Run(x.name+" "+call, func(t *testing.T) {
				w := newWorld(t, 20*time.Second)
				w.at(time.Second).joined(b, x.role)
				w.at(2*time.Second).call(b, trace.Nobody, call, "", x.ok, x.code)
				if x.after != nil {
					w.at(3 * time.Second)
					x.after(w)
				}
				expect(t, w.seal(), "C16", x.want, "")
			})
		}
	}
}

func TestC16WithoutAnAnswer(t *testing.T) {
	cases := []struct {
		name   string
		length time.Duration
		after  func(w *world)
		want   string
	}{
		{"ever", 20 * time.Second, nil, Violated},
		{"just long enough", 13*time.Second + 1, nil, Violated},
		{"until the end", 13 * time.Second, nil, NotRun},
		{"before it left", 20 * time.Second, func(w *world) { w.issue(b, trace.Nobody, "leave", "") }, NotRun},
		{"before it was destroyed", 20 * time.Second, func(w *world) { w.issue(b, trace.Nobody, "destroy", "") }, NotRun},
		{"before it left at once", 20 * time.Second, func(w *world) { w.at(2*time.Second).issue(b, trace.Nobody, "leave", "") }, NotRun},
		{"before it left, twice", 20 * time.Second, func(w *world) {
			w.issue(b, trace.Nobody, "leave", "")
			w.at(19*time.Second).issue(b, trace.Nobody, "leave", "")
		}, NotRun},
		{"before another left", 20 * time.Second, func(w *world) { w.issue(a, trace.Nobody, "leave", "") }, Violated},
		{"before its session ended", 20 * time.Second, func(w *world) { w.left(b) }, NotRun},
		{"though another call was made", 20 * time.Second, func(w *world) { w.issue(b, trace.Nobody, "setRole", "") }, Violated},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, x.length)
			w.at(time.Second)
			w.issue(b, trace.Nobody, "leave", "") // of another time
			w.joined(b, audience)
			w.at(2*time.Second).issue(b, trace.Nobody, "publish", "")
			if x.after != nil {
				w.at(8 * time.Second)
				x.after(w)
			}
			expect(t, w.seal(), "C16", x.want, "")
		})
	}
}

func TestC16BothAnswers(t *testing.T) {
	for _, okFirst := range []bool{true, false} {
		w := newWorld(t, 20*time.Second)
		w.at(time.Second).joined(b, audience)
		n := w.at(2*time.Second).issue(b, trace.Nobody, "publish", "")
		w.at(3*time.Second).answer(b, n, okFirst, 433)
		w.at(4*time.Second).answer(b, n, !okFirst, 433)
		v := expect(t, w.seal(), "C16", Violated, "yet publish succeeded")
		if v.Findings[0].At != 3*time.Second {
			t.Errorf("found at %v", v.Findings[0].At)
		}
	}
}

func TestAnAnswerToAnothersCallIsNone(t *testing.T) {
	w := newWorld(t, 20*time.Second)
	w.at(time.Second).joined(b, audience)
	n := w.at(2*time.Second).issue(b, trace.Nobody, "publish", "")
	w.answer(a, n, true, 0)
	w.answer(a, n+1, true, 0)
	expect(t, w.seal(), "C16", Violated, "never answered")
}

func TestC14CountsEachChange(t *testing.T) {
	w := newWorld(t, 20*time.Second)
	n := w.at(time.Second).issue(b, trace.Nobody, "rejoin", "")
	w.joined(b, "broadcaster")
	w.answer(b, n, true, 0)
	w.at(2*time.Second).issue(b, trace.Nobody, "setRole", audience)
	for _, role := range []string{audience, audience, "broadcaster"} {
		w.Add(trace.ServerRole, b, trace.Nobody, role, "")
	}
	if v := expect(t, w.seal(), "C14", Violated, "from audience to broadcaster"); len(v.Findings) != 2 {
		t.Errorf("%v", v.Findings)
	}
}

func TestC16SaysWhatItFound(t *testing.T) {
	w := newWorld(t, 20*time.Second)
	w.at(time.Second).joined(b, audience)
	w.Add(trace.ServerAnnounced, a, b, streamAdded, "")
	w.Add(trace.ServerPushOpened, b, trace.Nobody, "", "")
	r := w.seal()
	expect(t, r, "C16", Violated, "b: is an audience, yet a was told of its stream")
	expect(t, r, "C16", Violated, "b: is an audience, yet the server has its push-opened")
}

func TestC16IsAboutPublishing(t *testing.T) {
	w := newWorld(t, 20*time.Second)
	w.at(time.Second).joined(b, audience)
	w.call(b, a, "subscribe", "", true, 0)
	w.issue(b, a, "mute", "video")
	expect(t, w.seal(), "C16", NotRun, "")

	w = newWorld(t, 20*time.Second)
	w.at(time.Second).joined(b, audience)
	n := w.issue(b, trace.Nobody, "publish", "")
	w.answer(b, n, false, 433)
	w.answer(b, n, false, 500) // the first answer is what the app acts on
	expect(t, w.seal(), "C16", Held, "")
}
