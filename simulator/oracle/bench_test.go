package oracle

import (
	"fmt"
	"sort"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// largeRecord is a call of seventeen for ten minutes, seven of them with pictures,
// with a mute every ten seconds: about a million events.
func largeRecord() *trace.Record {
	const members, cameras, length = 17, 7, 600 * time.Second
	r := &trace.Record{Head: trace.Head{Length: length}, Texts: judgedTexts}
	text := map[string]trace.TextID{}
	for i, s := range judgedTexts {
		text[s] = trace.TextID(i)
	}
	add := func(at time.Duration, k trace.Kind, actor, peer trace.ActorID, s, note string, v ...int64) {
		ev := trace.Event{At: at, Kind: k, Actor: actor, Peer: peer, Text: text[s], Note: text[note]}
		copy(ev.V[:], v)
		r.Events = append(r.Events, ev)
	}
	for m := range trace.ActorID(members) {
		r.Head.Members = append(r.Head.Members, trace.Member{ID: fmt.Sprint("m", m)})
		r.Actors = append(r.Actors, r.Head.Members[m].ID)
		camera := int64(0)
		if m < cameras {
			camera = 1
		}
		add(1, trace.CallIssued, m, trace.Nobody, "join", "", int64(m))
		add(2, trace.ServerJoined, m, trace.Nobody, "broadcaster", "")
		add(3, trace.CallDone, m, trace.Nobody, "join", "", int64(m), 1)
		add(4, trace.CallIssued, m, trace.Nobody, "publish", "", 100+int64(m))
		add(5, trace.ServerPublish, m, trace.Nobody, "", "")
		add(6, trace.PushStarted, m, trace.Nobody, "", "", camera, 1)
		for s := time.Duration(0); s < length; s += time.Second {
			add(s+time.Second, trace.MediaIn, m, trace.Nobody, "", "", int64(s), 1, 15*camera, 43, int64(s+990*time.Millisecond))
		}
		for n := int64(0); m < cameras && time.Duration(n)*frameGap < length; n++ {
			add(time.Duration(n)*frameGap, trace.FrameCaptured, m, trace.Nobody, "", "", n)
		}
		for v := range trace.ActorID(members) {
			if v == m {
				continue
			}
			add(7, trace.PlayStarted, v, m, "", "")
			for s := time.Duration(0); s < length; s += time.Second {
				add(s+time.Second, trace.RelayOut, v, m, "", "", int64(s), 15*camera, 43)
				add(s+time.Second, trace.AudioPlayed, v, m, "", "", int64(s), int64(time.Second), 1000, int64(m), -2000)
			}
			for n := int64(0); m < cameras && v < cameras && time.Duration(n)*frameGap < length-time.Second; n++ {
				at := time.Duration(n) * frameGap
				add(at+300*time.Millisecond, trace.FrameShown, v, m, "", "", n, int64(at), int64(m), 0, at.Milliseconds(), 1000)
			}
		}
	}
	for n := range int64(59) {
		at := time.Duration(n)*10*time.Second + 5*time.Second
		add(at, trace.CallIssued, 0, 1, "mute", "video", 1000+2*n)
		add(at, trace.ServerMuted, 0, 1, "video", "")
		add(at, trace.CallDone, 0, trace.Nobody, "mute", "", 1000+2*n, 1)
		add(at+4*time.Second, trace.CallIssued, 0, 1, "unmute", "video", 1001+2*n)
		add(at+4*time.Second, trace.ServerUnmuted, 0, 1, "video", "")
		add(at+4*time.Second, trace.CallDone, 0, trace.Nobody, "unmute", "", 1001+2*n, 1)
	}
	sort.SliceStable(r.Events, func(i, j int) bool { return r.Events[i].At < r.Events[j].At })
	return r
}

func BenchmarkLargeRecord(b *testing.B) {
	r := largeRecord()
	for name, f := range map[string]func(){"Judge": func() { Judge(r) }, "Views": func() { Views(r) }} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(len(r.Events))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
		})
	}
}
