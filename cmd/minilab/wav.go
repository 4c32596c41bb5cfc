package main

import (
	"fmt"
	"io"
	"math"
	"os"

	"minilab/devices/app"
	"minilab/devices/phone/sound"
	"minilab/simulator"
	"minilab/simulator/trace"
)

// sounds is a directory with what each user heard in a run, a WAV file a member.
type sounds struct {
	*drop // nil: nothing is wanted
	heard map[trace.ActorID][]int16
	order []trace.ActorID
}

// audioSamples is how a scenario must have its sound to be heard.
const audioSamples = "samples"

// newSounds prepares a directory; it must not exist, or be empty.
func newSounds(dir string, s *simulator.Scenario) (*sounds, error) {
	o := &sounds{heard: map[trace.ActorID][]int16{}}
	if dir == "" {
		return o, nil
	}
	if s.Audio != audioSamples {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("the sound of %s has no samples", s.Name), Remedy: "give --set audio=samples as well"}
	}
	old, err := os.ReadDir(dir)
	if err == nil && len(old) > 0 {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("%s is not empty", dir), Remedy: "give --wav a new directory; nothing is overwritten"}
	}
	o.drop, err = newDrop(dir)
	return o, err
}

// hook adds itself to those who look on; without a directory nobody listens.
func (o *sounds) hook(h app.Hooks) app.Hooks {
	if o.drop != nil {
		h.Heard = o.hear
	}
	return h
}

// hear keeps what a user hears, at its place in the run.
func (o *sounds) hear(viewer trace.ActorID, at int64, samples []float64) {
	x, known := o.heard[viewer]
	if !known {
		o.order = append(o.order, viewer)
	}
	x = padded(x, at)
	for _, v := range samples {
		x = append(x, int16(math.Round(32767*max(-1, min(1, v)))))
	}
	o.heard[viewer] = x
}

// padded is silent up to a sample.
func padded(x []int16, to int64) []int16 {
	if n := to - int64(len(x)); n > 0 {
		x = append(x, make([]int16, n)...)
	}
	return x
}

// write fills the directory and puts it in its place. All files are as long as the run.
func (o *sounds) write(r *trace.Record) error {
	if o.drop == nil {
		return nil
	}
	end := sound.At(r.Head.Length)
	for _, who := range o.order {
		x := padded(o.heard[who], end)
		err := o.file(fmt.Sprintf("%s-hears.wav", r.Actors[who]), func(w io.Writer) error { return sound.WriteWAV(w, x[:end]) })
		if err != nil {
			return err
		}
	}
	return o.publish()
}

func (o *sounds) abandon() {
	if o.drop != nil {
		o.drop.abandon()
	}
}

// show says what was written, and by which frequencies the voices in it are told apart.
func (o *sounds) show(e *env, r *trace.Record) {
	if o.drop == nil {
		return
	}
	fmt.Fprintf(e.stdout, "left   %d WAV files of %v in %s: what each user heard\n", len(o.files), r.Head.Length, o.dir)
	for i := range r.Head.Members {
		if hz := toneOf(&r.Head.Members[i]); hz != nil {
			fmt.Fprintf(e.stdout, "       %s's voice has %g Hz for itself\n", r.Head.Members[i].ID, *hz)
		}
	}
}
