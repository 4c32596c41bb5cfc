package sound

const (
	// meterBlock is what the level of a tone is measured over: a whole number of periods
	// of all members' frequencies, and near the 100 ms of the usual definition.
	meterBlock = 2048
	// saidLeast is the level below which nobody has said anything worth measuring, in
	// 1/100 dB: a syllable in full is some dB above it.
	saidLeast = -3000
	// echoWindow is what an echo is measured over: one second.
	echoWindow = Rate
)

// Unmeasured stands where a second held nothing to measure.
const Unmeasured = -100000

// Measured is what was heard in a second of one stream, in 1/100 dB.
type Measured struct {
	Level       int // of everything
	Least, Most int // of the talker's own frequency, heard over said, in blocks of 128 ms in which something was said
	Echo        int // of the listener's own frequency
	Music       int
}

// secondWindow is applied to each second.
var secondWindow = hann(echoWindow)

// blockWindow is applied to each block: a talker's noise lies near its own frequency.
var blockWindow = hann(meterBlock)

// Meter measures what a listener hears of a stream.
type Meter struct {
	talker   goertzel
	listener goertzel
	music    [len(musicLines)]goertzel
	power    float64
	samples  int // of the second
	said     float64
	spoken   int // samples of the block
	unknown  bool
	now      Measured
}

// NewMeter makes one for a talker and a listener, by their own frequencies in Hz.
func NewMeter(talker, listener float64) *Meter {
	m := &Meter{talker: newGoertzel(talker), listener: newGoertzel(listener)}
	for i, line := range musicLines {
		m.music[i] = newGoertzel(line * lineHertz)
	}
	m.begin()
	return m
}

func (m *Meter) begin() {
	m.power, m.samples = 0, 0
	m.now = Measured{Least: Unmeasured, Most: Unmeasured}
}

// Add takes what was heard, nil for a period of silence, and the mean amplitude of what
// was said in it, below 0 if that isn't known. It returns true at the end of a second, when Second tells of it.
func (m *Meter) Add(x []float64, said float64) bool {
	if x == nil {
		x = silence[:]
	}
	m.power += energy(x)
	window := secondWindow[m.samples : m.samples+len(x)]
	m.listener.addShaped(x, window)
	for i := range m.music {
		m.music[i].addShaped(x, window)
	}
	m.samples += len(x)
	for len(x) > 0 {
		n := min(len(x), meterBlock-m.spoken)
		window := blockWindow[m.spoken : m.spoken+n]
		m.talker.addShaped(x[:n], window)
		for _, w := range window {
			m.said += said * w
		}
		m.unknown = m.unknown || said < 0
		m.spoken += n
		x = x[n:]
		if m.spoken == meterBlock {
			m.block()
		}
	}
	return m.samples == echoWindow
}

var silence [Period]float64

// block compares what was heard and said.
func (m *Meter) block() {
	unknown := m.unknown
	m.unknown = false
	const weight = meterBlock / 2 // of the window's values
	heard, said := Level(m.talker.power(weight)), Level(m.said*m.said/(2*weight*weight))
	m.said, m.spoken = 0, 0
	if unknown || said < saidLeast {
		return
	}
	gain := heard - said
	if m.now.Least == Unmeasured {
		m.now.Least, m.now.Most = gain, gain
	}
	m.now.Least, m.now.Most = min(m.now.Least, gain), max(m.now.Most, gain)
}

// Second tells of the second that has ended, and begins the next.
func (m *Meter) Second() Measured {
	const weight = echoWindow / 2 // of the window
	out := m.now
	out.Level = Level(m.power / echoWindow)
	out.Echo = Level(m.listener.power(weight))
	music := 0.0
	for i := range m.music {
		music += m.music[i].power(weight)
	}
	out.Music = Level(music)
	m.begin()
	return out
}
