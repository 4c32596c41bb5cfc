package relay

import (
	"slices"
	"time"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// World is what a stream needs of its surroundings.
type World struct {
	Now     func() time.Duration
	Log     *trace.Log // may be nil
	Server  trace.ActorID
	Options Options
}

// Stream is one publisher's media. It outlives the publisher's connections: who
// comes back goes on where subscribers still wait.
type Stream struct {
	w         *World
	publisher trace.ActorID
	subs      []*Subscriber
	live      bool    // a publisher is connected
	silent    [2]bool // media that the publisher said it doesn't send

	metadata, videoConfig, audioConfig *unit

	gop      []*unit // from the last key frame on, audio included
	gopBytes int
	gopAudio int // audio since the last picture in it

	last   [media]*unit // the last message of each medium
	newest *unit        // the last coded one
	epoch  uint32
	span   inSpan
}

// NewStream makes a stream without publisher or subscribers.
func NewStream(w *World, publisher trace.ActorID) *Stream {
	return &Stream{w: w, publisher: publisher, span: newInSpan()}
}

// Begin says that a publisher's connection was accepted. Its clock starts anew and
// what the one before left behind is forgotten, so that nobody gets old pictures. If
// it takes over from a connection that still stood, viewers aren't bothered.
func (s *Stream) Begin() {
	takesOver := s.live
	if takesOver {
		s.Tick()
	}
	s.live = true
	s.epoch++
	s.last, s.newest = [media]*unit{}, nil
	s.metadata, s.videoConfig, s.audioConfig = nil, nil, nil
	s.dropGOP()
	s.span = newInSpan()
	for _, sub := range s.subs {
		sub.waitKey = true
		if !takesOver {
			s.announce(sub)
		}
	}
}

// End says that the publisher's connection is gone. Subscribers stay and wait.
func (s *Stream) End() {
	if !s.live {
		return
	}
	s.Tick()
	s.live = false
	s.dropGOP()
	for _, sub := range s.subs {
		s.announce(sub)
	}
}

func (s *Stream) announce(sub *Subscriber) {
	if s.w.Options.Notify {
		sub.out.Announce(s.live)
	}
}

// Tick ends the spans of the trace; to be called at least each second while the
// stream is in use.
func (s *Stream) Tick() {
	if s.live {
		s.flushIn()
	}
	for _, sub := range s.subs {
		sub.flush()
	}
}

// Media takes a message from the publisher. It reports whether the message was
// coded audio or video, rather than a description of it.
func (s *Stream) Media(m rtmp.Message) (coded bool) {
	s.span.add(s.w.Now(), m)
	u := s.unit(m)
	if u == nil {
		return false
	}
	if u.part != partConfig && s.silent[u.medium] {
		return true
	}
	s.remember(u)
	for _, sub := range s.subs {
		sub.offer(u)
	}
	return u.part != partConfig
}

func (s *Stream) unit(m rtmp.Message) *unit {
	medium, p, ok := classify(m)
	if !ok {
		return nil
	}
	u := &unit{msg: m, medium: medium, part: p, arrived: s.w.Now()}
	u.msg.CSID = medium.chunkStream()
	if before := s.last[medium]; before != nil {
		u.delta = m.Timestamp - before.msg.Timestamp
	}
	if s.newest != nil && p != partConfig {
		step := time.Duration(int32(m.Timestamp-s.newest.msg.Timestamp)) * time.Millisecond
		if step > s.w.Options.TimestampJump || step < -maxSkew {
			s.epoch++
		}
	}
	u.epoch = s.epoch
	s.last[medium] = u
	if p != partConfig {
		s.newest = u
	}
	return u
}

// pureAudio is how many audio messages without a picture between them mean that the
// publisher sends no video any more: its last picture is history then, and so is the
// sound that came with it. Source: SRS, SRS_PURE_AUDIO_GUESS_COUNT 115; fidelity: documented.
const pureAudio = 115

// maxSkew is how far a message may lie behind the one before it, of the other medium,
// on the same clock. Source: none; fidelity: assumed.
const maxSkew = 2 * time.Second

// remember keeps what newcomers will need.
func (s *Stream) remember(u *unit) {
	switch {
	case u.medium == data:
		s.metadata = u
		return
	case u.part == partConfig && u.medium == Video:
		s.videoConfig = u
		s.dropGOP() // pictures of the old configuration are no use any more
		return
	case u.part == partConfig:
		s.audioConfig = u
		return
	case u.part == partKey:
		s.dropGOP()
	case len(s.gop) == 0:
		return // nothing can be decoded from here
	}
	if !s.w.Options.GOPCache {
		return
	}
	s.gop = append(s.gop, u)
	s.gopBytes += u.size()
	s.gopAudio++
	if u.medium == Video {
		s.gopAudio = 0
	}
	if s.gopBytes > s.w.Options.GOPBytes || s.gopAudio > pureAudio {
		s.dropGOP()
	}
}

func (s *Stream) dropGOP() {
	clear(s.gop)
	s.gop = s.gop[:0]
	s.gopBytes, s.gopAudio = 0, 0
}

// Silence stops (on) or resumes a medium for all subscribers, as the publisher asked,
// whatever its connection goes on sending. What waits in queues is taken out; video
// resumes at a key frame.
func (s *Stream) Silence(m Medium, on bool) {
	if s.w.Options.Defects.LocalMuteIgnored || s.silent[m] == on {
		return
	}
	s.silent[m] = on
	if on && m == Video {
		s.dropGOP()
	} else if on {
		s.gop = slices.DeleteFunc(s.gop, func(u *unit) bool {
			if u.medium == m {
				s.gopBytes -= u.size()
			}
			return u.medium == m
		})
		s.gopAudio = 0
	}
	for _, sub := range s.subs {
		sub.silenced(m, on)
	}
}

// View says who subscribes and what it doesn't get.
type View struct {
	Viewer trace.ActorID
	Muted  [2]bool // by Audio, Video
	Blind  bool    // no video: the viewer couldn't decode it
}

// Subscribe starts to send to out: metadata, sequence headers, the cached group of
// pictures, then what comes.
func (s *Stream) Subscribe(v View, out Outlet) *Subscriber {
	flaws := s.w.Options.Defects
	v.Muted[Video] = v.Muted[Video] && !flaws.MuteIgnoresVideo
	v.Muted[Audio] = v.Muted[Audio] && !flaws.MuteIgnoresAudio
	sub := &Subscriber{s: s, viewer: v.Viewer, out: out, muted: v.Muted, blind: v.Blind, waitKey: true, span: outSpan{start: s.w.Now()}}
	s.subs = append(s.subs, sub)
	if s.metadata != nil {
		sub.push(s.metadata)
	}
	for _, m := range [...]Medium{Video, Audio} {
		sub.pushConfig(m)
	}
	for _, u := range s.gop {
		if !sub.shut(u.medium) {
			sub.push(u)
		}
	}
	if len(s.gop) > 0 && !sub.shut(Video) {
		sub.waitKey = false
	}
	sub.Drain()
	return sub
}

func (s *Stream) config(m Medium) *unit {
	if m == Video {
		return s.videoConfig
	}
	return s.audioConfig
}

func (s *Stream) forget(sub *Subscriber) {
	if i := slices.Index(s.subs, sub); i >= 0 {
		s.subs = slices.Delete(s.subs, i, i+1)
	}
}
