package oracle

import (
	"fmt"
	"time"
)

const (
	// echoLasts is how long somebody must hear himself: a canceller may slip for a moment.
	// echoPause is the longest pause in that. Fidelity: assumed.
	echoLasts, echoPause = 3 * time.Second, 2 * time.Second
)

// K7: on a weak network there is an echo now and then (偶有回声): in what a member hears
// of another it finds its own voice. Beside what makes the finding its text has what the
// view's measures say, echo_s and echo_db, which count every moment of an echo.
var _ = register(judge{id: "K7", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		t, back := f.tracks[p], f.tracks[pair{from: p.to, to: p.from}]
		all, any := echoed(t, back)
		applies = applies || any
		top, length := echo(t, back)
		for _, e := range echoes(all) {
			found = append(found, f.find(p.to, e.known, "hears itself from %s's phone for %s, %.1f dB below %s at the loudest; with every moment of it %s, %.1f dB",
				f.name(p.from), seconds(e.heard), -float64(e.most)/100, f.name(p.from), seconds(*length), -*top))
		}
	}
	return found, applies
}})

// echoRun is a stretch in which somebody hears himself, now and then at least.
type echoRun struct {
	span
	known time.Duration // when it can be told of
	heard time.Duration
	most  int64
}

func echoes(all []second) []echoRun {
	var runs []echoRun
	for _, s := range all {
		if s.echo <= EchoLeast {
			continue
		}
		if n := len(runs); n > 0 && s.from-runs[n-1].to <= echoPause {
			r := &runs[n-1]
			r.to, r.heard, r.most = s.to, r.heard+s.length(), max(r.most, s.echo)
			continue
		}
		runs = append(runs, echoRun{s.span, s.known(), s.length(), s.echo})
	}
	var out []echoRun
	for _, r := range runs {
		if r.heard >= echoLasts {
			out = append(out, r)
		}
	}
	return out
}

// louder says by how much.
func louder(by int64) string {
	if by < 0 {
		return fmt.Sprintf("%.1f dB quieter", -float64(by)/100)
	}
	return fmt.Sprintf("%.1f dB louder", float64(by)/100)
}
