package relay

import (
	"time"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

const never = time.Duration(-1)

// inSpan sums up what came from the publisher for a MediaIn event. Of its metadata
// nothing is told: silence is the lack of sound and pictures.
type inSpan struct {
	first        time.Duration // the first message's arrival, or never
	bytes        int64
	video, audio int64
	last         time.Duration // the last message's
}

func (p *inSpan) add(now time.Duration, m rtmp.Message) {
	if m.Type != rtmp.TypeVideo && m.Type != rtmp.TypeAudio {
		return
	}
	if p.first == never {
		p.first = now
	}
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
	if p := &s.span; s.w.Log != nil && p.first != never {
		s.w.Log.Add(trace.MediaIn, s.publisher, trace.Nobody, "", "",
			int64(p.first), p.bytes, p.video, p.audio, int64(p.last))
	}
	s.span = newInSpan()
}

func newInSpan() inSpan { return inSpan{first: never} }

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
