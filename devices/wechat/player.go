package wechat

import (
	"errors"
	"fmt"
	"time"

	"minilab/simulator/trace"
)

// PlayerOptions are the attributes and events of a live-player. Attributes that are no
// switches mean their defaults when left out; in ModeRTC the caches have no effect: the
// component keeps its own buffer.
// Source: Tencent Cloud's live-player page (about 500 ms, automatic); fidelity: documented.
type PlayerOptions struct {
	PlayerAttributes
	Peer   trace.ActorID // whose stream it plays
	Src    string
	params *playerParams // nil: defaultPlayerParams

	OnStateChange func(code int, message string)
	OnNetStatus   func(NetStatus)
}

// catchUpStep is a speed for when more than Above is buffered.
type catchUpStep struct {
	Above    time.Duration
	PerMille int64 // of normal speed
}

// playerParams are the numbers behind a live-player that no attribute sets.
type playerParams struct {
	Link linkParams
	// StatusInterval is the time between two netstatus events.
	// Source: LiteAV reports every 1-2 s; fidelity: documented.
	StatusInterval time.Duration
	// RTCCache is the buffer that ModeRTC starts with and catches up to.
	// Source: Tencent Cloud's live-player page, about 500 ms; fidelity: documented.
	RTCCache time.Duration
	// RTCMin ends a loading phase, RTCMax begins catching up.
	// Source: live-player documentation's advice for RTC, 0.2 and 0.8 s; fidelity: inferred.
	RTCMin, RTCMax time.Duration
	// CatchUp are the speeds by what is buffered above RTCMax (or max-cache), rising.
	// Source: LiteAV has AUDIO_PLAY_SPEED and publishes no factors; fidelity: assumed.
	CatchUp []catchUpStep
	// CatchUpHold is how far below its step the buffer falls before the speed is lowered.
	// Fidelity: assumed.
	CatchUpHold time.Duration
	// SlowBelow is the buffer below which playback slows down to SlowPerMille, so that it
	// runs dry later or not at all; 0: never.
	// Source: LiteAV has AUDIO_PLAY_SPEED and publishes no factors; fidelity: assumed.
	SlowBelow    time.Duration
	SlowPerMille int64
	// Unsteady is the gap in arrival that raises 2104.
	// Source: live-player documentation names the code, no number; fidelity: assumed.
	Unsteady time.Duration
	// Stutter is the gap between two pictures that raises 2105.
	// Source: LiteAV TXLivePlayConfig videoBlockThreshold 800 ms; fidelity: documented.
	Stutter time.Duration
	// Settle is how long media must arrive at its own pace before playback begins, so
	// that a server's backlog is skipped and not played; SettleMost bounds the wait.
	// Fidelity: assumed.
	Settle, SettleMost time.Duration
	// JoinWindow is how long after its beginning a player skips to the live edge instead
	// of catching up. Fidelity: assumed.
	JoinWindow time.Duration
	// Hole is how much missing media is skipped at once, in a stream that goes on.
	// Fidelity: assumed.
	Hole time.Duration
	// Unheard are sample rates that can't be heard on this service, in Hz. Source:
	// vendor's FAQ (only sound of 48 kHz is heard); fidelity: documented.
	Unheard []int
	// Levels tells whether the player brings what it plays to one loudness, where sound has
	// samples. Fidelity: inferred.
	Levels bool
}

// defaultPlayerParams are the documented numbers, and assumptions where none are.
func defaultPlayerParams() playerParams {
	return playerParams{
		Link:           defaultLinkParams(),
		StatusInterval: 2 * time.Second,
		RTCCache:       500 * time.Millisecond, RTCMin: 200 * time.Millisecond, RTCMax: 800 * time.Millisecond,
		CatchUp: []catchUpStep{
			{0, 1100},
			{700 * time.Millisecond, 1250},
			{2200 * time.Millisecond, 1500},
		},
		CatchUpHold: 300 * time.Millisecond,
		Unsteady:    400 * time.Millisecond, Stutter: 800 * time.Millisecond,
		Settle: 200 * time.Millisecond, SettleMost: time.Second,
		JoinWindow: 3 * time.Second, Hole: 500 * time.Millisecond,
		SlowBelow: 100 * time.Millisecond, SlowPerMille: 920,
		Unheard: []int{16000}, Levels: true,
	}
}

// Validate tells what makes no sense.
func (p playerParams) Validate() error {
	switch {
	case p.StatusInterval <= 0 || p.Settle <= 0 || p.SettleMost < p.Settle:
		return errors.New("player: status interval and settling times must be positive")
	case p.RTCMin <= 0 || p.RTCCache < p.RTCMin || p.RTCMax < p.RTCCache:
		return errors.New("player: want 0 < RTCMin <= RTCCache <= RTCMax")
	case p.Unsteady <= 0 || p.Stutter <= 0 || p.Hole <= 0 || p.CatchUpHold < 0 || p.JoinWindow < 0:
		return errors.New("player: gaps must be positive")
	}
	if p.SlowBelow < 0 || p.SlowBelow > p.RTCMin || p.SlowBelow > 0 && (p.SlowPerMille <= 0 || p.SlowPerMille >= normalSpeed) {
		return fmt.Errorf("player: slows to %d/1000 below %v: want less than normal, below RTCMin", p.SlowPerMille, p.SlowBelow)
	}
	last := catchUpStep{Above: -1, PerMille: 1000}
	for _, s := range p.CatchUp {
		if s.Above <= last.Above || s.PerMille <= last.PerMille {
			return fmt.Errorf("player: catch-up step %v at %d/1000: want rising steps above normal speed", s.Above, s.PerMille)
		}
		last = s
	}
	return p.Link.validate()
}

// validate fills in what is left out and tells what makes no sense.
func (o *PlayerOptions) validate(h *Host) error {
	initial := DefaultPlayerAttributes()
	if o.MaxCache == 0 { // a lower bound alone moves the upper one
		o.MaxCache = max(initial.MaxCache, o.MinCache)
	}
	fill(&o.PlayerAttributes, &initial)
	if o.params == nil {
		p := defaultPlayerParams()
		o.params = &p
	}
	if err := o.PlayerAttributes.Validate(); err != nil {
		return err
	}
	h.gate(livePlayer, &o.PlayerAttributes, &initial)
	return o.params.Validate()
}
