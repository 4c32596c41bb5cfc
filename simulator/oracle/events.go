package oracle

import "minilab/simulator/trace"

// dense kinds come by the thousand: judges find them sorted by member and view, and
// not in the story.
var dense = map[trace.Kind]bool{
	trace.FrameCaptured: true, trace.FrameDropped: true, trace.FrameShown: true, trace.AudioPlayed: true, trace.AudioMeasured: true,
	trace.PlaybackSpeed: true, trace.Buffering: true, trace.FrameOversized: true, trace.PusherStatus: true, trace.PlayerStatus: true,
	trace.MediaIn: true, trace.RelayOut: true, trace.TCPTimeout: true, trace.TCPRecovery: true, trace.LinkTotals: true,
}

// events are a member's events of some kinds in the story, in order.
func (f *facts) events(who trace.ActorID, kinds ...trace.Kind) []*trace.Event {
	var out []*trace.Event
	for _, ev := range f.of[who].story {
		for _, k := range kinds {
			if ev.Kind == k {
				out = append(out, ev)
				break
			}
		}
	}
	return out
}
