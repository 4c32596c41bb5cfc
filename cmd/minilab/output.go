package main

import (
	"fmt"
	"io"
	"os"

	"minilab/devices/app"
	"minilab/simulator"
	"minilab/simulator/media/flv"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// output is the directory that a run leaves: the record, and for each view what the
// receiver's player got, as FLV.
type output struct {
	*drop // nil: nothing is wanted
	views map[view]*received
	order []view
}

type view struct{ viewer, publisher trace.ActorID }

// received is a view's media. A player that starts anew begins at other timestamps,
// which then go on where the last ones ended.
type received struct {
	tags         []flv.Tag
	audio, video bool
	last, shift  uint32
}

// newOutput prepares a directory; it must not exist, or be empty.
func newOutput(dir string) (*output, error) {
	o := &output{views: map[view]*received{}}
	if dir == "" {
		return o, nil
	}
	old, err := os.ReadDir(dir)
	if err == nil && len(old) > 0 {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("%s is not empty", dir), Remedy: "give --out a new directory; nothing is overwritten"}
	}
	o.drop, err = newDrop(dir)
	return o, err
}

// hooks collect what players receive; without a directory nobody listens.
func (o *output) hooks() app.Hooks {
	if o.drop == nil {
		return app.Hooks{}
	}
	return app.Hooks{Received: o.received}
}

func (o *output) received(viewer, publisher trace.ActorID, m rtmp.Message) {
	key := view{viewer, publisher}
	r := o.views[key]
	if r == nil {
		r = &received{}
		o.views[key] = r
		o.order = append(o.order, key)
	}
	r.add(m)
}

func (r *received) add(m rtmp.Message) {
	switch m.Type {
	case rtmp.TypeAudio:
		r.audio = true
	case rtmp.TypeVideo:
		r.video = true
	default:
		return // metadata says nothing that the file doesn't
	}
	at := m.Timestamp + r.shift
	if int32(at-r.last) < -backwards {
		r.shift = r.last - m.Timestamp
		at = r.last
	}
	r.last = at
	r.tags = append(r.tags, flv.Tag{Type: m.Type, Timestamp: at, Data: m.Payload})
}

// backwards is by how many milliseconds audio and video of one stream may cross.
const backwards = 1000

// recordFile is what a saved record is called.
const recordFile = "record.json.gz"

// write fills the directory and puts it in its place.
func (o *output) write(r *trace.Record) error {
	if o.drop == nil {
		return nil
	}
	if err := o.file(recordFile, func(w io.Writer) error { return trace.Save(w, r) }); err != nil {
		return err
	}
	for _, key := range o.order {
		v := o.views[key]
		name := fmt.Sprintf("%s-sees-%s.flv", r.Actors[key.viewer], r.Actors[key.publisher])
		if err := o.file(name, v.write); err != nil {
			return err
		}
	}
	return o.publish()
}

func (v *received) write(w io.Writer) error {
	f, err := flv.NewWriter(w, v.audio, v.video)
	for _, tag := range v.tags {
		if err != nil {
			break
		}
		err = f.Write(tag)
	}
	return err
}

// abandon takes away what was not put in its place.
func (o *output) abandon() {
	if o.drop != nil {
		o.drop.abandon()
	}
}

func (o *output) show(e *env) {
	if o.drop == nil {
		return
	}
	fmt.Fprintf(e.stdout, "left   %d files in %s: %s and one FLV a view\n", len(o.files), o.dir, recordFile)
}
