package tcp

import "minilab/simulator/network/packet"

// recovery is what a sender remembers while it repairs losses.
type recovery struct {
	high          uint64 // the recovery ends when this is acknowledged
	fack          uint64 // start of the highest segment that SACK reported
	known         [packet.MaxSACK]packet.Range
	priorCwnd     int
	priorSsthresh int
	got, out      int    // proportional rate reduction: delivered and sent in it
	probeEnd      uint64 // nxt when a tail loss probe was sent; 0: none under way
	probeAgain    bool   // the probe was a retransmission
	undo          uint64 // una when the window was reduced; 0: nothing to undo
	undoRetrans   int    // retransmissions not yet known to be needless; -1: none made
	retransAt     uint32 // timestamp of the first retransmission; 0: none
	frto          bool   // finding out whether the time-out was spurious
	duplicates    int
	hint          uint32 // no lost segment before this index waits for retransmission
}

type resend uint8

const (
	resendNothing resend = iota
	resendLost
	resendNew
)

// reducing tells whether proportional rate reduction governs the window.
func (c *Conn) reducing() bool { return c.ca == caReduced || c.ca == caRecovery }

// alert is the state machine of loss recovery, run for acknowledgements that say that
// not all is well. Source: Linux tcp_fastretrans_alert; fidelity: documented.
func (c *Conn) alert(r *round, dup bool) resend {
	v := &c.recovery
	if c.ca == caOpen {
		v.retransAt = 0
	} else if c.una >= v.high {
		switch c.ca {
		case caReduced:
			if c.una != v.high {
				c.endReduction()
				c.ca = caOpen
			}
		case caRecovery:
			c.undoRecovery()
			c.endReductionIn(caRecovery)
		}
	}
	switch c.ca {
	case caRecovery:
		if r.flags&ackAdvanced != 0 && c.undoPartial() {
			return resendNothing
		}
		if c.undoByDuplicates() {
			c.tryOpen()
		}
		c.findLosses(r)
		if c.ca != caRecovery {
			if c.lostOut == 0 {
				return resendNothing
			}
			c.enterRecovery()
		}
	case caLoss:
		again := c.inLoss(r, dup)
		c.findLosses(r)
		if c.ca != caOpen && r.flags&ackLostAgain == 0 {
			return again
		}
		return c.leave(r)
	default:
		if c.ca <= caDisorder {
			c.undoByDuplicates()
		}
		return c.leave(r)
	}
	return resendLost
}

// leave enters recovery if something is lost, else goes back to normal.
func (c *Conn) leave(r *round) resend {
	c.findLosses(r)
	if c.lostOut == 0 {
		c.tryOpen()
		return resendNothing
	}
	c.enterRecovery()
	return resendLost
}

func (c *Conn) findLosses(r *round) {
	before := c.retransOut
	if c.rackMark() {
		r.flags &^= ackTimer
	}
	if before > c.retransOut {
		r.flags |= ackLostAgain
	}
}

// tryOpen returns to the open state, or disorder while something is missing.
func (c *Conn) tryOpen() {
	if !c.retransmitted() {
		c.recovery.retransAt = 0
	}
	if c.ca == caReduced {
		return
	}
	c.keepOpen()
}

// retransmitted tells whether retransmissions are out.
func (c *Conn) retransmitted() bool {
	return c.retransOut > 0 || !c.q.empty() && c.q.at(c.q.head).flags&segEver != 0
}

func (c *Conn) keepOpen() {
	to := caOpen
	if c.sackedOut+c.lostOut > 0 || c.retransmitted() {
		to = caDisorder
	}
	if c.ca != to {
		c.ca = to
		c.recovery.high = c.nxt
	}
}

func (c *Conn) enterRecovery() {
	v := &c.recovery
	v.priorSsthresh = 0
	c.initUndo()
	if !c.reducing() {
		v.priorSsthresh = c.currentSsthresh()
		c.beginReduction()
	}
	c.ca = caRecovery
	c.env.Recovering(c)
}

func (c *Conn) initUndo() {
	c.recovery.undo = c.una
	c.recovery.undoRetrans = c.retransOut
	if c.retransOut == 0 {
		c.recovery.undoRetrans = -1
	}
}

// beginReduction lets the window shrink in proportion to what is delivered.
func (c *Conn) beginReduction() {
	v := &c.recovery
	v.high = c.nxt
	v.probeEnd = 0
	c.cwndCount = 0
	v.priorCwnd = c.cwnd
	v.got, v.out = 0, 0
	c.ssthresh = c.cc.threshold(c)
}

