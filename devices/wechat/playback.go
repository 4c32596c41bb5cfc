package wechat

import (
	"time"

	"minilab/simulator/trace"
)

const normalSpeed = 1000 // in 1/1000

type phase uint8

const (
	priming phase = iota // waits for the first buffer
	playing
	loading // ran dry
)

// playback is the media clock of a player. Sound and pictures are laid on one axis of
// media time; head moves along it at speed, a mixer period at a time, and stands while
// there is nothing to play. Sound is heard where it is contiguous for a whole period;
// pictures are shown once head has reached them.
type playback struct {
	phase phase
	head  time.Duration // media time that has been reached
	tick  time.Duration // when head was moved last
	speed int64         // for the period that runs, in 1/1000
	step  int           // of catch-up; 0: none, or slowed

	begunAt   time.Duration // when playback began on this connection
	firstAt   time.Duration // when media came first; 0: none yet
	arrivedAt time.Duration // when media came last
	unsteady  bool          // 2104 has been reported for the gap that lasts
	markAt    time.Duration // settling: since when, and
	mark      time.Duration // what was newest then
	settled   bool          // media arrives at its own pace
	skipped   time.Duration // pictures before this are decoded and not shown

	runFrom, runTo time.Duration // contiguous sound taken from the buffer
	sound          sound         // the newest unit taken
	span           span
}

// span is sound that is being heard without interruption, at one speed.
type span struct {
	open    bool
	at      time.Duration // when it began
	media   time.Duration // the media time then
	uid     int64
	levels  int64 // sum over periods
	periods int64
}

// slowed is the step of a player that runs out of media.
const slowed = -1

// spanMost is how long an AudioPlayed event may be; also the trace's contract.
const spanMost = time.Second

// arrived notes that media has come into the buffer.
func (p *LivePlayer) arrived() {
	now := p.h.Now()
	if p.play.firstAt == 0 {
		p.play.firstAt = now
		p.play.markAt, p.play.mark = now, p.buffer.newest()
	}
	p.play.arrivedAt = now
	p.play.unsteady = false
}

// tick moves the player on by one mixer period.
func (p *LivePlayer) tick(now time.Duration) {
	if p.paused {
		return
	}
	switch p.play.phase {
	case priming:
		p.prime(now)
	case playing:
		p.play.head += (now - p.play.tick) * time.Duration(p.play.speed) / normalSpeed
		p.play.tick = now
		p.closeLongSpan(now)
		p.show(now)
		p.plan(now)
	case loading:
		p.load(now)
	}
}

// quiet tells whether what is played isn't to be heard, or can't be; it is played all
// the same.
func (p *LivePlayer) quiet() bool { return p.hushed() || p.h.sound.music.busy }

// hushed tells whether it isn't to be heard.
func (p *LivePlayer) hushed() bool { return p.o.Muted || p.call || p.unheard() }

// prime begins playback once media arrives at its own pace and is enough. What a
// server held back from before is skipped, so that a call begins at the live edge.
func (p *LivePlayer) prime(now time.Duration) {
	b := &p.play
	if b.firstAt == 0 {
		return
	}
	newest := p.buffer.newest()
	if now-b.markAt >= p.params.Settle {
		b.settled = newest-b.mark <= now-b.markAt+ownPace
		b.markAt, b.mark = now, newest
	}
	first, ok := p.buffer.next()
	if !ok || newest-first < p.target || !b.settled && now-b.firstAt < p.params.SettleMost {
		return
	}
	b.head = first
	if edge := newest - p.target; edge-first > skipLeast {
		b.head = edge
		b.skipped = edge
	} else if p.buffer.sounds.len() > 0 && p.buffer.sounds.front().start-first < lipSync {
		b.head = max(first, p.buffer.sounds.front().start)
	}
	b.phase, b.tick, b.begunAt = playing, now, now
	b.runFrom, b.runTo = b.head, b.head
	p.buffering(false)
	p.code(codePlayBegan)
	p.dropSounds(b.head)
	p.plan(now)
	p.show(now)
}

