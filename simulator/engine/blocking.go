package engine

import (
	"net"
	"os"
	"sync"
	"time"
)

// blocking is what a Conn, a PacketConn and a listener have in common: a lock,
// goroutines that wait under it, a port that tells the loop of changes, and
// deadlines that are engine events.
type blocking struct {
	port *Port

	mu       sync.Mutex // never held while waiting
	changed  sync.Cond  // something changed that a goroutine may wait for
	waiting  int        // goroutines in changed.Wait
	closed   bool
	dirty    bool        // the loop has been told to look
	deadline [2]deadline // of reading (or accepting), of writing
}

const (
	reading = iota
	writing
)

func (b *blocking) init(p *Port, end portEnd) {
	if p.end != nil {
		panic("engine: port " + p.name + " already has a connection")
	}
	b.port = p
	b.changed.L = &b.mu
	for i := range b.deadline {
		b.deadline[i] = deadline{want: never, armed: never}
	}
	p.end = end
}

// Port is the port on which this is served, for what its session has to Call.
func (b *blocking) Port() *Port { return b.port }

func (b *blocking) wait() {
	b.waiting++
	b.changed.Wait()
	b.waiting--
}

// mark tells the loop to look here.
func (b *blocking) mark() {
	if !b.dirty {
		b.dirty = true
		b.port.s.mark(b.port)
	}
}

// trouble is why an operation can't go on now, if it can't.
func (b *blocking) trouble(which int) error {
	switch {
	case b.closed:
		return net.ErrClosed
	case b.deadline[which].expired:
		return os.ErrDeadlineExceeded
	}
	return nil
}

// deadline keeps at most one event of the loop: moving it later costs the loop
// nothing.
type deadline struct {
	want    int64 // what the library asked for
	armed   int64 // instant of the loop's next event for it
	expired bool
}

// unarmed tells that the loop must be told of the deadline.
func (d *deadline) unarmed() bool {
	return d.want != never && !d.expired && (d.armed == never || d.want < d.armed)
}

// setDeadlines is called by the library, with the lock held.
func (b *blocking) setDeadlines(t time.Time, which ...int) {
	for _, i := range which {
		d := &b.deadline[i]
		d.want, d.expired = never, false
		if t.IsZero() {
			continue
		}
		d.want = max(0, b.port.s.clockTime(t))
		if d.expired = !t.After(time.Now()); d.expired {
			b.changed.Broadcast()
		}
		if d.unarmed() {
			b.mark()
		}
	}
}

// looked is the loop's first step of a flush, with the lock held: it makes events of
// new deadlines.
func (b *blocking) looked() {
	b.dirty = false
	if b.closed {
		return
	}
	for i := range b.deadline {
		if d := &b.deadline[i]; d.unarmed() {
			d.armed = max(d.want, b.port.s.e.now)
			b.port.wakeAt(d.armed, i)
		}
	}
}

// expire implements portEnd.
func (b *blocking) expire(i int) bool {
	now := b.port.s.e.now
	b.mu.Lock()
	defer b.mu.Unlock()
	d := &b.deadline[i]
	if d.armed != now {
		return false // a sooner event has taken this one's place
	}
	d.armed = never
	switch {
	case d.want == never || d.expired || b.closed:
		return false
	case d.want > now:
		d.armed = d.want
		b.port.wakeAt(d.want, i)
		return false
	}
	d.expired = true
	b.changed.Broadcast()
	return b.waiting > 0
}

// stop implements portEnd.
func (b *blocking) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.dirty = true, true
	b.changed.Broadcast()
}