// reduce is proportional rate reduction.
// Source: RFC 6937, Linux tcp_cwnd_reduction; fidelity: documented.
func (c *Conn) reduce(delivered, lost int, advanced bool) {
	v := &c.recovery
	if delivered <= 0 || v.priorCwnd == 0 {
		return
	}
	room := c.ssthresh - c.inFlight()
	v.got += delivered
	var n int
	if room < 0 {
		n = (c.ssthresh*v.got+v.priorCwnd-1)/v.priorCwnd - v.out
	} else {
		n = max(v.got-v.out, delivered)
		if advanced && lost <= 0 {
			n++
		}
		n = min(room, n)
	}
	if v.out == 0 {
		n = max(n, 1)
	}
	c.cwnd = c.inFlight() + max(n, 0)
}

func (c *Conn) endReduction() { c.endReductionIn(c.ca) }

// endReductionIn ends the reduction that was made in that state.
func (c *Conn) endReductionIn(in caState) {
	if c.ssthresh < noSsthresh && (in == caReduced || c.recovery.undo != 0) {
		c.cwnd = c.ssthresh
		c.stamp = int64(c.e.Now())
	}
}

// mayUndo tells whether the reduction proved needless: all retransmissions were
// reported as duplicates, or an original was acknowledged before any retransmission.
func (c *Conn) mayUndo() bool {
	return c.recovery.undo != 0 && (c.recovery.undoRetrans == 0 || c.delayed())
}

// delayed tells from the echoed timestamp that what was acknowledged had been sent
// before the first retransmission (Eifel).
func (c *Conn) delayed() bool {
	return c.recovery.retransAt != 0 && c.echo != 0 && c.echo < c.recovery.retransAt
}

// undoWindow restores the window that a needless reduction took.
func (c *Conn) undoWindow(unmark bool) {
	v := &c.recovery
	if unmark {
		for i := c.q.head; i != c.q.tail; i++ {
			c.q.at(i).flags &^= segLost
		}
		c.lostOut = 0
	}
	if v.priorSsthresh != 0 {
		c.cwnd = max(c.cwnd, v.priorCwnd)
		c.ssthresh = max(c.ssthresh, v.priorSsthresh)
	}
	c.stamp = int64(c.e.Now())
	v.undo = 0
	c.rack.advanced = true
}

// undoRecovery ends recovery when all that was out at its start is acknowledged.
func (c *Conn) undoRecovery() {
	if c.mayUndo() {
		c.undoWindow(false)
	} else if c.rack.persist > 0 {
		c.rack.persist--
	}
	c.ca = caOpen
}

func (c *Conn) undoPartial() bool {
	v := &c.recovery
	if v.undo == 0 || !c.delayed() {
		return false
	}
	c.rack.reordered = true
	if c.retransOut > 0 {
		return true
	}
	v.retransAt = 0
	c.undoWindow(true)
	c.keepOpen()
	return true
}

func (c *Conn) undoByDuplicates() bool {
	if c.recovery.undo == 0 || c.recovery.undoRetrans != 0 {
		return false
	}
	c.rack.persist = min(c.rack.persist+1, rackPersist)
	c.undoWindow(false)
	return true
}

// undoLoss ends the loss state if the time-out proved spurious.
func (c *Conn) undoLoss(frto bool) bool {
	if !frto && !c.mayUndo() {
		return false
	}
	c.undoWindow(true)
	c.retries = 0
	c.ca = caOpen
	return true
}

// inLoss is F-RTO, then plain recovery, after a time-out.
// Source: RFC 5682, Linux tcp_process_loss; fidelity: documented.
func (c *Conn) inLoss(r *round, dup bool) resend {
	v := &c.recovery
	recovered := c.una >= v.high
	if r.flags&ackAdvanced != 0 && c.undoLoss(false) {
		return resendNothing
	}
	if v.frto {
		if r.flags&ackOriginal != 0 && c.undoLoss(true) {
			return resendNothing
		}
		if c.nxt > v.high {
			if r.flags&ackSacked != 0 || dup {
				v.frto = false // the loss was real
			}
		} else if r.flags&ackAdvanced != 0 && !recovered {
			v.high = c.nxt
			if c.unsent() > 0 && c.una+uint64(c.wnd) > c.nxt {
				return resendNew
			}
			v.frto = false
		}
	}
	if recovered {
		c.undoRecovery()
		return resendNothing
	}
	return resendLost
}

// enterLoss is what a retransmission time-out does.
func (c *Conn) enterLoss() {
	v := &c.recovery
	fresh := c.ca < caRecovery
	c.markTimedOut()
	if c.ca <= caDisorder || v.high <= c.una || (c.ca == caLoss && c.retries == 0) {
		v.priorSsthresh = c.currentSsthresh()
		v.priorCwnd = c.cwnd
		c.ssthresh = c.cc.threshold(c)
		c.initUndo()
	}
	c.cwnd = c.inFlight() + 1
	c.cwndCount = 0
	c.stamp = int64(c.e.Now())
	c.cc.timedOut(c)
	c.ca = caLoss
	v.high = c.nxt
	v.probeEnd = 0
	v.frto = fresh || c.retries > 0
}
