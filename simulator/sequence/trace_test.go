package sequence

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestCodesOfAComponent(t *testing.T) {
	now := time.Duration(0)
	log := trace.NewLog(trace.Head{Members: []trace.Member{{ID: "alice"}, {ID: "bob"}}}, func() time.Duration { return now })
	for _, c := range []struct {
		kind        trace.Kind
		actor, peer trace.ActorID
		code        int64
	}{
		{trace.PusherCode, 0, trace.Nobody, 1005}, {trace.PlayerCode, 0, 1, 2001}, {trace.PusherCode, 1, trace.Nobody, 3005},
		{trace.PlayerCode, 0, 0, 2999}, {trace.PusherCode, 0, trace.Nobody, 1003}, {trace.PlayerCode, 1, 0, 2004}, {trace.PlayerCode, 0, 1, -2301},
	} {
		now += time.Second
		log.Add(c.kind, c.actor, c.peer, "", "", c.code)
	}
	rec, err := log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		component, member, of string
		want                  []int
	}{
		{livePusher, "alice", "", []int{1005, 1003}}, {livePusher, "bob", "", []int{3005}},
		{livePlayer, "alice", "bob", []int{2001, -2301}}, {livePlayer, "bob", "alice", []int{2004}}, {livePlayer, "bob", "bob", nil},
	} {
		got, err := Codes(rec, c.component, c.member, c.of)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	for _, c := range [][3]string{{livePlayer, "alice", ""}, {"camera", "alice", ""}, {livePusher, "carol", ""}, {livePlayer, "alice", "carol"}} {
		if _, err := Codes(rec, c[0], c[1], c[2]); err == nil {
			t.Errorf("%v: taken", c)
		}
	}
}
