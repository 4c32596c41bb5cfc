package trace

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"time"
)

// Version is the version of the record's schema.
const Version = 1

// Head says what was run: everything that a run depends on besides the build.
type Head struct {
	Version  int           `json:"version"`
	Scenario string        `json:"scenario"`
	Seed     uint64        `json:"seed"`
	Key      string        `json:"key"` // scenario@seed, with +k=v overrides
	SDK      string        `json:"sdk"`
	Length   time.Duration `json:"length_ns"`
	Members  []Member      `json:"members"`
	Params   []Param       `json:"params"`         // drawn from the seed, in the order of drawing
	Page     string        `json:"page,omitempty"` // of all mini-programs; empty: the vendor's demo
}

// Member is one of the cast. Its ActorID is its index in Head.Members.
type Member struct {
	ID      string `json:"id"`
	UID     uint32 `json:"uid"`
	Origin  string `json:"origin,omitempty"` // native or web; empty: a mini-program
	Device  string `json:"device"`
	OS      string `json:"os"`
	Role    string `json:"role"`
	Network string `json:"network"`
	Camera  string `json:"camera"`          // pattern, off, or a clip's name
	Codec   string `json:"codec,omitempty"` // of what it sends, where it isn't H.264
	Mic     bool   `json:"mic"`
}

// Param is one number of the model that this run used.
type Param struct {
	Name     string  `json:"name"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Fidelity string  `json:"fidelity"`
}

// Record is a finished run: sealed, and judged from this alone.
type Record struct {
	Head   Head
	Actors []string // members in the order of Head.Members, then "server"
	Texts  []string
	Events []Event
	Digest string // sha256 over head, names and events
}

// Actor finds an actor by name; Nobody when there is none.
func (r *Record) Actor(name string) ActorID {
	for i, n := range r.Actors {
		if n == name {
			return ActorID(i)
		}
	}
	return Nobody
}

// Text is the string behind an id.
func (r *Record) Text(id TextID) string { return r.Texts[id] }

// Log is a record in the making. It belongs to the event loop of its world.
type Log struct {
	head   Head
	actors []string
	texts  []string
	ids    map[string]TextID
	events []Event
	sum    hash.Hash
	buf    []byte
	now    func() time.Duration
}

// NewLog begins a record; now is the world's clock. The members of head become
// actors 0, 1, ..., and after them comes the server.
func NewLog(head Head, now func() time.Duration) *Log {
	l := &Log{head: head, texts: []string{""}, ids: map[string]TextID{"": 0}, sum: sha256.New(), now: now}
	for _, m := range head.Members {
		l.actors = append(l.actors, m.ID)
	}
	l.actors = append(l.actors, "server")
	return l
}

// Server is the ActorID of the media server.
func (l *Log) Server() ActorID { return ActorID(len(l.actors) - 1) }

// Param notes a number of the model that this run used.
func (l *Log) Param(p Param) { l.head.Params = append(l.head.Params, p) }

// Text gives the id of a string.
func (l *Log) Text(s string) TextID {
	id, ok := l.ids[s]
	if !ok {
		id = TextID(len(l.texts))
		l.texts = append(l.texts, s)
		l.ids[s] = id
	}
	return id
}

// Emit adds an event; a zero At becomes now.
func (l *Log) Emit(ev Event) {
	if ev.At == 0 && l.now != nil {
		ev.At = l.now()
	}
	l.events = append(l.events, ev)
	l.buf = appendEvent(l.buf, &ev)
	if len(l.buf) > 1<<16 {
		l.sum.Write(l.buf)
		l.buf = l.buf[:0]
	}
}

// Add is Emit for the many events that need no more than this.
func (l *Log) Add(k Kind, actor, peer ActorID, text, note string, v ...int64) {
	ev := Event{Kind: k, Actor: actor, Peer: peer, Text: l.Text(text), Note: l.Text(note)}
	copy(ev.V[:], v)
	l.Emit(ev)
}

// Seal ends the record and computes its digest.
func (l *Log) Seal() (*Record, error) {
	l.sum.Write(l.buf)
	l.buf = nil
	rest, err := json.Marshal(struct {
		Head   Head
		Actors []string
		Texts  []string
	}{l.head, l.actors, l.texts})
	if err != nil {
		return nil, fmt.Errorf("seal record of %s: %w", l.head.Key, err)
	}
	l.sum.Write(rest)
	return &Record{Head: l.head, Actors: l.actors, Texts: l.texts, Events: l.events,
		Digest: hex.EncodeToString(l.sum.Sum(nil))}, nil
}

func appendEvent(b []byte, ev *Event) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(ev.At))
	b = binary.LittleEndian.AppendUint16(b, uint16(ev.Kind))
	b = binary.LittleEndian.AppendUint16(b, uint16(ev.Actor))
	b = binary.LittleEndian.AppendUint16(b, uint16(ev.Peer))
	b = binary.LittleEndian.AppendUint32(b, uint32(ev.Text))
	b = binary.LittleEndian.AppendUint32(b, uint32(ev.Note))
	for _, v := range ev.V {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	return b
}
