package semantics

import (
	"time"

	"minilab/simulator/campaign"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// of are a member's events of a kind and text.
func of(j *campaign.Judged, k trace.Kind, member, text string) []trace.Event {
	var out []trace.Event
	for _, ev := range lab.Events(j, k, member, "") {
		if j.Record.Text(ev.Text) == text {
			out = append(out, ev)
		}
	}
	return out
}

// times are when they happened, notes what they say.
func times(j *campaign.Judged, k trace.Kind, member, text string) []time.Duration {
	var out []time.Duration
	for _, ev := range of(j, k, member, text) {
		out = append(out, ev.At)
	}
	return out
}

func notes(j *campaign.Judged, k trace.Kind, member, text string) []string {
	var out []string
	for _, ev := range of(j, k, member, text) {
		out = append(out, j.Record.Text(ev.Note))
	}
	return out
}

// reasons are those of a member's calls of a method that failed.
func reasons(j *campaign.Judged, member, method string) []string {
	var out []string
	for _, ev := range of(j, trace.CallDone, member, method) {
		if ev.V[1] == 0 {
			out = append(out, j.Record.Text(ev.Note))
		}
	}
	return out
}

// errors are the error events that a page was told.
func errors(j *campaign.Judged, member string) []trace.Event {
	return of(j, trace.ClientEvent, member, "error")
}

// answeredLast is when a member's last lookup was answered.
func answeredLast(j *campaign.Judged, member string) time.Duration {
	var at time.Duration
	for _, ev := range of(j, trace.RequestEnded, member, "lookup") {
		if ev.V[1] == 200 {
			at = ev.At
		}
	}
	return at
}

// sentBetween are the requests that a member's WebSockets sent.
func sentBetween(j *campaign.Judged, member string, from, to time.Duration) []string {
	var out []string
	for _, ev := range of(j, trace.SocketSent, member, "gateway") {
		if what := j.Record.Text(ev.Note); ev.At >= from && ev.At < to && what != "ping" {
			out = append(out, what)
		}
	}
	return out
}

// codes are the times at which a member's component gave a code.
func codes(j *campaign.Judged, k trace.Kind, member string, code int64) []time.Duration {
	var out []time.Duration
	for _, ev := range lab.Events(j, k, member, "") {
		if ev.V[0] == code {
			out = append(out, ev.At)
		}
	}
	return out
}

// calls are those that a page made within a second.
func calls(j *campaign.Judged, member string, from time.Duration) []string {
	var out []string
	for _, ev := range lab.Events(j, trace.CallIssued, member, "") {
		if ev.At >= from && ev.At < from+time.Second {
			out = append(out, j.Record.Text(ev.Text))
		}
	}
	return out
}
