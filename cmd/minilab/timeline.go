package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"minilab/fixtures"
	"minilab/simulator/trace"
)

// barWidth is the width of a member's bar.
const barWidth = 72

// maxMoments is how many moments of a member are printed.
const maxMoments = 24

// moment is something worth telling of a member.
type moment struct {
	at   time.Duration
	text string
	bad  bool
}

// manyMembers is from how many members on the timeline is short: a line each, and
// below it only what went wrong.
const manyMembers = 9

// showTimelines gives each member a bar of its states and the list of its moments.
func (j *judged) showTimelines(e *env) {
	fmt.Fprintln(e.stdout, e.style.bold("what happened"))
	many := len(j.Record.Head.Members) >= manyMembers
	for i := range j.Record.Head.Members {
		m := &j.Record.Head.Members[i]
		bar, moments := "|"+e.style.bar(j.bar(trace.ActorID(i)))+"|", j.moments(trace.ActorID(i))
		if many {
			fmt.Fprintf(e.stdout, "  %s %s\n", e.style.bold(pad(m.ID, 9)), bar)
			moments = slices.DeleteFunc(moments, func(x moment) bool { return !x.bad })
		} else {
			fmt.Fprintf(e.stdout, "  %s  %s\n", e.style.bold(pad(m.ID, 9)), e.style.dim(strings.Join([]string{m.Device, m.Network, m.Role}, ", ")))
			fmt.Fprintf(e.stdout, "  %s\n", bar)
		}
		showMoments(e, moments)
	}
	fmt.Fprintf(e.stdout, "  %s\n\n", e.style.dim(fmt.Sprintf(". joining  - in the channel  = pushing  ? recovering  x no network   (one character: %.2g s)",
		j.Record.Head.Length.Seconds()/barWidth)))
}

func showMoments(e *env, moments []moment) {
	for _, x := range moments[:min(len(moments), maxMoments)] {
		text := x.text
		if x.bad {
			text = e.style.bad(text)
		}
		fmt.Fprintf(e.stdout, "  %s s  %s\n", padLeft(seconds(x.at), 8), text)
	}
	if n := len(moments) - maxMoments; n > 0 {
		fmt.Fprintf(e.stdout, "  %s    and %d more; --json has all calls and codes\n", padLeft("", 8), n)
	}
}

// bar colours a bar: blue where media is pushed, orange where something is wrong.
func (s style) bar(cells string) string {
	var b strings.Builder
	for len(cells) > 0 {
		n := len(cells) - len(strings.TrimLeft(cells, cells[:1]))
		run := cells[:n]
		switch run[0] {
		case '=':
			run = s.good(run)
		case 'x', '?':
			run = s.bad(run)
		}
		b.WriteString(run)
		cells = cells[n:]
	}
	return b.String()
}

// bar draws a member's states over time.
func (j *judged) bar(id trace.ActorID) string {
	var bar [barWidth]byte
	cell := func(t time.Duration) int {
		return min(barWidth-1, int(t*barWidth/j.Record.Head.Length))
	}
	paint := func(from int, c byte) {
		for i := from; i < barWidth; i++ {
			bar[i] = c
		}
	}
	paint(0, ' ')
	state, pushing, down := byte(' '), false, false
	for i := range j.Record.Events {
		ev := &j.Record.Events[i]
		if ev.Actor != id {
			continue
		}
		now, told := j.stateOf(ev)
		switch {
		case told:
			state = cmp.Or(map[string]byte{"joining": '.', "joined": '-', "recovering": '?'}[now], ' ')
			pushing = pushing && now != stateGone
		case ev.Kind == trace.ServerPushOpened:
			pushing = true
		case ev.Kind == trace.ServerPushClosed || ev.Kind == trace.PushStopped || ev.Kind == trace.PusherCode && ev.V[0] == codeHeld:
			pushing = false
		case ev.Kind == trace.OutageBegan:
			down = true
		case ev.Kind == trace.OutageEnded:
			down = false
		default:
			continue
		}
		paint(cell(ev.At), picked(state, pushing, down))
	}
	return string(bar[:])
}

