package engine

import (
	"bytes"
	"fmt"
	"runtime"
	"sync/atomic"
)

// pulse is the world's sign of life, read from outside the bubble.
type pulse struct {
	beats   atomic.Uint64
	now     atomic.Int64
	stop    atomic.Bool
	limit   uint64
	events  uint64 // when virtual time moved last
	instant int64
}

func (p *pulse) beat(e *Engine) {
	if p == nil {
		return
	}
	p.beats.Add(1)
	p.now.Store(e.now)
	if e.now != p.instant {
		p.instant, p.events = e.now, e.events
	}
	switch {
	case e.ended:
	case p.stop.Load():
		panic(&StuckError{Actor: e.running(), Reason: "given up from outside"})
	case e.events-p.events > p.limit:
		panic(&StuckError{Actor: e.running(), Reason: fmt.Sprintf("%d events at one instant", e.events-p.events)})
	}
}

// park keeps a library goroutine of a world that was given up from trying again and
// again: it waits for ever instead of getting one more error.
func (p *pulse) park() {
	if p.stop.Load() {
		select {}
	}
}

// bubbleMark is how the runtime marks the goroutines of the caller's bubble.
func bubbleMark() []byte {
	b := make([]byte, 128)
	b = b[:runtime.Stack(b, false)]
	_, id, ok := bytes.Cut(b, []byte("synctest bubble "))
	if !ok {
		return nil
	}
	id, _, _ = bytes.Cut(id, []byte("]"))
	return fmt.Appendf(nil, "synctest bubble %s]", id)
}

// stacks are those of all goroutines whose first line has the mark.
func stacks(mark []byte) []byte {
	all := make([]byte, 1<<20)
	all = all[:runtime.Stack(all, true)]
	var out []byte
	for g := range bytes.SplitSeq(all, []byte("\n\n")) {
		if line, _, _ := bytes.Cut(g, []byte("\n")); bytes.Contains(line, mark) {
			out = append(append(out, g...), '\n', '\n')
		}
	}
	return out
}
