package wechat

import (
	"fmt"
	"time"
)

// Names of the strategies of adapting to an uplink.
// Source: LiteAV TXLivePushConfig (AUTO_ADJUST_NONE, live, BITRATE_STRATEGY,
// REALTIME_VIDEOCHAT); fidelity: documented.
const (
	adjustNone     = "none"
	adjustLive     = "live"
	adjustProbe    = "probe"
	adjustRealtime = "realtime"
)

// modeStrategies is which strategy a mode picks. Source: LiteAV says what each is meant
// for, not which one live-pusher takes; fidelity: assumed.
func modeStrategies() map[string]string {
	return map[string]string{
		ModeRTC: adjustRealtime, "SD": adjustLive, "HD": adjustLive, "FHD": adjustLive, "QVGA": adjustLive, "HVGA": adjustLive,
	}
}

// qosRule is how a bitrate follows what waits to be sent.
type qosRule struct {
	// Interval is the time between two decisions.
	Interval time.Duration
	// More than Queue waiting at Patience decisions in a row lowers the bitrate by Down.
	Queue    time.Duration
	Patience int
	Down     float64
	// Nothing waiting for Calm raises it by Up, and for Rest more by Up again.
	Calm time.Duration
	Rest time.Duration
	Up   float64
	// Resolution: the picture's size follows the bitrate.
	Resolution bool
	// LeastFPS bounds how far the frame rate goes down where the bitrate can't any more.
	LeastFPS int
}

func (r qosRule) validate() error {
	switch {
	case r.Interval <= 0 || r.Queue <= 0 || r.Calm <= 0 || r.Rest <= 0 || r.Rest > r.Calm || r.Patience < 1:
		return fmt.Errorf("pusher: QoS interval %v, queue %v, calm %v, rest %v, patience %d: want more than nothing, and no rest above the calm", r.Interval, r.Queue, r.Calm, r.Rest, r.Patience)
	case r.Down <= 0 || r.Down > 1 || r.Up < 1:
		return fmt.Errorf("pusher: QoS steps %v and %v: want at most, and at least, 1", r.Down, r.Up)
	case r.LeastFPS < 1:
		return fmt.Errorf("pusher: QoS frame rate %d: want 1 or more", r.LeastFPS)
	}
	return nil
}

// qosStrategy is a rule from the start, and another later.
type qosStrategy struct {
	Begin float64 // share of the range between least and most bitrate to start with
	First qosRule
	After time.Duration // since the push began; 0: First for ever
	Then  qosRule
}

func (s *qosStrategy) validate() error {
	if s.Begin < 0 || s.Begin > 1 {
		return fmt.Errorf("pusher: QoS begins at %v of its range", s.Begin)
	}
	if err := s.First.validate(); err != nil || s.After == 0 {
		return err
	}
	return s.Then.validate()
}

// defaultStrategies. Source: LiteAV's words for each (live: low sensitivity, slow; probe:
// probes for 30 s, then changes little; realtime: very sensitive, reacts to the slightest
// change); it publishes no steps; fidelity: documented (the order and the 30 s), assumed
// (all other numbers).
func defaultStrategies() map[string]qosStrategy {
	realtime := qosRule{Interval: time.Second, Queue: 500 * time.Millisecond, Patience: 1, Down: 0.75,
		Calm: 5 * time.Second, Rest: time.Second, Up: 1.1, Resolution: true, LeastFPS: 10}
	live := qosRule{Interval: 2 * time.Second, Queue: 700 * time.Millisecond, Patience: 2, Down: 0.85,
		Calm: 15 * time.Second, Rest: 6 * time.Second, Up: 1.05, Resolution: true, LeastFPS: 15}
	probing := realtime
	probing.Calm, probing.Up = 2*time.Second, 1.15
	probed := qosRule{Interval: 2 * time.Second, Queue: 1500 * time.Millisecond, Patience: 4, Down: 0.9,
		Calm: 60 * time.Second, Rest: 30 * time.Second, Up: 1.05, LeastFPS: 15}
	none := qosRule{Interval: time.Second, Queue: time.Hour, Patience: 1, Down: 1, Calm: time.Hour, Rest: time.Hour, Up: 1, LeastFPS: 30}
	return map[string]qosStrategy{
		adjustNone:     {Begin: 1, First: none},
		adjustLive:     {Begin: 1, First: live},
		adjustProbe:    {Begin: 0.5, First: probing, After: 30 * time.Second, Then: probed},
		adjustRealtime: {Begin: 1, First: realtime},
	}
}