// ownPace is how much more than real time may arrive in a settling time for media to
// come at its own pace: a picture and a half, and as much again. Fidelity: assumed.
const ownPace = 200 * time.Millisecond

// lipSync is how much later than the first picture the first sound may be for both to
// begin together. It is less than a picture's time. Fidelity: assumed.
const lipSync = 60 * time.Millisecond

// skipLeast is how much more than the target may be buffered before it is skipped.
// Fidelity: assumed.
const skipLeast = 150 * time.Millisecond

// load goes on once the least buffer is there.
func (p *LivePlayer) load(now time.Duration) {
	first, ok := p.buffer.next()
	if !ok {
		return
	}
	b := &p.play
	if first-b.head > p.params.Hole {
		b.head = first
	}
	if p.buffered() < p.least {
		return
	}
	b.phase, b.tick = playing, now
	p.buffering(false)
	p.code(codePlayBegan)
	p.plan(now)
}

// buffered is how much there is to play: sound if the stream has any at this point.
func (p *LivePlayer) buffered() time.Duration {
	b := &p.play
	if p.buffer.heard && p.buffer.soundsEnd > b.head && p.buffer.viewsEnd-p.buffer.soundsEnd <= p.params.Hole {
		taken := max(0, b.runTo-max(b.head, b.runFrom))
		return taken + time.Duration(p.buffer.sounds.len())*p.buffer.unit
	}
	return max(0, p.buffer.newest()-b.head)
}

// plan decides on the period that begins now: whether there is something to play, at
// which speed, and whether sound is heard in it.
func (p *LivePlayer) plan(now time.Duration) {
	b := &p.play
	if gap := now - b.arrivedAt; gap > p.params.Unsteady && !b.unsteady && p.link.flowing() {
		b.unsteady = true
		p.code(codeUnsteady)
	}
	p.skip(now)
	p.choose(now)
	to := b.head + p.h.mixer.period()*time.Duration(b.speed)/normalSpeed
	if p.end() < to {
		p.runDry(now)
		return
	}
	p.takeSounds(to)
	heard := b.runFrom <= b.head && to <= b.runTo
	if heard {
		p.voice.plan(b.head-b.runFrom, to-b.head)
	}
	heard = heard && !p.quiet()
	switch {
	case !heard:
		p.closeSpan(now)
		return
	case b.span.open && b.span.uid != b.sound.uid:
		p.closeSpan(now)
	}
	if !b.span.open {
		b.span = span{open: true, at: now, media: b.head, uid: b.sound.uid}
		p.voice.level()
	}
	if !p.screen.heard {
		p.screen.heard = true
		p.code(codeFirstAudio)
	}
	b.span.levels += int64(b.sound.level)
	b.span.periods++
}

// end is how far head may go: through all sound, and one period past the newest
// picture, so that it is shown.
func (p *LivePlayer) end() time.Duration {
	end := p.play.runTo
	if p.buffer.heard {
		end = p.buffer.soundsEnd
	}
	if p.buffer.seen {
		end = max(end, p.buffer.viewsEnd+p.h.mixer.period())
	}
	return end
}

// runDry stops the clock until there is something again.
func (p *LivePlayer) runDry(now time.Duration) {
	p.closeSpan(now)
	p.setSpeed(now, 0)
	p.play.phase = loading
	if p.link.flowing() { // else 2103 has told the page already
		if !p.play.unsteady {
			p.play.unsteady = true
			p.code(codeUnsteady)
		}
		if !p.h.o.Defects.LoadingUntold {
			p.code(codeLoading)
		}
	}
	p.buffering(true)
}

// buffering reports that the player ran dry, or that it goes on.
func (p *LivePlayer) buffering(on bool) {
	if p.dry == on {
		return
	}
	p.dry = on
	p.h.emit(trace.Event{Kind: trace.Buffering, Peer: p.o.Peer, V: [6]int64{flag(on), p.buffered().Milliseconds()}})
}

