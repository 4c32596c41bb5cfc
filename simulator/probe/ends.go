package probe

import (
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/tcp"
)

// sender writes the stream. It implements sockets.Handler.
type sender struct {
	p     *probe
	proc  *engine.Proc
	conn  *tcp.Conn
	block []byte // what one write carries
	due   int    // frames so far
	queue int    // frames that wait for room

	open, over bool // the connection stands, all is over
	ended      error
	endedAt    time.Duration
}

// OnOpen begins the stream.
func (s *sender) OnOpen(k sockets.Socket) {
	s.open = true
	s.p.r.Opened = s.proc.Now()
	end := s.p.o.Length
	if s.p.o.Stream == Frames {
		end += patience
	}
	s.proc.After(end, func() { s.stop(nil) })
	if s.p.o.Stream == Frames {
		s.frame()
	}
	s.OnWritable(k)
}

// frame is when a frame is due.
func (s *sender) frame() {
	if s.over {
		return
	}
	s.due++
	s.queue++
	s.OnWritable(s.conn)
	if next := s.p.dueAt(s.due); next < s.p.r.Opened+s.p.o.Length {
		s.proc.At(next, s.frame)
	}
}

// dueAt is when a frame is due, the first being number 0.
func (p *probe) dueAt(frame int) time.Duration {
	return p.r.Opened + time.Duration(frame)*time.Second/time.Duration(p.o.FPS)
}

// OnWritable writes as long as there is room.
func (s *sender) OnWritable(k sockets.Socket) {
	bulk := s.p.o.Stream == Bulk
	for (bulk || s.queue > 0) && k.Free() > 0 {
		k.Send(s.block)
		if !bulk {
			s.queue--
		}
	}
}

// OnData implements sockets.Handler; nothing comes back.
func (s *sender) OnData(sockets.Socket, []byte) {}

// OnClose implements sockets.Handler.
func (s *sender) OnClose(_ sockets.Socket, err error) { s.stop(err) }

// stop ends the probe.
func (s *sender) stop(err error) {
	s.over, s.ended, s.endedAt = true, err, s.proc.Now()
	s.proc.Engine().Stop()
}

// receiver counts what arrives. It implements sockets.Handler.
type receiver struct {
	p      *probe
	got    int
	last   time.Duration // latest arrival
	frames int           // whole ones
}

// OnOpen implements sockets.Handler.
func (r *receiver) OnOpen(sockets.Socket) {}

// OnData counts.
func (r *receiver) OnData(_ sockets.Socket, b []byte) {
	p := r.p
	r.got += len(b)
	r.last = p.e.Now()
	if c := p.point(r.last); c != nil {
		c.Bytes += len(b)
	}
	if p.o.Stream != Frames {
		return
	}
	for ; (r.frames+1)*len(p.tx.block) <= r.got; r.frames++ {
		due := p.dueAt(r.frames)
		delay := r.last - due
		p.r.Delays = append(p.r.Delays, delay)
		if c := p.point(due); c != nil {
			c.Frames++
			c.Delay = max(c.Delay, delay)
		}
	}
}

// OnWritable implements sockets.Handler.
func (r *receiver) OnWritable(sockets.Socket) {}

// OnClose implements sockets.Handler.
func (r *receiver) OnClose(sockets.Socket, error) {}
