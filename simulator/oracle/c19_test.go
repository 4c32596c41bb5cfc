package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC19(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	published := func(url string) func(w *world) {
		return func(w *world) { w.gives(2*s, a, w.asks(2*s, a, no, "publish", ""), url, 0) }
	}
	judged(t, "C19", 40*s, (*world).all, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"a URL", published("rtmp://server/live/x"), Held, ""},
		{"no URL", published(""), Violated, "no URL to push to"},
		{"another kind of URL", published("https://server/x"), Violated, "no URL to push to"},
		{"publish failed", func(w *world) { w.at(2 * s); w.answer(a, w.issue(a, no, "publish", ""), false, 433) }, NotRun, ""},
		{"told of itself", func(w *world) { w.event(3*s, trace.ServerAnnounced, a, a, streamAdded) }, Violated, "its own stream"},
		{"its SDK says so", func(w *world) { w.event(3*s, trace.ClientEvent, a, a, streamAdded) }, Violated, "its own stream"},
		{"its mute is told it", func(w *world) { w.event(3*s, trace.ClientEvent, a, a, "mute-audio") }, NotRun, ""},
	})
	// a streams from 5 s to 20 s, and its media comes from 5.1 s on.
	base := func(w *world) { w.all(); w.streams(a, 5*s, 20*s) }
	judged(t, "C19", 40*s, base, []story{
		{"all are told", func(w *world) { w.told(5200*ms, b, a, streamAdded); w.told(5200*ms, c, a, streamAdded) }, Held, ""},
		{"at publish already", func(w *world) { w.told(5*s, b, a, streamAdded); w.told(5*s, c, a, streamAdded) }, Held, ""},
		{"none is told", func(w *world) {}, Violated, "b: was in the channel when a's media came"},
		{"one is not told", func(w *world) { w.told(5200*ms, b, a, streamAdded) }, Violated, "c: was in the channel"},
		{"told much later", func(w *world) { w.told(5200*ms, b, a, streamAdded); w.told(9*s, c, a, streamAdded) }, Violated, "c: was in the channel"},
		{"told before it published", func(w *world) { w.told(5200*ms, b, a, streamAdded); w.told(4900*ms, c, a, streamAdded) }, Violated, "c: was in the channel"},
		{"told twice", func(w *world) {
			w.told(5*s, b, a, streamAdded)
			w.told(5200*ms, c, a, streamAdded)
			w.told(5300*ms, b, a, streamAdded)
		}, Violated, "b: was told of a's stream twice"},
		{"one had left", func(w *world) { w.told(5200*ms, b, a, streamAdded); w.at(4 * s).left(c) }, Held, ""},
		{"one leaves at that moment", func(w *world) { w.told(5200*ms, b, a, streamAdded); w.at(6 * s).left(c) }, Held, ""},
		{"one joins later", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.at(4 * s).left(c)
			w.at(8*s).enters(c, broadcaster)
		}, Held, ""},
		{"one is in another channel", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.at(500*ms).issue(c, no, "join", "elsewhere")
		}, Held, ""},
		{"one is back and knew it", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.at(2 * s).left(c)
			w.event(3*s, trace.ServerJoined, c, no, broadcaster, 3, 1)
			w.event(2500*ms, trace.ServerAnnounced, c, a, streamAdded)
		}, Held, ""},
		{"a page doesn't hear", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.event(5200*ms, trace.ServerAnnounced, c, a, streamAdded)
		}, Violated, "c: its page never heard"},
		{"a page on a bad network doesn't hear", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.event(5200*ms, trace.ServerAnnounced, c, a, streamAdded)
			w.event(4*s, trace.OutageBegan, c, no, "")
		}, Held, ""},
		{"a page whose link loses packets doesn't hear", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.event(5200*ms, trace.ServerAnnounced, c, a, streamAdded)
			w.event(40*s, trace.LinkTotals, c, no, "down", 10, 9, 0, 1)
		}, Held, ""},
		{"a page whose address had changed doesn't hear", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.event(5200*ms, trace.ServerAnnounced, c, a, streamAdded)
			w.event(2*s, trace.LinkChanged, c, no, "")
		}, Held, ""},
		{"a page that joined since doesn't hear", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.event(5200*ms, trace.ServerAnnounced, c, a, streamAdded)
			w.event(500*ms, trace.LinkChanged, c, no, "")
		}, Violated, "c: its page never heard"},
		{"a page leaves before it can hear", func(w *world) {
			w.told(5200*ms, b, a, streamAdded)
			w.event(5200*ms, trace.ServerAnnounced, c, a, streamAdded)
			w.asks(9*s, c, no, "destroy", "")
		}, Held, ""},
	})
	judged(t, "C19", 40*s, (*world).all, []story{
		{"it ends before anybody need be told", func(w *world) { w.streams(a, 5*s, 20*s); w.ceases(a, 5500*ms) }, NotRun, ""},
		{"only what sets up decoders", func(w *world) {
			w.event(5*s, trace.ServerPublish, a, no, "")
			w.Emit(trace.Event{At: 6 * s, Kind: trace.MediaIn, Actor: a, Peer: no, V: [6]int64{int64(5 * s), 90, 1, 1, int64(5900 * ms)}})
		}, NotRun, ""},
		{"media of no stream", func(w *world) { w.arrives(a, 5*s, 9*s) }, NotRun, ""},
	})
}
