package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"minilab/simulator"
)

// drop is a directory that files are put into when all of them are written, never
// before. One that is not there yet is built beside its place and moved there in one
// step. One that is there stays what it is (a mount, somebody's working directory),
// with all that lies in it: files are made in a hidden directory inside, and moved up.
type drop struct {
	dir   string
	there bool
	made  []string // directories above it that were not there, the deepest first
	temp  string
	files []string
}

// newDrop finds out before the long work whether the directory can be written.
func newDrop(dir string) (*drop, error) {
	d := &drop{dir: filepath.Clean(dir)}
	info, err := os.Stat(d.dir)
	if err == nil && !info.IsDir() {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("%s is a file", dir), Remedy: "give --out a directory"}
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, &simulator.UsageError{Problem: err.Error()}
	}
	d.there = err == nil
	parent := d.dir
	if !d.there {
		parent = filepath.Dir(d.dir)
		d.made = missing(parent)
	}
	if err = os.MkdirAll(parent, 0o755); err == nil {
		d.temp, err = os.MkdirTemp(parent, ".minilab-")
	}
	if err != nil {
		d.abandon()
		return nil, err
	}
	return d, nil
}

// missing are a directory and those above it that are not there, the deepest first.
func missing(dir string) []string {
	var out []string
	for {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			return out
		}
		out = append(out, dir)
		dir = filepath.Dir(dir)
	}
}

// file writes one of the files.
func (d *drop) file(name string, fill func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(d.temp, name))
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	d.files = append(d.files, name)
	return errors.Join(fill(b), b.Flush(), f.Close())
}

// publish puts the files in their place.
func (d *drop) publish() error {
	if !d.there {
		if err := errors.Join(os.Chmod(d.temp, 0o755), os.Rename(d.temp, d.dir)); err != nil {
			return err
		}
		d.temp, d.made = "", nil
		return nil
	}
	for _, name := range d.files {
		if err := os.Rename(filepath.Join(d.temp, name), filepath.Join(d.dir, name)); err != nil {
			return err
		}
	}
	d.abandon() // the hidden directory, empty now
	return nil
}

// abandon takes away what was not put in its place.
func (d *drop) abandon() {
	if d.temp != "" {
		os.RemoveAll(d.temp)
		d.temp = ""
	}
	for _, dir := range d.made {
		os.Remove(dir) // unless somebody else has put something there
	}
}
