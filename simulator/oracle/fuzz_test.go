package oracle

import (
	"encoding/binary"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// FuzzJudge judges whatever bytes say: kinds, members and texts that don't exist,
// times that run backwards, numbers of any size.
func FuzzJudge(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("0123456789abcdef0123456789abcdef"))
	seed := []byte{}
	for i, k := range judgedKinds {
		seed = append(seed, byte(i), byte(k), byte(k>>8), byte(i%3), byte((i+1)%3), byte(i), 0, 9, 9, 9)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := &trace.Record{Head: trace.Head{Length: 10 * time.Second, Members: []trace.Member{{ID: "a"}, {ID: "b"}, {ID: "c"}}}, Actors: []string{"a", "b", "c", "server"}, Texts: judgedTexts}
		const size = 10
		for ; len(data) >= size && len(r.Events) < 300; data = data[size:] {
			ev := trace.Event{At: time.Duration(int8(data[0])) * time.Second / 4, Kind: trace.Kind(binary.LittleEndian.Uint16(data[1:])),
				Actor: trace.ActorID(int8(data[3])), Peer: trace.ActorID(int8(data[4])), Text: trace.TextID(data[5]), Note: trace.TextID(data[6])}
			for i := range ev.V {
				ev.V[i] = int64(int8(data[7+i%3])) << (data[9] % 57)
			}
			r.Events = append(r.Events, ev)
		}
		for _, v := range Judge(r) {
			if (len(v.Findings) > 0) != (v.Verdict == Reproduced || v.Verdict == Violated) {
				t.Errorf("%s is %s with %d findings", v.ID, v.Verdict, len(v.Findings))
			}
		}
		Views(r)
	})
}
