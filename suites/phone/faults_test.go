package phone

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/simulator"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// checks is how many scripts are tried unless -rapid.checks says otherwise: seconds.
const checks = "40"

// No script of faults, in any order, makes a phone hang, leak a socket or a goroutine,
// or show a picture after it was destroyed. (A goroutine that stays behind fails the run
// itself.)
func TestAnyScriptOfFaults(t *testing.T) {
	defaults(t)
	met := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		o := drawOrdeal(rt)
		file := o.scenario()
		s, err := simulator.Parse("ordeal.yaml", []byte(file))
		if err != nil {
			rt.Fatalf("%v\n%s", err, file)
		}
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		r, err := simulator.Run(ctx, simulator.Options{Scenario: s, Seed: rapid.Uint64Range(1, 1000).Draw(rt, "seed")})
		if err != nil {
			rt.Fatalf("%v\n%s", err, file)
		}
		count(met, r.Record)
		for _, wrong := range survived(r.Record) {
			rt.Errorf("%s", wrong)
		}
		if rt.Failed() {
			rt.Logf("%s", file)
		}
	})
	if flag.Lookup("rapid.checks").Value.String() != checks {
		return
	}
	// What nobody met was not tried.
	for _, what := range []string{"hide", "suspend", "resume", "show", "destroy", "killed", "cold start", "onAudioInterruptionBegin", "gave up", "left", "recovering"} {
		if met[what] == 0 {
			t.Errorf("in %s scripts nobody met %q: %v", checks, what, met)
		}
	}
}

// count notes what phones met.
func count(met map[string]int, rec *trace.Record) {
	for _, ev := range rec.Events {
		switch ev.Kind {
		case trace.HostState:
			met[rec.Text(ev.Text)]++
			met[rec.Text(ev.Note)]++
		case trace.HostTold, trace.AppState:
			met[rec.Text(ev.Text)]++
		case trace.PusherCode, trace.PlayerCode:
			if ev.V[0] == -1307 || ev.V[0] == -2301 {
				met["gave up"]++
			}
		}
	}
}

// defaults sets rapid's flags unless the command line does.
func defaults(t *testing.T) {
	t.Helper()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.checks": checks, "rapid.seed": "1", "rapid.nofailfile": "true", "rapid.shrinktime": "20s"} {
		if given[name] {
			continue
		}
		old := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(name, old) })
	}
}

// survived says what is wrong with phones after a run in which all leave at the end.
func survived(rec *trace.Record) []string {
	var wrong []string
	for i := range rec.Head.Members {
		wrong = append(wrong, socketsLeft(rec, trace.ActorID(i))...)
		wrong = append(wrong, signsOfLife(rec, trace.ActorID(i))...)
		wrong = append(wrong, picturesOfNothing(rec, trace.ActorID(i))...)
		wrong = append(wrong, hangs(rec, trace.ActorID(i))...)
	}
	for _, v := range oracle.Invariants(rec) {
		if v.Verdict == oracle.Violated {
			wrong = append(wrong, fmt.Sprintf("invariant %s: %v", v.ID, v.Findings))
		}
	}
	return wrong
}

func say(rec *trace.Record, ev trace.Event, format string, a ...any) string {
	return fmt.Sprintf("%v %s: ", ev.At, rec.Actors[ev.Actor]) + fmt.Sprintf(format, a...)
}

// socketsLeft are connections of a phone that nobody has closed at the end.
func socketsLeft(rec *trace.Record, who trace.ActorID) (wrong []string) {
	type socket struct {
		text   trace.TextID
		peer   trace.ActorID
		number int64
	}
	open := map[socket]int{}
	last := map[socket]trace.Event{}
	var order []socket
	for _, ev := range rec.Events {
		if ev.Actor != who || ev.Kind != trace.SocketOpened && ev.Kind != trace.SocketClosed {
			continue
		}
		s := socket{ev.Text, ev.Peer, ev.V[0]}
		if ev.Kind == trace.SocketOpened {
			if _, known := last[s]; !known {
				order = append(order, s)
			}
			open[s]++
			last[s] = ev
		} else {
			open[s]--
		}
	}
	for _, s := range order {
		if open[s] != 0 {
			wrong = append(wrong, say(rec, last[s], "its %s socket is opened %d times more than closed", rec.Text(s.text), open[s]))
		}
	}
	return wrong
}

// states are those of HostState after which there is no page.
var states = map[string]bool{"destroy": true, "killed": true}

// signsOfLife are what a page does, shows or says after it has gone, until it is
// opened anew.
func signsOfLife(rec *trace.Record, who trace.ActorID) (wrong []string) {
	gone := time.Duration(-1)
	for _, ev := range rec.Events {
		switch {
		case ev.Actor != who:
		case ev.Kind == trace.HostState:
			if gone = time.Duration(-1); states[rec.Text(ev.Text)] {
				gone = ev.At
			}
		case gone < 0:
		case ev.Kind == trace.FrameShown, ev.Kind == trace.FrameCaptured, ev.Kind == trace.CallIssued, ev.Kind == trace.CallDone,
			ev.Kind == trace.ClientEvent, ev.Kind == trace.HostTold, ev.Kind == trace.PlayStarted, ev.Kind == trace.PushStarted,
			ev.Kind == trace.SocketOpened, ev.Kind == trace.PusherCode, ev.Kind == trace.PlayerCode,
			ev.Kind == trace.AudioPlayed && ev.At > gone:
			wrong = append(wrong, say(rec, ev, "%v, though its page is gone since %v", ev.Kind, gone))
		}
	}
	return wrong
}

// picturesOfNothing are pictures shown in a tile whose player has been stopped.
func picturesOfNothing(rec *trace.Record, who trace.ActorID) (wrong []string) {
	playing := map[trace.ActorID]bool{}
	for _, ev := range rec.Events {
		if ev.Actor != who {
			continue
		}
		switch ev.Kind {
		case trace.PlayStarted:
			playing[ev.Peer] = true
		case trace.PlayStopped:
			playing[ev.Peer] = false
		case trace.FrameShown:
			if !playing[ev.Peer] {
				wrong = append(wrong, say(rec, ev, "shows %s, whose player was stopped", rec.Actors[ev.Peer]))
			}
		}
	}
	return wrong
}

// hangs tells whether a page that is there at the end didn't leave when it was told to.
func hangs(rec *trace.Record, who trace.ActorID) []string {
	gone, state := false, ""
	var last trace.Event
	for _, ev := range rec.Events {
		if ev.Actor != who {
			continue
		}
		last = ev
		switch ev.Kind {
		case trace.HostState:
			gone = states[rec.Text(ev.Text)]
		case trace.AppState:
			state = rec.Text(ev.Text)
		}
	}
	if !gone && state != "left" {
		return []string{say(rec, last, "is %q at the end and heeds nobody", state)}
	}
	return nil
}
