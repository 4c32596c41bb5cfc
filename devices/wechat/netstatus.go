package wechat

import (
	"math"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/trace"
)

// NetStatus is the info of bindnetstatus. Rates are kbit/s, sizes pixels, caches and
// intervals milliseconds, but for a pusher's VideoCache, which counts pictures.
// Source: live-pusher and live-player documentation, LiteAV's indicators; fidelity:
// documented (the fields), assumed (what reaches which quality and jitter).
type NetStatus struct {
	VideoBitrate, AudioBitrate int
	VideoFPS                   int
	VideoGOP                   int // seconds between key frames
	NetSpeed                   int
	NetJitter                  int // 0: none; larger is worse
	NetQualityLevel            int // 1 best to 6 unavailable
	VideoWidth, VideoHeight    int
	VideoCache, AudioCache     int
	// Of a player only.
	VDecCacheSize, VSumCacheSize   int // pictures in the decoder, and in all
	AVPlayInterval, AVRecvInterval int // how far pictures are ahead of sound
	AudioCacheThreshold            int // with more sound than this it plays faster
}

// Quality levels of netstatus.
const (
	qualityBest        = 1
	qualityGood        = 2
	qualityFair        = 3
	qualityPoor        = 4
	qualityVeryPoor    = 5
	qualityUnavailable = 6
)

// jitter measures how uneven something comes: the mean change of its delay, as RTP does.
// Source: RFC 3550, 6.4.1, whose 1/16 is taken; fidelity: assumed.
type jitter struct {
	last  time.Duration // delay of the one before
	any   bool
	value float64 // milliseconds
}

func (j *jitter) add(delay time.Duration) {
	if j.any {
		d := math.Abs((delay - j.last).Seconds() * 1000)
		j.value += (d - j.value) / 16
	}
	j.last, j.any = delay, true
}

// keyGap follows how far key frames are apart.
type keyGap struct {
	at, gap time.Duration
	any     bool
}

func (k *keyGap) add(at time.Duration) {
	if k.any {
		k.gap = at - k.at
	}
	k.at, k.any = at, true
}

func (k *keyGap) seconds() int { return int((k.gap + time.Second/2) / time.Second) }

// pusherStats counts what netstatus reports, since it last did.
type pusherStats struct {
	videoBytes, audioBytes, sentBytes, frames int
}

func (s *pusherStats) captured(size int) {
	s.videoBytes += size
	s.frames++
}

func (p *LivePusher) onStatusDue() {
	p.status.In(p.params.StatusInterval)
	s := &p.stats
	ms := int(p.params.StatusInterval / time.Millisecond)
	n := NetStatus{
		VideoBitrate: s.videoBytes * 8 / ms, AudioBitrate: s.audioBytes * 8 / ms, NetSpeed: s.sentBytes * 8 / ms,
		VideoFPS: s.frames * 1000 / ms, VideoGOP: p.gop.seconds(), NetJitter: int(p.uneven.value), NetQualityLevel: int(p.quality()),
		VideoWidth: p.size.width, VideoHeight: p.size.height,
		VideoCache: p.queue.frames, AudioCache: int(p.queue.age(false, p.h.Now()).Milliseconds()),
	}
	p.h.emit(trace.Event{Kind: trace.PusherStatus, Peer: trace.Nobody, V: [6]int64{
		int64(n.VideoBitrate), int64(n.AudioBitrate), int64(n.NetSpeed), int64(n.VideoFPS), int64(n.VideoCache), int64(n.NetQualityLevel)}})
	*s = pusherStats{}
	if f := p.o.OnNetStatus; f != nil && p.h.knows(livePusher, "bindnetstatus") {
		p.tell(func() { f(n) })
	}
}

// quality grades the uplink by the age of what waits.
func (p *LivePusher) quality() int64 {
	queue := p.queue.span(p.h.Now())
	switch {
	case !p.link.flowing():
		return qualityUnavailable
	case queue == 0:
		return qualityBest
	case queue < p.params.PoorQueue/2:
		return qualityGood
	case queue < p.params.PoorQueue:
		return qualityFair
	case queue < p.params.VideoQueue:
		return qualityPoor
	}
	return qualityVeryPoor
}

// decoderHolds is how many pictures that wait are in Android's hardware decoder already,
// which takes them as they come and gives them back in time. Source: LiteAV's indicators
// (there for Android's hardware decoder alone); fidelity: documented (that it is), assumed
// (how many).
const decoderHolds = 4

// playerStats counts what netstatus reports, since it last did.
type playerStats struct{ bytes, videoBytes, audioBytes, shown int }

func (p *LivePlayer) onStatusDue() {
	p.status.In(p.params.StatusInterval)
	s := &p.stats
	ms := int(p.params.StatusInterval / time.Millisecond)
	b, head := &p.buffer, p.play.head
	n := NetStatus{
		VideoBitrate: s.videoBytes * 8 / ms, AudioBitrate: s.audioBytes * 8 / ms, NetSpeed: s.bytes * 8 / ms,
		VideoFPS: s.shown * 1000 / ms, VideoGOP: p.gop.seconds(), NetJitter: int(p.uneven.value), NetQualityLevel: int(p.quality()),
		VideoWidth: p.size.width, VideoHeight: p.size.height,
		AudioCache: int(p.buffered().Milliseconds()), VSumCacheSize: b.views.len(),
		AudioCacheThreshold: int(p.most.Milliseconds()),
	}
	if p.h.o.Traits.OS == phone.Android && !p.soft && p.screen.begun {
		n.VDecCacheSize = min(n.VSumCacheSize, decoderHolds)
	}
	if b.seen {
		n.VideoCache = int(max(0, b.viewsEnd-head).Milliseconds())
	}
	if b.seen && b.heard {
		n.AVRecvInterval = int((b.viewsEnd - b.soundsEnd).Milliseconds())
		n.AVPlayInterval = int((p.screen.media - head).Milliseconds())
	}
	p.h.emit(trace.Event{Kind: trace.PlayerStatus, Peer: p.o.Peer, V: [6]int64{
		int64(n.VideoBitrate), int64(n.AudioBitrate), int64(n.NetSpeed), int64(n.VideoFPS), int64(n.AudioCache), int64(n.NetQualityLevel)}})
	*s = playerStats{}
	if f := p.o.OnNetStatus; f != nil && p.h.knows(livePlayer, "bindnetstatus") {
		p.tell(func() { f(n) })
	}
}

// quality grades the downlink by what playback needed. Fidelity: assumed.
func (p *LivePlayer) quality() int64 {
	switch {
	case !p.link.flowing():
		return qualityUnavailable
	case p.play.phase == loading:
		return qualityVeryPoor
	case p.play.unsteady:
		return qualityPoor
	case p.play.speed != normalSpeed:
		return qualityFair
	}
	return qualityBest
}