// skip jumps over a hole that neither sound nor picture fills, and, shortly after
// the beginning, over a backlog that came late.
func (p *LivePlayer) skip(now time.Duration) {
	b := &p.play
	to := b.head
	if first, ok := p.buffer.next(); ok && b.runTo <= b.head && first-b.head > p.params.Hole {
		to = first
	}
	if now-b.begunAt < p.params.JoinWindow && p.buffered() > p.most {
		to = max(to, p.buffer.newest()-p.target)
		b.skipped = to
	}
	if to == b.head {
		return
	}
	p.closeSpan(now)
	b.head = to
	p.dropSounds(to)
}

// choose sets the speed by what is buffered.
func (p *LivePlayer) choose(now time.Duration) {
	ready := p.buffered()
	step := max(p.play.step, 0)
	for step < len(p.params.CatchUp) && ready > p.most+p.params.CatchUp[step].Above {
		step++
	}
	for step > 0 && ready < p.floor(step) {
		step--
	}
	if ready < p.params.SlowBelow || p.play.step == slowed && ready < p.least {
		step = slowed
	}
	p.setSpeed(now, step)
}

// floor is the buffer below which a catch-up step ends.
func (p *LivePlayer) floor(step int) time.Duration {
	if step == 1 {
		return p.target
	}
	return p.most + p.params.CatchUp[step-1].Above - p.params.CatchUpHold
}

func (p *LivePlayer) setSpeed(now time.Duration, step int) {
	b := &p.play
	if step == b.step {
		return
	}
	p.closeSpan(now)
	b.step, b.speed = step, normalSpeed
	switch {
	case step > 0:
		b.speed = p.params.CatchUp[step-1].PerMille
	case step == slowed:
		b.speed = p.params.SlowPerMille
	}
	p.h.emit(trace.Event{Kind: trace.PlaybackSpeed, Peer: p.o.Peer, V: [6]int64{b.speed, p.buffered().Milliseconds()}})
}

// takeSounds takes the units that begin before to.
func (p *LivePlayer) takeSounds(to time.Duration) {
	b := &p.play
	for p.buffer.sounds.len() > 0 && p.buffer.sounds.front().start < to {
		s := p.buffer.sounds.pop()
		follows := s.start == b.runTo && b.runFrom != b.runTo
		if !follows {
			b.runFrom = s.start
		}
		p.voice.take(p, s, follows)
		b.runTo = s.start + p.buffer.unit
		b.sound = s
	}
}

// dropSounds forgets the units that end before media time to.
func (p *LivePlayer) dropSounds(to time.Duration) {
	for p.buffer.sounds.len() > 0 && p.buffer.sounds.front().start+p.buffer.unit <= to {
		p.buffer.sounds.pop()
	}
	if p.play.runTo <= to {
		p.play.runFrom, p.play.runTo = to, to
	}
}

func (p *LivePlayer) closeLongSpan(now time.Duration) {
	if s := &p.play.span; s.open && now-s.at >= spanMost {
		p.closeSpan(now)
	}
}

// closeSpan ends what was heard without interruption. Spans end where a period does,
// so head is exact.
func (p *LivePlayer) closeSpan(now time.Duration) {
	b := &p.play
	s := b.span
	b.span = span{}
	if !s.open {
		return
	}
	media := b.head - s.media + (now-b.tick)*time.Duration(b.speed)/normalSpeed
	if now == s.at || media <= 0 {
		return
	}
	level := s.levels / s.periods
	if p.voice != nil {
		level = p.voice.level()
	}
	p.h.emit(trace.Event{Kind: trace.AudioPlayed, Peer: p.o.Peer, V: [6]int64{
		int64(s.at), int64(media), b.speed, s.uid, level, s.media.Milliseconds()}})
}
