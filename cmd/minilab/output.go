package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"minilab/devices/app"
	"minilab/simulator"
	"minilab/simulator/media/flv"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// output is the directory that a run leaves: the record, and for each view what the
// receiver's player got, as FLV. It is built beside the place it is meant for and
// moved there in one step, so that nothing half-written is ever left.
type output struct {
	dir   string // "": nothing is wanted
	temp  string
	views map[view]*received
	order []view
	files []string
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
	o := &output{dir: dir, views: map[view]*received{}}
	if dir == "" {
		return o, nil
	}
	old, err := os.ReadDir(dir)
	switch {
	case err == nil && len(old) > 0:
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("%s is not empty", dir), Remedy: "give --out a new directory; nothing is overwritten"}
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return nil, &simulator.UsageError{Problem: err.Error()}
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	o.temp, err = os.MkdirTemp(parent, ".minilab-")
	return o, err
}

// hooks collect what players receive; without a directory nobody listens.
func (o *output) hooks() app.Hooks {
	if o.dir == "" {
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
	if o.dir == "" {
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
	if err := os.Chmod(o.temp, 0o755); err != nil {
		return err
	}
	// An empty directory may stand there: Rename replaces it on Unix only.
	if err := os.Remove(o.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(o.temp, o.dir); err != nil {
		return err
	}
	o.temp = ""
	return nil
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

func (o *output) file(name string, fill func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(o.temp, name))
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	o.files = append(o.files, name)
	return errors.Join(fill(b), b.Flush(), f.Close())
}

// abandon takes away what was not put in its place.
func (o *output) abandon() {
	if o.temp != "" {
		os.RemoveAll(o.temp)
	}
}

func (o *output) show(e *env) {
	if o.dir == "" {
		return
	}
	fmt.Fprintf(e.stdout, "left   %d files in %s: %s and one FLV a view\n", len(o.files), o.dir, recordFile)
}
