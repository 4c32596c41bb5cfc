package sequence

import (
	"fmt"

	"minilab/simulator/trace"
)

// The components that report codes, by the names of their tags.
const (
	livePusher = "live-pusher"
	livePlayer = "live-player"
)

// Codes are all codes that a member's component reported, in their order: those of its
// live-pushers, or of its live-players for the stream of another member.
func Codes(rec *trace.Record, component, member, of string) ([]int, error) {
	kind := trace.PusherCode
	switch {
	case component == livePlayer && of == "":
		return nil, fmt.Errorf("a %s needs whose stream it plays", livePlayer)
	case component == livePlayer:
		kind = trace.PlayerCode
	case component != livePusher:
		return nil, fmt.Errorf("component %q: want %s or %s", component, livePusher, livePlayer)
	}
	whose, peer := rec.Actor(member), rec.Actor(of)
	if whose == trace.Nobody || of != "" && peer == trace.Nobody {
		return nil, fmt.Errorf("there is no member %q or %q", member, of)
	}
	var out []int
	for i := range rec.Events {
		ev := &rec.Events[i]
		if ev.Kind == kind && ev.Actor == whose && (of == "" || ev.Peer == peer) {
			out = append(out, int(ev.V[0]))
		}
	}
	return out, nil
}
