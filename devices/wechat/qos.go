package wechat

import (
	"time"

	"minilab/simulator/trace"
)

// qos chooses the encoder's bitrate from what waits to be sent.
type qos struct {
	bps, least, most int64
	calmSince        time.Duration // nothing has waited since, on a connection
	poorAt           time.Duration // when 1101 was last reported
	poor             bool          // it has been reported
}

func (q *qos) begin(minKbps, maxKbps int, now time.Duration) {
	*q = qos{bps: int64(maxKbps) * 1000, least: int64(minKbps) * 1000, most: int64(maxKbps) * 1000, calmSince: now}
}

// decide moves the bitrate one step; poor says that 1101 is due.
func (q *qos) decide(p *PusherParams, queue, now time.Duration) (bps int64, poor bool) {
	if queue > 0 {
		q.calmSince = now
	}
	switch {
	case queue > p.PoorQueue:
		if poor = !q.poor || now-q.poorAt >= p.PoorInterval; poor {
			q.poor, q.poorAt = true, now
		}
		q.bps = max(q.least, int64(float64(q.bps)*p.QoSDown))
	case now-q.calmSince >= p.QoSCalm:
		q.bps = min(q.most, int64(float64(q.bps)*p.QoSUp))
	}
	return q.bps, poor
}

// onControlDue reconsiders the bitrate and looks whether anything is sent at all.
func (p *LivePusher) onControlDue() {
	p.control.In(p.params.QoSInterval)
	if !p.link.flowing() {
		return
	}
	now := p.h.Now()
	if p.queue.len() > 0 && now-p.sentAt > p.params.SendStall {
		p.code(codeSendStalled)
		p.link.fail(broken, "nothing sent")
		return
	}
	was := p.qos.bps
	bps, poor := p.qos.decide(&p.params, p.queue.span(now), now)
	if poor {
		p.code(codeUplinkPoor)
	}
	if bps != was && p.camera.SetBitrate(bps) {
		p.code(codePushBitrate)
	}
}

// pusherStats counts what netstatus reports, since it last did.
type pusherStats struct {
	videoBytes, audioBytes, sentBytes, frames int
}

func (s *pusherStats) captured(size int) {
	s.videoBytes += size
	s.frames++
}

// Quality levels of netstatus. Source: live-pusher and live-player documentation;
// fidelity: documented (the levels), assumed (what reaches which, see below).
const (
	qualityBest        = 1
	qualityGood        = 2
	qualityFair        = 3
	qualityPoor        = 4
	qualityVeryPoor    = 5
	qualityUnavailable = 6
)

func (p *LivePusher) onStatusDue() {
	p.status.In(p.params.StatusInterval)
	s := &p.stats
	ms := int(p.params.StatusInterval / time.Millisecond)
	p.h.emit(trace.Event{Kind: trace.PusherStatus, Peer: trace.Nobody, V: [6]int64{
		int64(s.videoBytes * 8 / ms), int64(s.audioBytes * 8 / ms), int64(s.sentBytes * 8 / ms),
		int64(s.frames * 1000 / ms), int64(p.queue.frames), p.quality()}})
	*s = pusherStats{}
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
