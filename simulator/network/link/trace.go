package link

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Trace is a rate over time in Mahimahi's format: each line is a time in whole
// milliseconds at which 1500 bytes can pass; equal times may stand often, and after
// the last time it begins anew. What nobody uses is gone. A Trace doesn't change,
// so links share it.
// Source: mahimahi traces/README; fidelity: documented.
type Trace struct {
	name string
	at   []uint32 // ms, not decreasing
}

const (
	// opportunityBytes pass at each line of a trace.
	// Source: mahimahi traces/README; fidelity: documented.
	opportunityBytes = 1500
	maxTraceScale    = 1000
	// maxTraceMS and maxTraceLines bound a trace to a day, and to what fits in memory.
	maxTraceMS    = 24 * 3600 * 1000
	maxTraceLines = 1 << 22
)

// ParseTrace reads a trace in Mahimahi's format. Errors begin with file:line.
func ParseTrace(file string, src []byte) (*Trace, error) {
	t := &Trace{name: file}
	for n := 1; len(src) > 0; n++ {
		line, rest, _ := bytes.Cut(src, []byte("\n"))
		src = rest
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		v, err := strconv.ParseUint(string(line), 10, 32)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s:%d: %q is not a time in whole milliseconds", file, n, clip(line))
		case v > maxTraceMS:
			return nil, fmt.Errorf("%s:%d: %d ms is more than a day", file, n, v)
		case len(t.at) > 0 && uint32(v) < t.at[len(t.at)-1]:
			return nil, fmt.Errorf("%s:%d: %d ms comes after %d ms", file, n, v, t.at[len(t.at)-1])
		case len(t.at) == maxTraceLines:
			return nil, fmt.Errorf("%s:%d: a trace has at most %d lines", file, n, maxTraceLines)
		}
		t.at = append(t.at, uint32(v))
	}
	if len(t.at) == 0 || t.at[len(t.at)-1] == 0 {
		return nil, fmt.Errorf("%s: a trace needs a line with a time after 0", file)
	}
	return t, nil
}

func clip(line []byte) []byte { return line[:min(len(line), 20)] }

// Name is the file that the trace was read from.
func (t *Trace) Name() string { return t.name }

// Length is after how long the trace begins anew.
func (t *Trace) Length() time.Duration {
	return time.Duration(t.at[len(t.at)-1]) * time.Millisecond
}

// MeanBPS is the mean rate over one turn.
func (t *Trace) MeanBPS() int64 {
	return int64(float64(len(t.at)*opportunityBytes*8) / t.Length().Seconds())
}

// RateBPS is the mean rate from one time to another within the first turn.
func (t *Trace) RateBPS(from, to time.Duration) int64 {
	first, _ := slices.BinarySearch(t.at, uint32(from.Milliseconds()))
	last, _ := slices.BinarySearch(t.at, uint32(to.Milliseconds()))
	return int64(float64((last-first)*opportunityBytes*8) / (to - from).Seconds())
}

// traced is a serialiser that follows a trace.
type traced struct {
	trace *Trace
	bytes int   // that an opportunity carries
	start int64 // ns, when the trace began
	turn  int64 // which turn, from 0
	next  int   // the opportunity in use
	left  int   // bytes that it still carries
}

func (s *traced) begin(t *Trace, scale float64, now int64) {
	*s = traced{trace: t, bytes: max(1, int(opportunityBytes*scale)), start: now}
	s.left = s.bytes
}

func (s *traced) time() int64 {
	return s.start + s.turn*int64(s.trace.Length()) + int64(s.trace.at[s.next])*int64(time.Millisecond)
}

func (s *traced) step() {
	if s.next++; s.next == len(s.trace.at) {
		s.next = 0
		s.turn++
	}
	s.left = s.bytes
}

// seek moves to the first opportunity at or after a time. What is left of the one in
// use stays usable at its own time.
func (s *traced) seek(from int64) {
	if s.time() >= from {
		return
	}
	length := int64(s.trace.Length())
	since := from - s.start
	s.turn = max(0, (since-1)/length) // the last line of a turn stands at its end
	within := uint32((since - s.turn*length + int64(time.Millisecond) - 1) / int64(time.Millisecond))
	s.next, _ = slices.BinarySearch(s.trace.at, within)
	s.left = s.bytes
	if s.next == len(s.trace.at) {
		s.next = 0
		s.turn++
	}
}

// serve is when the last of n bytes passes that the serialiser turns to at a time.
func (s *traced) serve(from int64, n int) int64 {
	s.seek(from)
	for n > s.left {
		n -= s.left
		s.step()
	}
	s.left -= n
	return s.time()
}
