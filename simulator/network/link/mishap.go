package link

import "math/rand/v2"

// mishaps are what befalls single packets of links that are given to such: each kind
// draws from a stream of its own, so that one doesn't move another.
type mishaps struct{ double, damage, skip *rand.Rand }

// setMishaps makes the streams when they are first needed. They go on when the
// options come again.
func (l *Link) setMishaps() {
	o := &l.opt
	if l.mishaps != nil || o.DuplicateRate == 0 && o.CorruptRate == 0 && o.AheadRate == 0 {
		return
	}
	l.mishaps = &mishaps{l.e.Rand(l.name + "/duplicate"), l.e.Rand(l.name + "/corrupt"), l.e.Rand(l.name + "/ahead")}
}

func (m *mishaps) doubled(rate float64) bool { return rate > 0 && m.double.Float64() < rate }
func (m *mishaps) damaged(rate float64) bool { return rate > 0 && m.damage.Float64() < rate }
func (m *mishaps) ahead(rate float64) bool   { return rate > 0 && m.skip.Float64() < rate }
