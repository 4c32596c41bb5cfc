package relay

import (
	"time"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// Outlet is the connection of a subscriber.
type Outlet interface {
	// Free is the room in the connection's send buffer; at or below zero nothing
	// more is handed over until Drain is called.
	Free() int
	// Send sends a message with the viewer's own timestamp.
	Send(c *rtmp.Chunked, timestamp uint32)
	// Announce tells that the stream has (or has no longer) a publisher.
	Announce(live bool)
}

// Subscriber is one viewer's place at a stream.
type Subscriber struct {
	s       *Stream
	viewer  trace.ActorID
	out     Outlet
	muted   [2]bool
	blind   bool
	waitKey bool // video goes on at a key frame only
	ended   bool

	queue      ring
	queueBytes int
	sentConfig [2]*unit // the sequence headers that the viewer has or will get

	newest *unit        // the last message sent that has a time of its own
	base   uint32       // what is taken from the publisher's timestamps
	clock  [data]uint32 // the time sent last, by medium
	span   outSpan
}

// Close ends the subscription; what waits is forgotten.
func (sub *Subscriber) Close() {
	if sub.ended {
		return
	}
	sub.ended = true
	sub.flush()
	sub.queue = ring{}
	sub.queueBytes = 0
	sub.s.forget(sub)
}

// shut tells whether the viewer gets nothing of a medium now.
func (sub *Subscriber) shut(m Medium) bool {
	return sub.muted[m] || sub.s.silent[m] || m == Video && sub.blind
}

// Mute stops a medium: from here on none of it is enqueued, and what still waits
// in the queue is taken out. What the connection already has will arrive.
func (sub *Subscriber) Mute(m Medium) {
	sub.flush()
	for _, x := range sub.defectiveMute(m) {
		x.sub.stop(x.medium)
	}
}

func (sub *Subscriber) stop(m Medium) {
	if sub.muted[m] {
		return
	}
	sub.flush()
	sub.muted[m] = true
	sub.takeOut(m)
}

func (sub *Subscriber) takeOut(m Medium) {
	sub.remove(func(u *unit) bool { return u.medium == m }, "relay-muted")
}

// Unmute lets a medium through again: audio at once, video as Options.Unmute says.
func (sub *Subscriber) Unmute(m Medium) {
	sub.flush()
	flaws := sub.s.w.Options.Defects
	if !sub.muted[m] || flaws.UnmuteIgnored {
		return
	}
	sub.muted[m] = false
	if sub.shut(m) {
		return
	}
	sub.pushConfig(m)
	if m == Video && !flaws.UnmuteWithoutKey {
		sub.waitKey = true
		if sub.s.w.Options.Unmute == RestartCachedGOP {
			sub.replay()
		}
	}
	sub.Drain()
}

// silenced hears that the publisher stops or resumes a medium.
func (sub *Subscriber) silenced(m Medium, on bool) {
	sub.flush()
	if on {
		sub.takeOut(m)
		return
	}
	if m == Video {
		sub.waitKey = true
	}
	sub.pushConfig(m)
	sub.Drain()
}

// replay enqueues the video of the cached group of pictures.
func (sub *Subscriber) replay() {
	for _, u := range sub.s.gop {
		if u.medium == Video {
			sub.push(u)
			sub.waitKey = false
		}
	}
}

// offer is the way of each message to this subscriber.
func (sub *Subscriber) offer(u *unit) {
	if u.medium != data {
		if sub.shut(u.medium) {
			if sub.blind && picture(u) {
				sub.dropped(u, "relay-codec")
			}
			return
		}
		if u.part == partConfig {
			sub.sentConfig[u.medium] = u
		}
	}
	if u.medium == Video && u.part != partConfig && sub.waitKey {
		if u.part != partKey {
			sub.dropped(u, "relay-wait-key")
			return
		}
		sub.waitKey = false
	}
	if sub.queue.len() == 0 && sub.out.Free() > 0 {
		sub.span.count(u)
		sub.send(u)
		return
	}
	sub.push(u)
	sub.bound()
}

func (sub *Subscriber) push(u *unit) {
	sub.span.count(u)
	sub.queue.push(u)
	sub.queueBytes += len(u.msg.Payload)
}

// pushConfig enqueues a medium's sequence header unless the viewer has it, or gets
// nothing of that medium.
func (sub *Subscriber) pushConfig(m Medium) {
	if u := sub.s.config(m); u != nil && sub.sentConfig[m] != u && !sub.shut(m) {
		sub.sentConfig[m] = u
		sub.push(u)
	}
}

// bound keeps the queue within its limits, as Options.Overflow says. To a key frame, first
// video goes, up to the newest key
// frame that waits, or all of it and then up to the next one; then the oldest audio.
func (sub *Subscriber) bound() {
	if !sub.over() {
		return
	}
	if sub.s.w.Options.Overflow == OverflowAll {
		sub.remove(func(u *unit) bool { return u.part != partConfig }, "relay-queue")
		return
	}
	if key := sub.newestKey(); key != nil && sub.firstPicture() != key {
		sub.remove(func(u *unit) bool {
			if u == key {
				key = nil
			}
			return picture(u) && key != nil
		}, "relay-queue")
	}
	if sub.over() && sub.firstPicture() != nil {
		sub.remove(picture, "relay-queue")
		sub.waitKey = true
	}
	if excess := sub.excess(); excess > 0 {
		sub.shed(excess)
	}
}

// excess is how far the queue exceeds its bytes.
func (sub *Subscriber) excess() int {
	return sub.queueBytes + sub.queue.len()*unitBytes - sub.s.w.Options.QueueBytes
}

// shed drops the oldest audio; if that isn't enough, for a publisher that sends
// little else than sequence headers, all but the newest of those.
func (sub *Subscriber) shed(excess int) {
	sub.remove(func(u *unit) bool {
		if u.part == partConfig || excess <= 0 {
			return false
		}
		excess -= u.size()
		return true
	}, "relay-queue")
	if sub.excess() <= 0 {
		return
	}
	sub.remove(func(*unit) bool { return true }, "relay-queue")
	sub.waitKey = true
	for _, m := range [...]Medium{Video, Audio} {
		sub.pushConfig(m)
	}
}

func picture(u *unit) bool { return u.medium == Video && u.part != partConfig }

// over tells whether the queue is too long in bytes, or too old and has video to drop.
func (sub *Subscriber) over() bool {
	if sub.excess() > 0 {
		return true
	}
	first := sub.firstPicture()
	return first != nil && sub.s.w.Now()-first.arrived > sub.s.w.Options.QueueLength
}

func (sub *Subscriber) firstPicture() *unit {
	for i := range sub.queue.len() {
		if u := sub.queue.at(i); picture(u) {
			return u
		}
	}
	return nil
}

func (sub *Subscriber) newestKey() *unit {
	for i := sub.queue.len() - 1; i >= 0; i-- {
		if u := sub.queue.at(i); u.part == partKey {
			return u
		}
	}
	return nil
}

func (sub *Subscriber) remove(which func(*unit) bool, why string) {
	sub.queue.filter(func(u *unit) bool {
		if !which(u) {
			return true
		}
		sub.queueBytes -= len(u.msg.Payload)
		if u.part == partConfig && u.medium != data && sub.sentConfig[u.medium] == u {
			sub.sentConfig[u.medium] = nil
		}
		if u.part != partConfig {
			sub.dropped(u, why)
		}
		return false
	})
}

// Drain hands over what waits while the connection has room.
func (sub *Subscriber) Drain() {
	for sub.queue.len() > 0 && sub.out.Free() > 0 {
		u := sub.queue.pop()
		sub.queueBytes -= len(u.msg.Payload)
		sub.send(u)
	}
}

// send hands one message to the connection.
func (sub *Subscriber) send(u *unit) {
	if !u.wired {
		u.wire = rtmp.Chunk(u.msg, u.delta, sub.s.w.Options.ChunkSize)
		u.wired = true
	}
	sub.out.Send(&u.wire, sub.time(u))
}

// time is the message's time on the subscriber's clock, which begins at zero and
// goes on across a new beginning of the publisher's by the time that really passed.
// Within a medium it never goes back.
func (sub *Subscriber) time(u *unit) uint32 {
	switch {
	case u.medium == data:
		return max(sub.clock[Audio], sub.clock[Video])
	case u.part == partConfig:
		return sub.clock[u.medium] // what it describes comes later; many senders give it time 0
	case sub.newest == nil:
		sub.base = u.msg.Timestamp
	case u.epoch != sub.newest.epoch:
		passed := uint32((u.arrived - sub.newest.arrived) / time.Millisecond)
		sub.base = u.msg.Timestamp - (sub.newest.msg.Timestamp - sub.base + passed)
	}
	sub.newest = u
	if t := u.msg.Timestamp - sub.base; int32(t-sub.clock[u.medium]) > 0 {
		sub.clock[u.medium] = t
	}
	return sub.clock[u.medium]
}

func (sub *Subscriber) dropped(u *unit, why string) {
	if u.medium == Video {
		sub.span.dropped++
	}
	if log := sub.s.w.Log; log != nil {
		log.Add(trace.FrameDropped, sub.s.w.Server, sub.s.publisher, why, u.medium.String(), -1, int64(sub.viewer))
	}
}
