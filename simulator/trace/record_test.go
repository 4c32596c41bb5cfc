package trace

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// sample is a small record; change may spoil it before it is sealed.
func sample(t *testing.T, change func(*Log)) *Record {
	t.Helper()
	now := time.Duration(0)
	l := NewLog(Head{Version: Version, Scenario: "talk", Seed: 1, Key: "talk@1", Length: time.Minute,
		Members: []Member{{ID: "alice", UID: 1}, {ID: "bob", UID: 2}}}, func() time.Duration { return now })
	for range 5000 { // more than one block of the digest
		now += 10 * time.Millisecond
		l.Add(FrameShown, 0, 1, "", "", 1, 2, 3)
	}
	l.Add(CallDone, 1, Nobody, "join", "late", 1, 0, 901)
	if change != nil {
		change(l)
	}
	r, err := l.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDigestIsOfEverything(t *testing.T) {
	base := sample(t, nil).Digest
	if sample(t, nil).Digest != base {
		t.Fatal("the same record has two digests")
	}
	other := map[string]func(*Log){
		"an event":       func(l *Log) { l.Add(AppState, 0, Nobody, "left", "") },
		"a time":         func(l *Log) { l.Emit(Event{At: 1, Kind: AppState, Actor: 0, Peer: Nobody}) },
		"a member":       func(l *Log) { l.head.Members[0].UID = 9 },
		"a param":        func(l *Log) { l.Param(Param{Name: "loss", Value: 0.01}) },
		"a parameter":    func(l *Log) { l.head.Seed = 2 },
		"a text":         func(l *Log) { l.Text("something") },
		"a name":         func(l *Log) { l.actors[0] = "eve" },
		"an actor":       func(l *Log) { l.Add(AppState, 1, Nobody, "left", "") },
		"another number": func(l *Log) { l.Add(CallDone, 1, Nobody, "join", "late", 1, 0, 902) },
	}
	seen := map[string]string{base: "nothing"}
	for name, change := range other {
		d := sample(t, change).Digest
		if before, ok := seen[d]; ok {
			t.Errorf("%s and %s have the same digest", name, before)
		}
		seen[d] = name
	}
}

func TestEventsKeepTheirOrderAndTexts(t *testing.T) {
	r := sample(t, nil)
	last := r.Events[len(r.Events)-1]
	if r.Text(last.Text) != "join" || r.Text(last.Note) != "late" || last.V[2] != 901 || last.At != 50*time.Second {
		t.Errorf("last event %+v", last)
	}
	if r.Actor("bob") != 1 || r.Actor("server") != 2 || r.Actor("eve") != Nobody {
		t.Errorf("actors %v", r.Actors)
	}
}

func TestSavedRecordsComeBack(t *testing.T) {
	r := sample(t, nil)
	var file bytes.Buffer
	if err := Save(&file, r); err != nil {
		t.Fatal(err)
	}
	back, err := Load(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r, back) {
		t.Error("a record came back changed")
	}
}

func TestLoadRefusesWhatWasChanged(t *testing.T) {
	cases := map[string]struct {
		change func(*Record)
		want   error
	}{
		"another version": {func(r *Record) { r.Head.Version++ }, ErrVersion},
		"an event":        {func(r *Record) { r.Events[7].V[0]++ }, ErrDigest},
		"a missing event": {func(r *Record) { r.Events = r.Events[1:] }, ErrDigest},
		"the digest":      {func(r *Record) { r.Digest = strings.Repeat("0", 64) }, ErrDigest},
		"a wild text":     {func(r *Record) { r.Events[7].Text = 1 << 30 }, ErrDigest},
		"a wild actor":    {func(r *Record) { r.Events[7].Actor = 900 }, ErrDigest},
	}
	for name, x := range cases {
		r := sample(t, nil)
		x.change(r)
		var file bytes.Buffer
		if err := Save(&file, r); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(&file); !errors.Is(err, x.want) {
			t.Errorf("%s: error %v, want %v", name, err, x.want)
		}
	}
}

func TestLoadRefusesWhatIsNoRecord(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_ = json.NewEncoder(w).Encode([]int{1})
	_ = w.Close()
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "other JSON": z.Bytes()} {
		if _, err := Load(bytes.NewReader(b)); err == nil {
			t.Errorf("%s was taken for a record", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	var file bytes.Buffer
	l := NewLog(Head{Version: Version, Members: []Member{{ID: "a"}}}, func() time.Duration { return 1 })
	l.Add(AppState, 0, Nobody, "left", "")
	r, _ := l.Seal()
	_ = Save(&file, r)
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Load(bytes.NewReader(b)); err == nil && r.Head.Version != Version {
			t.Error("a record of another version was loaded")
		}
	})
}

func TestEveryKindHasANameAndALayer(t *testing.T) {
	names := map[string]Kind{}
	for k := range kindNames {
		if other, ok := names[k.String()]; ok {
			t.Errorf("%d and %d are both called %s", k, other, k)
		}
		names[k.String()] = k
		if int(k.Layer()) >= len(layerNames) {
			t.Errorf("%s has no layer", k)
		}
	}
	// Kinds are numbered without holes within a layer, so a missing name shows.
	for k := range kindNames {
		if k%100 > 1 && kindNames[k-1] == "" {
			t.Errorf("kind %d before %s has no name", k-1, k)
		}
	}
}

func BenchmarkEmit(b *testing.B) {
	l := NewLog(Head{}, func() time.Duration { return 1 })
	ev := Event{Kind: FrameShown, V: [6]int64{1, 2, 3, 4, 5, 6}}
	b.ReportAllocs()
	for b.Loop() {
		l.Emit(ev)
		if len(l.events) == 1<<16 {
			l.events = l.events[:0]
		}
	}
}
