package camera

import (
	"slices"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/h264"
)

// stage is a camera whose pictures are encoded and decoded.
type stage struct {
	e        *engine.Engine
	hardware *Hardware
	camera   *Camera
	decoder  *h264.Decoder
	films    []film1
	troubles []Trouble
	turns    []time.Duration
}

// film1 is a picture that was captured, and what came of it.
type film1 struct {
	at    time.Duration
	unit  phone.Unit
	frame h264.Frame // of a unit with a payload
	err   error
}

func (f film1) comes() bool { return f.unit.Payload != nil }

func newStage(t *testing.T, traits phone.Traits) *stage {
	t.Helper()
	s := &stage{e: engine.New(1), decoder: h264.NewDecoder(nil)}
	s.hardware = NewHardware(s.e, "a", traits)
	s.camera = New(s.e, Options{Name: "a/camera", UID: 7, Traits: traits, Hardware: s.hardware,
		OnTrouble: func(x Trouble) { s.troubles = append(s.troubles, x) },
		OnTurned:  func(int) { s.turns = append(s.turns, s.e.Now()) },
		OnPicture: func(captured time.Duration) {
			f := film1{at: captured, unit: s.camera.Encode()}
			if f.comes() {
				f.frame, f.err = s.decoder.Decode(f.unit.Payload)
			}
			s.films = append(s.films, f)
		}})
	if err := s.decoder.Configure(s.camera.Config()); err != nil {
		t.Fatal(err)
	}
	s.camera.SetBitrate(400_000)
	return s
}

func (s *stage) at(when time.Duration, f func()) { s.e.Proc("script").At(when, f) }

// run films until then from the start on.
func (s *stage) run(until time.Duration) {
	s.camera.BeginEncoding()
	s.camera.Open()
	s.e.RunUntil(until)
}

// between are the pictures captured in a span.
func (s *stage) between(from, to time.Duration) []film1 {
	var out []film1
	for _, f := range s.films {
		if f.at >= from && f.at < to {
			out = append(out, f)
		}
	}
	return out
}

func (s *stage) coming(from, to time.Duration) int {
	n := 0
	for _, f := range s.between(from, to) {
		if f.comes() && f.err == nil && f.frame.Reading.OK {
			n++
		}
	}
	return n
}

// on are the traits of a phone whose sessions the system takes away, or doesn't.
func on(takes bool) phone.Traits {
	t := phone.DefaultTraits()
	t.Chip.SessionLost = takes
	return t
}

// A session that dies is replaced, unless it was one of those that leave nothing to
// replace it with. The preview goes on either way.
func TestEncoderDies(t *testing.T) {
	for _, takes := range []bool{false, true} {
		s := newStage(t, on(takes))
		s.at(5*time.Second, func() { s.hardware.FailEncoder("dies") })
		s.at(15*time.Second, s.camera.EndEncoding)
		s.run(20 * time.Second)
		want := []Trouble{EncoderRestarted}
		if takes {
			want = []Trouble{EncoderFailed}
		}
		if !slices.Equal(s.troubles, want) {
			t.Errorf("taken %v: troubles %v, want %v", takes, s.troubles, want)
		}
		if n := len(s.between(6*time.Second, 15*time.Second)); n < 134 {
			t.Errorf("taken %v: a preview of %d pictures in 9 s", takes, n)
		}
		if n := s.coming(6*time.Second, 15*time.Second); takes && n > 0 || !takes && n < 134 {
			t.Errorf("taken %v: %d pictures in 9 s", takes, n)
		}
		if n := s.coming(5*time.Second, 5*time.Second+restartTime); n > 0 {
			t.Errorf("taken %v: %d pictures before another session can be there", takes, n)
		}
		if n := s.coming(15*time.Second, 20*time.Second); n < 74 {
			t.Errorf("taken %v: a new push has %d pictures in 5 s", takes, n)
		}
		first := s.between(15*time.Second, 16*time.Second)[0]
		if !first.unit.Key {
			t.Errorf("taken %v: a new push begins with no key frame", takes)
		}
	}
}

// An app that leaves the screen loses its session where the system takes it, has another
// on return and says so; with bad luck it hasn't. Elsewhere nothing happens.
func TestSessionLostBehindAnotherApp(t *testing.T) {
	for _, c := range []struct {
		takes       bool
		unrecovered float64
		covered     bool // not left
		want        []Trouble
		black       bool
	}{
		{false, 1, false, nil, false},
		{true, 0, false, []Trouble{EncoderFailed, EncoderRestarted}, false},
		{true, 1, false, []Trouble{EncoderFailed}, true},
		{true, 1, true, []Trouble{EncoderFailed, EncoderRestarted}, false},
	} {
		traits := on(c.takes)
		traits.Chip.Unrecovered = c.unrecovered
		s := newStage(t, traits)
		s.at(5*time.Second, func() { s.camera.Close(); s.hardware.LoseSessions(!c.covered) })
		s.at(7*time.Second, s.camera.Open)
		s.run(12 * time.Second)
		if !slices.Equal(s.troubles, c.want) {
			t.Errorf("%+v: troubles %v", c, s.troubles)
		}
		if n := s.coming(8*time.Second, 12*time.Second); c.black && n > 0 || !c.black && n < 59 {
			t.Errorf("%+v: %d pictures in 4 s", c, n)
		}
	}
}

