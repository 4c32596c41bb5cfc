package packet

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// TestStream: the reader gets what was written, in order, and what was read and
// acknowledged is let go.
func TestStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Stream
		var all, got []byte
		acked := 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				p := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")
				all = append(all, p...)
				s.Write(bytes.Clone(p))
			case 1:
				to := rapid.IntRange(0, len(all)).Draw(t, "to")
				for v := s.Next(uint64(to)); v != nil; v = s.Next(uint64(to)) {
					got = append(got, v...)
				}
			case 2:
				acked = rapid.IntRange(acked, len(all)).Draw(t, "acked")
				s.Acked(uint64(acked))
				kept := bytes.Join(s.View(nil, uint64(acked), s.End()), nil)
				if !bytes.Equal(kept, all[acked:]) {
					t.Fatalf("after %d acknowledged, %d of %d bytes are kept", acked, len(kept), len(all)-acked)
				}
			}
		}
		if !bytes.Equal(got, all[:len(got)]) || s.ReadTo() != uint64(len(got)) {
			t.Fatalf("read %x of %x", got, all)
		}
		s.Acked(s.End())
		for v := s.Next(s.End()); v != nil; v = s.Next(s.End()) {
			got = append(got, v...)
		}
		if !bytes.Equal(got, all) || s.head != s.tail {
			t.Fatalf("read %d of %d bytes, %d chunks kept", len(got), len(all), s.tail-s.head)
		}
	})
}
