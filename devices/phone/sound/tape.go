package sound

const (
	// unitsKept is how many units of a stream a tape keeps: half a minute, longer than
	// any of them can be on its way.
	unitsKept = 1408
	// perThreeUnits is the samples of three coded units, of 1024 samples at 48 kHz each.
	perThreeUnits = 1024
)

// Tape holds the samples behind the coded units that travel: a unit is found by whose
// it is and by its number. All phones of a world share one tape.
type Tape struct{ streams map[uint32]*stream }

type stream struct {
	numbers [unitsKept]int64 // plus one; 0: none
	said    [unitsKept]float64
	samples [unitsKept][perThreeUnits/3 + 1]int16
}

// NewTape makes an empty tape.
func NewTape() *Tape { return &Tape{streams: map[uint32]*stream{}} }

// UnitAt is the number of a unit's first sample, counted from the first of unit 0.
func UnitAt(number int64) int64 { return number * perThreeUnits / 3 }

// Record gives room for a unit's samples and for what its owner said, see Device.Capture,
// in place of one that is half a minute old.
func (t *Tape) Record(uid uint32, number int64) (samples []int16, said *float64) {
	s := t.streams[uid]
	if s == nil {
		s = &stream{}
		t.streams[uid] = s
	}
	i := number % unitsKept
	s.numbers[i] = number + 1
	return s.samples[i][:UnitAt(number+1)-UnitAt(number)], &s.said[i]
}

// Find gives a unit's samples and what was said; nil when the tape has no such unit.
func (t *Tape) Find(uid uint32, number int64) (samples []int16, said float64) {
	s := t.streams[uid]
	if s == nil || number < 0 || s.numbers[number%unitsKept] != number+1 {
		return nil, 0
	}
	return s.samples[number%unitsKept][:UnitAt(number+1)-UnitAt(number)], s.said[number%unitsKept]
}
