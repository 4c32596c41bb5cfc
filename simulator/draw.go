package simulator

import (
	"math/rand/v2"
	"slices"
	"time"

	"minilab/devices/phone"
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
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
	for i, m := range w.s.Members {
		r := w.e.Rand("draw/" + m.ID)
		d := drawnMember{uid: m.UID, network: drawNetwork(m.Network, r), traits: traitsOf(m.Device)}
		start := between(r, d.traits.CameraStartMin, d.traits.CameraStartMax)
		d.traits.CameraStartMin, d.traits.CameraStartMax = start, start
		for d.uid == 0 {
			// Source: the demo app makes up a uid at its start; fidelity: documented.
			uid := 100000 + r.Uint32N(900000)
			if _, taken := w.actors[uid]; !taken {
				d.uid = uid
			}
		}
		w.actors[d.uid] = trace.ActorID(i)
		w.drawn = append(w.drawn, d)
		head.Members = append(head.Members, trace.Member{
			ID: m.ID, UID: d.uid, Device: m.Device.Name, OS: m.Device.OS + " " + m.Device.Version,
			Role: m.Role, Network: m.Network.Name, Camera: m.Camera, Mic: m.Mic,
		})
	}
	w.log = trace.NewLog(head, w.e.Now)
	for i := range w.drawn {
		w.params(i)
	}
}

// params writes a member's numbers into the record's head.
func (w *world) params(i int) {
	m, d := &w.s.Members[i], w.drawn[i]
	add := func(name string, value float64, unit, fidelity string) {
		w.log.Param(trace.Param{Name: m.ID + "/" + name, Value: value, Unit: unit, Fidelity: fidelity})
	}
	f := m.Network.Fidelity
	for _, dir := range []struct {
		name string
		link fixtures.Link
	}{{"up", d.network.Up}, {"down", d.network.Down}} {
		add(dir.name+"/rate", float64(dir.link.Rate), "bit/s", f.For("rate"))
		add(dir.name+"/queue", float64(dir.link.Queue), "bytes", f.For("queue"))
		add(dir.name+"/delay", milliseconds(dir.link.Delay), "ms", f.For("delay"))
		add(dir.name+"/jitter", milliseconds(dir.link.Jitter), "ms", f.For("jitter"))
		add(dir.name+"/loss", float64(dir.link.Loss), "", f.For("loss"))
		add(dir.name+"/burst", milliseconds(dir.link.Burst), "ms", f.For("burst"))
		for _, rare := range []struct {
			name  string
			value float64
			unit  string
		}{
			{"queue_time", milliseconds(dir.link.QueueTime), "ms"}, {"queue_packets", float64(dir.link.QueuePackets), "packets"},
			{"trace", dir.link.Scale, "of " + dir.link.Trace.Name}, {"ahead", float64(dir.link.Ahead), ""}, {"burst_loss", float64(dir.link.BurstLoss), ""},
			{"chain", float64(dir.link.Chain.MeanLoss()), "mean loss"}, {"every", float64(dir.link.Every), "packets"}, {"periodic", milliseconds(dir.link.Periodic.Lose), "ms"},
			{"duplicate", float64(dir.link.Duplicate), ""}, {"corrupt", float64(dir.link.Corrupt), ""},
		} {
			if rare.value != 0 {
				add(dir.name+"/"+rare.name, rare.value, rare.unit, f.For(rare.name))
			}
		}
	}
	add("min_rto", milliseconds(m.Device.MinRTO), "ms", m.Device.Fidelity.For("min_rto"))
	add("camera_start", milliseconds(d.traits.CameraStartMin), "ms", m.Device.Fidelity.For("camera_start"))
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