// qos chooses the encoder's bitrate, frame rate and size from what waits to be sent.
type qos struct {
	strategy    qosStrategy
	begun       time.Duration
	bps         int64
	least, most int64
	fps, topFPS int
	calmSince   time.Duration // nothing has waited since, on a connection
	impatient   int           // decisions in a row with too much waiting
	poorAt      time.Duration // when 1101 was last reported
	poor        bool          // it has been reported
}

func (q *qos) begin(s qosStrategy, minKbps, maxKbps, fps int, now time.Duration) {
	least, most := int64(minKbps)*1000, int64(maxKbps)*1000
	*q = qos{strategy: s, begun: now, least: least, most: most, calmSince: now, fps: fps, topFPS: fps,
		bps: least + int64(s.Begin*float64(most-least))}
}

// rule is the one that holds now.
func (q *qos) rule(now time.Duration) *qosRule {
	if s := &q.strategy; s.After > 0 && now-q.begun >= s.After {
		return &s.Then
	}
	return &q.strategy.First
}

// decide moves bitrate, or frame rate where the bitrate can't any more, one step.
func (q *qos) decide(queue, now time.Duration) {
	r := q.rule(now)
	if queue > 0 {
		q.calmSince = now
	}
	if queue <= r.Queue {
		q.impatient = 0
	} else if q.impatient++; q.impatient >= r.Patience {
		q.impatient = 0
		if q.bps == q.least && q.fps > r.LeastFPS {
			q.fps = max(r.LeastFPS, q.fps*4/5)
		}
		q.bps = max(q.least, int64(float64(q.bps)*r.Down))
		return
	}
	switch {
	case now-q.calmSince < r.Calm:
	case q.fps < q.topFPS:
		q.fps = q.topFPS
		q.calmSince = now
	default:
		q.bps = min(q.most, int64(float64(q.bps)*r.Up))
		q.calmSince = now - r.Calm + r.Rest
	}
}

// warns tells whether 1101 is due.
func (q *qos) warns(p *pusherParams, queue, now time.Duration) bool {
	if queue <= p.PoorQueue || q.poor && now-q.poorAt < p.PoorInterval {
		return false
	}
	q.poor, q.poorAt = true, now
	return true
}

// size is what a picture claims to be, in pixels. The bytes are those of the test
// picture, whatever it claims.
type size struct{ width, height int }

// ladder is which short side goes with which bitrate, in kbit/s at least. Source: LiteAV's
// quality presets (190x320 and 270x480 to 720x1280), live-pusher documentation (2 Mbit/s
// gives 720p, 300 kbit/s less); fidelity: documented (the sizes), assumed (the rates).
var ladder = []struct{ kbps, short int }{{1500, 720}, {1000, 540}, {350, 360}, {240, 270}, {0, 192}}

// tops is the largest short side of a mode. Source: LiteAV's presets, of which
// VIDEOCHAT ends at 360x640; fidelity: inferred.
var tops = map[string]int{ModeRTC: 360, "QVGA": 240, "HVGA": 320, "SD": 360, "HD": 540, "FHD": 720}

// climb is how much more than its rate it takes to go up to a size, so that sizes don't
// swing. Fidelity: assumed.
const climb = 1.15

// sizeAt is the size for a bitrate, coming from another.
func (a *PusherAttributes) sizeAt(bps int64, from size) size {
	top := tops[a.Mode]
	if initial := DefaultPusherAttributes(); a.VideoWidth != initial.VideoWidth || a.VideoHeight != initial.VideoHeight {
		top = min(a.VideoWidth, a.VideoHeight)
	}
	short := 0
	for _, step := range ladder {
		need := float64(step.kbps * 1000)
		if step.short > min(from.width, from.height) && from.width > 0 {
			need *= climb
		}
		if float64(bps) >= need {
			short = min(step.short, top)
			break
		}
	}
	long := short * 16 / 9
	if a.Aspect == aspectWide {
		long = short * 4 / 3
	}
	if long = (long + 7) &^ 7; a.Orientation == orientationHorizontal {
		return size{long, short}
	}
	return size{short, long}
}
