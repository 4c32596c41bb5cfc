package phone

import (
	"strings"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// happening is an event of the first member, by hand.
type happening struct {
	kind       trace.Kind
	text, note string
	v0         int64
}

// recordOf has one thing happen each second.
func recordOf(t *testing.T, all []happening) *trace.Record {
	t.Helper()
	now := time.Duration(0)
	log := trace.NewLog(trace.Head{Members: []trace.Member{{ID: "ann"}, {ID: "ben"}}}, func() time.Duration { return now })
	for _, h := range all {
		now += time.Second
		log.Add(h.kind, 0, 1, h.text, h.note, h.v0)
	}
	now += time.Second
	log.Add(trace.AppState, 1, trace.Nobody, "left", "")
	rec, err := log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// The checks of what phones survive see what is wrong, and nothing else.
func TestSurvivalIsJudgedBothWays(t *testing.T) {
	left := happening{trace.AppState, "left", "", 0}
	opened := happening{trace.SocketOpened, "gateway", "a", 1}
	closed := happening{trace.SocketClosed, "gateway", "", 1}
	plays := happening{trace.PlayStarted, "", "rtmp://a/b", 0}
	stops := happening{trace.PlayStopped, "", "", 0}
	shows := happening{trace.FrameShown, "", "", 1}
	killed := happening{trace.HostState, "killed", "", 0}
	reopened := happening{trace.HostState, "show", "cold start", 0}
	for name, c := range map[string]struct {
		all  []happening
		want string // "": nothing is wrong
	}{
		"a visit":                      {[]happening{opened, plays, shows, stops, closed, left}, ""},
		"a socket is left open":        {[]happening{opened, left}, "gateway socket is opened 1 times more"},
		"closed twice":                 {[]happening{opened, closed, closed, left}, "opened -1 times more"},
		"another socket is closed":     {[]happening{opened, {trace.SocketClosed, "gateway", "", 2}, left}, "gateway socket is opened 1 times more"},
		"shows what was stopped":       {[]happening{plays, stops, shows, left}, "shows ben, whose player was stopped"},
		"shows what never played":      {[]happening{shows, left}, "shows ben, whose player was stopped"},
		"stays in the channel":         {[]happening{{trace.AppState, "joined", "", 0}}, "is \"joined\" at the end"},
		"killed":                       {[]happening{plays, shows, stops, killed}, ""},
		"killed, then it shows":        {[]happening{plays, killed, shows}, "though its page is gone"},
		"killed, then it calls":        {[]happening{killed, {trace.CallIssued, "leave", "", 1}}, "though its page is gone"},
		"killed, then it dials":        {[]happening{killed, opened, closed}, "though its page is gone"},
		"killed and opened anew":       {[]happening{killed, reopened, opened, closed, left}, ""},
		"opened anew, and hangs":       {[]happening{killed, reopened, {trace.AppState, "idle", "", 0}}, "is \"idle\" at the end"},
		"destroyed, then it is told":   {[]happening{{trace.HostState, "destroy", "", 0}, {trace.HostTold, "onShow", "", 0}}, "though its page is gone"},
		"hidden, and a code is raised": {[]happening{{trace.HostState, "hide", "", 0}, {trace.PusherCode, "", "", 5000}, left}, ""},
	} {
		rec := recordOf(t, c.all)
		var wrong []string
		for who := range trace.ActorID(2) {
			for _, judge := range []func(*trace.Record, trace.ActorID) []string{socketsLeft, signsOfLife, picturesOfNothing, hangs} {
				wrong = append(wrong, judge(rec, who)...)
			}
		}
		got := strings.Join(wrong, "; ")
		if c.want == "" && got != "" || c.want != "" && !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
