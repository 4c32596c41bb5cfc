package relay

import (
	"time"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

const never = time.Duration(-1)

// inSpan sums up what came from the publisher for a MediaIn event.
type inSpan struct {
	start        time.Duration
	bytes        int64
	video, audio int64
	last         time.Duration // the last message's arrival, or never
	gap          time.Duration
}

func (p *inSpan) add(now time.Duration, m rtmp.Message) {
	p.gap = max(p.gap, now-max(p.last, p.start))
	p.last = now
	p.bytes += int64(len(m.Payload))
	switch m.Type {
	case rtmp.TypeVideo:
		p.video++
	case rtmp.TypeAudio:
		p.audio++
	}
}

func (s *Stream) flushIn() {
	now, p := s.w.Now(), &s.span
	gap := max(p.gap, now-max(p.last, p.start))
	if s.w.Log != nil && (now > p.start || p.last != never) {
		s.w.Log.Add(trace.MediaIn, s.publisher, trace.Nobody, "", "",
			int64(p.start), p.bytes, p.video, p.audio, int64(p.last), int64(gap))
	}
	s.span = inSpan{start: now, last: never}
}

// outSpan sums up what a subscriber was given for a RelayOut event.
type outSpan struct {
	start                 time.Duration
	video, audio, dropped int64
}

func (p *outSpan) count(u *unit) {
	switch u.medium {
	case Video:
		p.video++
	case Audio:
		p.audio++
	}
}

// flush ends the span, so that the next one begins now. A span in which nothing
// happened and nothing waits leaves no event.
func (sub *Subscriber) flush() {
	p := &sub.span
	if sub.s.w.Log != nil && (p.video|p.audio|p.dropped != 0 || sub.queueBytes > 0) {
		sub.s.w.Log.Add(trace.RelayOut, sub.viewer, sub.s.publisher, "", "",
			int64(p.start), p.video, p.audio, p.dropped, int64(sub.queueBytes))
	}
	sub.span = outSpan{start: sub.s.w.Now()}
}