// codeHeld: the host has stopped the push. What may still go out is a waiting image.
const codeHeld = 5000

// picked is the character of a bar for a page in a state.
func picked(state byte, pushing, down bool) byte {
	switch {
	case down:
		return 'x'
	case pushing && state == '-':
		return '='
	}
	return state
}

// stateGone is the state of a page that has ended, destroyed by its host or with it.
const stateGone = "gone"

// stateOf is the state that an event says a member's page is in from then on, if it does.
func (j *judged) stateOf(ev *trace.Event) (state string, told bool) {
	text := j.Record.Text(ev.Text)
	switch {
	case ev.Kind == trace.AppState:
		return text, true
	case ev.Kind == trace.HostState && (text == "destroy" || text == "killed"):
		return stateGone, true
	}
	return "", false
}

// moments are what is worth telling of a member, in the order of time. Codes and answers
// that repeat are told where they first came, with how often they did, and the last time.
func (j *judged) moments(id trace.ActorID) []moment {
	var out []moment
	seen := map[string]bool{}
	once := func(ev *trace.Event, bad bool, text string) {
		if !seen[text] {
			seen[text] = true
			out = append(out, moment{ev.At, text, bad})
		}
	}
	again := repeats{}
	for i := range j.Record.Events {
		ev := &j.Record.Events[i]
		if ev.Actor != id {
			continue
		}
		text := j.Record.Text(ev.Text)
		switch ev.Kind {
		case trace.AppState:
			out = append(out, moment{ev.At, told(text, j.Record.Text(ev.Note)), text == "recovering"})
		case trace.HostState:
			out = append(out, moment{ev.At, told(hostStates[text], j.Record.Text(ev.Note)), text == "destroy" || text == "killed"})
		case trace.HostInterrupted:
			out = append(out, moment{ev.At, [...]string{"phone call over", "phone call begins"}[ev.V[0]&1], false})
		case trace.HostTold:
			if what, worth := j.toldByHost(ev); worth {
				out = append(out, moment{ev.At, what, false})
			}
		case trace.FaultInjected:
			out = append(out, moment{ev.At, "script: " + told(text, j.Record.Text(ev.Note)), false})
		case trace.CallDone:
			if ev.V[1] == 0 {
				again.tell(&out, moment{ev.At, fmt.Sprintf("%s fails with %d %s", text, ev.V[2], j.Record.Text(ev.Note)), true})
			}
		case trace.ClientEvent:
			if text == "error" {
				out = append(out, moment{ev.At, fmt.Sprintf("SDK error %d %s", ev.V[1], j.Record.Text(ev.Note)), true})
			}
		case trace.PusherCode:
			if tell, ok := pusherCodes[ev.V[0]]; ok {
				again.tell(&out, moment{ev.At, fmt.Sprintf("pusher %d: %s", ev.V[0], tell.text), tell.bad})
			}
		case trace.PlayerCode:
			if tell, ok := playerCodes[ev.V[0]]; ok {
				again.tell(&out, moment{ev.At, fmt.Sprintf("player of %s %d: %s", j.Name(ev.Peer), ev.V[0], tell), true})
			}
		case trace.TileStatus:
			if text == "error" {
				out = append(out, moment{ev.At, "error picture over " + j.Name(ev.Peer), true})
			}
		case trace.ServerMuted, trace.ServerUnmuted:
			out = append(out, moment{ev.At, fmt.Sprintf("%s %s of %s", ev.Kind, text, j.Name(ev.Peer)), false})
		case trace.FrameShown:
			what := "sees " + j.Name(ev.Peer)
			if ev.V[3]&trace.ShownWaiting != 0 {
				what = "sees an image in place of " + j.Name(ev.Peer)
			}
			once(ev, false, what)
		case trace.AudioPlayed:
			once(&trace.Event{At: time.Duration(ev.V[0])}, false, "hears "+j.Name(ev.Peer))
		}
	}
	again.count(out)
	out = append(out, j.stalls(id)...)
	slices.SortStableFunc(out, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	return out
}

// repeats are what comes again and again, by what is told of it.
type repeats map[string]*repeated

type repeated struct {
	at   int // its place among the moments
	n    int
	last time.Duration
}

// tell adds a moment, or counts it where it has been told.
func (r repeats) tell(out *[]moment, m moment) {
	known := r[m.text]
	if known == nil {
		known = &repeated{at: len(*out)}
		r[m.text] = known
		*out = append(*out, m)
	}
	known.n, known.last = known.n+1, m.at
}

// count says of what came more than once how often it did.
func (r repeats) count(out []moment) {
	for _, x := range r {
		if x.n > 1 {
			out[x.at].text += fmt.Sprintf(" (x%d, last at %s s)", x.n, seconds(x.last))
		}
	}
}

// toldByHost is what wx told a page, in words, if it is worth telling.
func (j *judged) toldByHost(ev *trace.Event) (text string, worth bool) {
	name, note := j.Record.Text(ev.Text), j.Record.Text(ev.Note)
	switch name {
	case "onMemoryWarning", "onNetworkStatusChange", "onAudioInterruptionBegin", "onAudioInterruptionEnd":
		if text = "told " + told(name, note); ev.V[0] == 0 {
			text += ", which its page doesn't listen to"
		}
		return text, true
	case "onShow", "onHide", "onLaunch", "onSocketClose":
		return "", false // what else is told says as much
	}
	return fmt.Sprintf("pusher's %s fails: %s", name, note), true
}

// stalls are a member's freezes and fast playback, as its views measured them.
func (j *judged) stalls(id trace.ActorID) []moment {
	var out []moment
	for _, v := range j.Views {
		if v.To != id {
			continue
		}
		if f := v.Freeze.WebRTC; f != nil {
			for i, at := range f.Since {
				if i == 3 {
					out = append(out, moment{at, fmt.Sprintf("%s's picture freezes %d times more", j.Name(v.From), f.N-i), true})
					break
				}
				out = append(out, moment{at, j.Name(v.From) + "'s picture freezes", true})
			}
		}
		for _, at := range v.FastSince {
			out = append(out, moment{at, j.Name(v.From) + " plays fast", true})
		}
	}
	return out
}

func told(what, why string) string {
	if why == "" {
		return strings.TrimSuffix(what, ":")
	}
	return what + " " + why
}

// The component codes that a timeline tells, in words; the rest is in the JSON.
// Source: live-pusher and live-player documentation.
var (
	pusherCodes = map[int64]struct {
		text string
		bad  bool
	}{
		1002:     {"pushing", false},
		1101:     {"uplink poor", true},
		1102:     {"disconnected, reconnecting", true},
		1103:     {"hardware encoder failed, software used", true},
		1104:     {"encoder restarted", true},
		3004:     {"the server closed the connection", true},
		3005:     {"connection broken", true},
		3008:     {"nothing sent for 30 s", true},
		codeHeld: {"stopped while the page sleeps", true},
		5001:     {"interrupted by a call", true},
		-1301:    {"camera failed to open", true},
		-1303:    {"encoding failed", true},
		-1307:    {"retries exhausted", true},
	}
	playerCodes = map[int64]string{
		2007: "loading", 2103: "disconnected, reconnecting", 3005: "connection broken", 6000: "stopped while the page sleeps", -2301: "retries exhausted",
	}
)

// hostStates are the trace's words of a host, for people.
var hostStates = map[string]string{
	"hide": "page left by", "show": "page on the screen", "suspend": "page asleep", "resume": "page awake",
	"destroy": "page destroyed:", "killed": "WeChat ends:",
}

// control is the command of an issue's control run, if the issue's cause run is of
// that scenario; else empty.
func control(id, scenario string, seed uint64) string {
	for _, i := range fixtures.Issues() {
		if i.ID == id && i.Cause.Scenario == scenario {
			return recipeCommand(i.Control, seed)
		}
	}
	return ""
}