// A silent encoder says nothing, gives nothing and leaves the preview alone.
func TestSilentEncoder(t *testing.T) {
	begin := func(s *stage) { s.hardware.FailEncoder("stalls") }
	for name, c := range map[string]struct {
		traits func(*phone.Traits)
		script func(*stage)
	}{
		"fault before": {script: begin},
		"fault later":  {script: func(s *stage) { s.at(2*time.Second, func() { begin(s) }) }},
		"by chance":    {traits: func(x *phone.Traits) { x.Chip.Silent = 1 }},
	} {
		traits := phone.DefaultTraits()
		if c.traits != nil {
			c.traits(&traits)
		}
		s := newStage(t, traits)
		if c.script != nil {
			c.script(s)
		}
		s.run(8 * time.Second)
		if len(s.troubles) > 0 {
			t.Errorf("%s: it says %v", name, s.troubles)
		}
		if n := len(s.between(3*time.Second, 8*time.Second)); n != 75 {
			t.Errorf("%s: a preview of %d pictures in 5 s", name, n)
		}
		if n := s.coming(3*time.Second, 8*time.Second); n > 0 {
			t.Errorf("%s: %d pictures", name, n)
		}
		s.hardware.MendEncoder("stalls")
		s.e.RunUntil(10 * time.Second)
		want := 30
		if name == "by chance" {
			want = 0 // no fault began it, so none ends it
		}
		if n := s.coming(8*time.Second, 10*time.Second); n != want {
			t.Errorf("%s: mended, %d pictures in 2 s, want %d", name, n, want)
		}
	}
}

// Where the hardware doesn't begin the software does its work, as fast as the phone can.
func TestSoftwareInstead(t *testing.T) {
	for _, c := range []struct {
		cpu  float64
		fps  int
		cost time.Duration
	}{{2.5, 15, 20 * time.Millisecond}, {1, 15, 50 * time.Millisecond}, {0.5, 8, 100 * time.Millisecond}} {
		traits := phone.DefaultTraits()
		traits.CPU = c.cpu
		traits.Chip.Corrupt = true // which is the hardware's
		s := newStage(t, traits)
		s.hardware.FailEncoder("fails-to-start")
		s.run(11 * time.Second)
		if !slices.Equal(s.troubles, []Trouble{EncoderRefused}) {
			t.Errorf("cpu %v: troubles %v", c.cpu, s.troubles)
		}
		if n := s.coming(time.Second, 11*time.Second); n < c.fps*10-1 || n > c.fps*10+1 {
			t.Errorf("cpu %v: %d clean pictures in 10 s, want %d a second", c.cpu, n, c.fps)
		}
		if got := s.camera.EncodingTime(); got != c.cost {
			t.Errorf("cpu %v: a picture takes %v, want %v", c.cpu, got, c.cost)
		}
		if got := s.camera.SetFPS(30); got != c.fps {
			t.Errorf("cpu %v: asked for more, %d pictures a second", c.cpu, got)
		}
		s.hardware.MendEncoder("fails-to-start")
		s.camera.EndEncoding()
		s.camera.BeginEncoding()
		if got := s.camera.SetFPS(15); got != 15 || s.camera.EncodingTime() > c.cost/10 {
			t.Errorf("cpu %v: the hardware gives %d pictures a second at %v each", c.cpu, got, s.camera.EncodingTime())
		}
	}
}

// Half a picture can't be decoded, nor what refers to it; the next whole key frame can.
func TestEncoderTruncates(t *testing.T) {
	for name, end := range map[string]func(s *stage){
		"mended":          func(s *stage) { s.hardware.MendEncoder("truncates") },
		"another session": func(s *stage) { s.camera.EndEncoding(); s.camera.BeginEncoding() },
	} {
		s := newStage(t, phone.DefaultTraits())
		s.at(3*time.Second, func() { s.hardware.FailEncoder("truncates") })
		s.at(9*time.Second, func() { end(s) })
		s.run(16 * time.Second)
		for _, f := range s.films {
			if bad := f.at >= 4*time.Second && f.at < 9*time.Second; !f.comes() || bad && f.err == nil {
				t.Fatalf("%s: the picture at %v comes: %v, %v", name, f.at, f.comes(), f.err)
			}
		}
		if n := s.coming(13*time.Second, 16*time.Second); n != 45 || len(s.troubles) != 0 {
			t.Errorf("%s: %d clean pictures in 3 s afterwards, troubles %v", name, n, s.troubles)
		}
	}
}

// A corrupt encoder writes valid syntax; its pictures are wrong until it is mended.
func TestEncoderCorrupts(t *testing.T) {
	s := newStage(t, phone.DefaultTraits())
	s.at(3*time.Second, func() { s.hardware.FailEncoder("corrupts") })
	s.at(9*time.Second, func() { s.hardware.MendEncoder("corrupts") })
	s.run(16 * time.Second)
	for _, f := range s.films {
		if f.err != nil || !f.comes() {
			t.Fatalf("the picture at %v: %v", f.at, f.err)
		}
	}
	if n := s.coming(4*time.Second, 9*time.Second); n > 7 {
		t.Errorf("%d clean pictures in 5 s of a corrupt encoder", n)
	}
	if n := s.coming(13*time.Second, 16*time.Second); n != 45 {
		t.Errorf("%d clean pictures in 3 s of a mended one", n)
	}
}
