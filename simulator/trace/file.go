package trace

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// What Load finds wrong with a file. Matched with errors.Is.
var (
	ErrVersion = errors.New("record of another version")
	ErrDigest  = errors.New("record doesn't match its digest")
)

// Save writes a record so that Load can read it: gzipped JSON, the whole Record with
// its version in the head.
func Save(w io.Writer, r *Record) error {
	z := gzip.NewWriter(w)
	if err := errors.Join(json.NewEncoder(z).Encode(r), z.Close()); err != nil {
		return fmt.Errorf("save record of %s: %w", r.Head.Key, err)
	}
	return nil
}

// Load reads what Save wrote, and checks that nobody changed it since.
func Load(from io.Reader) (*Record, error) {
	z, err := gzip.NewReader(from)
	if err != nil {
		return nil, fmt.Errorf("load record: %w", err)
	}
	var r Record
	if err := json.NewDecoder(z).Decode(&r); err != nil {
		return nil, fmt.Errorf("load record: %w", err)
	}
	if r.Head.Version != Version {
		return nil, fmt.Errorf("load record of %s: %w: %d, this program reads %d", r.Head.Key, ErrVersion, r.Head.Version, Version)
	}
	for i, ev := range r.Events {
		if int(ev.Text) >= len(r.Texts) || int(ev.Note) >= len(r.Texts) || !r.known(ev.Actor) || !r.known(ev.Peer) {
			return nil, fmt.Errorf("load record of %s: event %d names what isn't there: %w", r.Head.Key, i, ErrDigest)
		}
	}
	sealed, err := r.seal()
	if err != nil {
		return nil, err
	}
	if sealed != r.Digest {
		return nil, fmt.Errorf("load record of %s: %w", r.Head.Key, ErrDigest)
	}
	return &r, nil
}

func (r *Record) known(a ActorID) bool { return a == Nobody || int(a) < len(r.Actors) }

// seal computes a whole record's digest anew.
func (r *Record) seal() (string, error) {
	l := NewLog(r.Head, nil)
	l.actors, l.texts = r.Actors, r.Texts
	for i := range r.Events {
		l.Emit(r.Events[i])
	}
	again, err := l.Seal()
	if err != nil {
		return "", err
	}
	return again.Digest, nil
}
