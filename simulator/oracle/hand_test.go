package oracle

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// story is one thing that a case adds to a record.
type story struct {
	name    string
	do      func(w *world)
	want    string
	mention string
}

// judged runs a table of stories on records that base begins.
func judged(t *testing.T, id string, length time.Duration, base func(w *world), stories []story) {
	t.Helper()
	for _, x := range stories {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, length)
			base(w)
			x.do(w)
			expect(t, w.seal(), id, x.want, x.mention)
		})
	}
}

// cast makes a member of the cast something else before the record is sealed.
func (w *world) cast(change func(members []trace.Member)) *world {
	members := []trace.Member{{ID: "a", UID: 1}, {ID: "b", UID: 2}, {ID: "c", UID: 3}}
	change(members)
	head := trace.Head{Version: trace.Version, Scenario: "by-hand", Key: "by-hand@1", SDK: "1.1.3", Length: 60 * time.Second, Members: members}
	w.Log = trace.NewLog(head, func() time.Duration { return w.now })
	return w
}

// asks issues a call of client 1 at a time and gives its number.
func (w *world) asks(at time.Duration, who, about trace.ActorID, name, args string) int64 {
	return w.at(at).issue(who, about, name, args)
}

// gives answers a call with a URL and a rotation.
func (w *world) gives(at time.Duration, who trace.ActorID, number int64, url string, rotation int64) {
	w.at(at)
	w.Add(trace.CallDone, who, trace.Nobody, "", url, number, 1, 0, 0, rotation)
}

// subscribes is a call with its answer, and the player on the URL that it gave.
func (w *world) subscribes(at time.Duration, who, about trace.ActorID) string {
	n := w.asks(at, who, about, "subscribe", "")
	url := fmt.Sprintf("rtmp://server/live/sub%d", n)
	w.gives(at+50*ms, who, n, url, 0)
	w.playsFrom(at+50*ms, who, about, url)
	return url
}

// playsFrom has a player of a member begin on a URL.
func (w *world) playsFrom(at time.Duration, who, about trace.ActorID, url string) {
	w.at(at)
	w.Add(trace.PlayStopped, who, about, "", "new URL")
	w.Add(trace.PlayStarted, who, about, "", url)
	w.Add(trace.TileAdded, who, about, "", "")
}

// streams has a member publish and push from a time on, with media until another.
func (w *world) streams(who trace.ActorID, from, to time.Duration) {
	w.event(from, trace.ServerPublish, who, trace.Nobody, "")
	w.event(from, trace.ServerPushOpened, who, trace.Nobody, "")
	w.arrives(who, from+100*ms, to)
}

// ceases ends a member's stream as the server does.
func (w *world) ceases(who trace.ActorID, at time.Duration) {
	w.event(at, trace.ServerUnpublish, who, trace.Nobody, "")
	w.event(at, trace.ServerPushClosed, who, trace.Nobody, "revoked")
}

// all has everybody join as broadcaster at one second.
func (w *world) all() {
	for _, who := range []trace.ActorID{a, b, c} {
		w.at(time.Second).enters(who, broadcaster)
	}
}

// troubles gives a member's network something to do at a time.
func (w *world) troubles(at time.Duration, who trace.ActorID) {
	w.event(at, trace.TCPTimeout, who, trace.Nobody, "")
}

func uids(who ...trace.ActorID) string {
	s := ""
	for _, x := range who {
		s += strconv.Itoa(int(x)+1) + " "
	}
	return s[:max(0, len(s)-1)]
}
