package simulator

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"minilab/devices/app"
	"minilab/devices/foreign"
	"minilab/devices/phone"
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/media/aac"
	"minilab/simulator/trace"
)

// drawnMember is what the seed decided for a member.
type drawnMember struct {
	uid     uint32
	network fixtures.Network
	traits  phone.Traits
}

// draw decides everything that the scenario leaves open, each member from a random
// stream of its own, and begins the record, whose head holds what was drawn.
func (w *world) draw(seed uint64) {
	w.actors = map[uint32]trace.ActorID{}
	for _, m := range w.s.Members {
		if m.UID != 0 {
			w.actors[m.UID] = trace.Nobody
		}
	}
	head := trace.Head{Version: trace.Version, Scenario: w.s.Name, Seed: seed, Key: w.s.Key(seed), SDK: w.s.SDK, Length: w.s.Length}
	if w.s.App.Page != app.DefaultPage {
		head.Page = w.s.App.Page
	}
	for i := range w.s.Members {
		w.drawn = append(w.drawn, w.drawMember(i))
		m, d := &w.s.Members[i], w.drawn[i]
		if m.Shares == "" {
			w.actors[d.uid] = trace.ActorID(i)
		}
		member := trace.Member{ID: m.ID, UID: d.uid, Origin: m.Origin, Role: m.Role, Camera: m.Camera, Mic: m.Mic}
		if m.Codec != foreign.H264 {
			member.Codec = m.Codec
		}
		if m.Origin == "" {
			member.Device, member.OS, member.Network = m.Device.Name, m.Device.OS+" "+m.Device.Version, m.Network.Name
		}
		head.Members = append(head.Members, member)
	}
	w.log = trace.NewLog(head, w.e.Now)
	w.versionParams()
	for i := range w.drawn {
		if w.s.Members[i].Origin == "" {
			w.params(i)
		}
	}
}

// drawMember decides what a member's own random stream decides.
func (w *world) drawMember(i int) drawnMember {
	m := &w.s.Members[i]
	r := w.e.Rand("draw/" + m.ID)
	d := drawnMember{uid: m.UID}
	if m.Origin == "" {
		d.network, d.traits = drawNetwork(m.Network, r), traitsOf(m.Device)
		m.chances.apply(&d.traits.Chip)
		start := between(r, d.traits.CameraStartMin, d.traits.CameraStartMax)
		d.traits.CameraStartMin, d.traits.CameraStartMax = start, start
	}
	if m.Shares != "" {
		d.uid = w.drawn[w.s.member(m.Shares)].uid
	}
	for d.uid == 0 {
		// Source: the demo app makes up a uid at its start; fidelity: documented.
		uid := 100000 + r.Uint32N(900000)
		if _, taken := w.actors[uid]; !taken && !w.soundsAlike(uid) {
			d.uid = uid
		}
	}
	return d
}

// soundsAlike tells whether a uid's tone is another member's or next to it: on samples it is
// by the tone that a voice is told from an echo, and two tones that are neighbours lie within
// one frequency of an echo canceller. More members than there is room for must share some.
func (w *world) soundsAlike(uid uint32) bool {
	if w.s.Audio != audioSamples || len(w.s.Members) > aac.Tones/3 {
		return false
	}
	next := aac.Tone(1) - aac.Tone(0)
	for other := range w.actors {
		if math.Abs(aac.Tone(other)-aac.Tone(uid)) <= next {
			return true
		}
	}
	return false
}

// drawNetwork varies a network within its spread: one factor for all rates, one for
// all delays, because a place that is bad is bad in both directions.
func drawNetwork(n fixtures.Network, r *rand.Rand) fixtures.Network {
	rate, delay := factor(r, n.Spread), factor(r, n.Spread)
	if n.Spread == 0 {
		return n
	}
	for _, l := range []*fixtures.Link{&n.Up, &n.Down} {
		l.Rate = vary(l.Rate, rate)
		l.Delay = varyTime(l.Delay, delay)
		if l.Trace.Name != "" {
			l.Scale = rate
		}
	}
	n.Phases = slices.Clone(n.Phases)
	for i := range n.Phases {
		for _, c := range []*linkChange{&n.Phases[i].Up, &n.Phases[i].Down} {
			if c.Rate != nil {
				v := vary(*c.Rate, rate)
				c.Rate = &v
			}
			if c.Delay != nil {
				v := varyTime(*c.Delay, delay)
				c.Delay = &v
			}
		}
	}
	return n
}

func vary(r yamlfile.Rate, factor float64) yamlfile.Rate {
	return yamlfile.Rate(float64(r) * factor)
}

func varyTime(d time.Duration, factor float64) time.Duration {
	return time.Duration(float64(d) * factor).Round(time.Microsecond)
}

// factor is even within 1 +- spread.
func factor(r *rand.Rand, spread yamlfile.Share) float64 {
	return 1 + float64(spread)*(2*r.Float64()-1)
}

// between is even from least to most.
func between(r *rand.Rand, least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	return least + time.Duration(r.Int64N(int64(most-least)+1))
}
