package tcp

import (
	"time"

	"minilab/simulator/network/packet"
)

// receiver is the half of a connection that receives.
type receiver struct {
	inbound  *packet.Stream // the peer's stream
	rcvNxt   uint64
	rcvWup   uint64 // rcvNxt when an acknowledgement was sent last
	rcvWnd   int    // window offered then
	finAt    uint64 // sequence number of the peer's FIN; 0: not seen
	tsRecent uint32
	echo     uint32 // timestamp that the last packet echoed

	ooo   []packet.Range // out of order, by sequence
	sacks []packet.Range // the same ranges, latest first, at most maxSACKs
	dup   packet.Range   // duplicate to report once

	buffer       int    // receive buffer as window
	open         int    // how far the window opens so far (rcv_ssthresh)
	rcvSpaceAt   int64  // start of the measurement for its autotuning
	rcvSpaceFrom uint64 // bytes taken by then
	rcvSpace     int    // most taken in a round trip
	rcvRTT       int64  // 8 times the round trip as the receiver sees it; 0: unknown
	rcvEcho      uint32 // echoed timestamp that it was measured with last

	owed         bool // an acknowledgement is owed
	ackNow       bool
	pushed       int // small segments since the last acknowledgement: 0, 1, 2 or more
	rcvMSS       int
	lastSmall    int
	quick        int   // acknowledgements still to be sent at once
	pingpong     bool  // the connection is interactive
	ato          int64 // delayed acknowledgement time-out, adapted; 0: no data yet
	ackDue       int64 // tick for which the delayed acknowledgement is planned
	lastReceived int64 // tick in which data came last
}

// Source of all: Linux include/net/tcp.h and net/ipv4/tcp_input.c; fidelity: documented.
const (
	ackMin     = int64(40 * time.Millisecond) // TCP_ATO_MIN, TCP_DELACK_MIN
	ackMax     = int64(200 * time.Millisecond)
	ackMaxSlow = int64(500 * time.Millisecond)
	quickMax   = 16  // TCP_MAX_QUICKACKS
	firstMSS   = 536 // what is assumed before a segment came
	maxSACKs   = 4
	// leastGrowth is the least payload that opens the window.
	leastGrowth = 128
)

func (c *Conn) initReceiver() {
	c.buffer = min(firstReceiveBuffer, c.opt.ReceiveBuffer)
	c.open = min(firstWindow, c.buffer)
	c.rcvWnd = c.open
	c.rcvMSS = firstMSS
	c.rcvSpace = initialWindow * MSS
	c.lastReceived = c.ticks.of(-int64(time.Hour))
}

// readable is the offset up to which bytes have arrived in order.
func (c *Conn) readable() uint64 {
	if c.rcvNxt == 0 {
		return 0
	}
	if c.finRcvd {
		return c.finAt - 1
	}
	return c.rcvNxt - 1
}

// unread is how many bytes have arrived in order and wait for the application.
func (c *Conn) unread() int {
	if c.inbound == nil {
		return 0
	}
	return int(c.readable() - c.inbound.ReadTo())
}

// receiveWindow is what is left of the window offered last.
func (c *Conn) receiveWindow() int {
	return max(0, int(c.rcvWup)+c.rcvWnd-int(c.rcvNxt))
}

// selectWindow chooses the window to offer: never less than before, and nothing
// rather than a silly bit.
func (c *Conn) selectWindow() int {
	room := c.buffer - c.unread()
	if room < c.buffer>>4 || room < min(c.rcvMSS, c.buffer) {
		room = 0
	}
	return max(min(room, c.open), c.receiveWindow())
}

// inputData takes payload and FIN.
func (c *Conn) inputData(p *packet.Packet) {
	end := p.End()
	if p.Flags&packet.FIN != 0 {
		c.finAt = end - 1
	}
	switch {
	case end <= c.rcvNxt: // a retransmission of what we have
		c.noteDuplicate(p.Seq, end)
		c.quickAcks()
		c.owed, c.ackNow = true, true
		return
	case p.Seq > c.rcvNxt:
		c.inputEarly(packet.Range{Start: p.Seq, End: end})
		c.owed = true
		c.measureMSS(p)
		return
	case c.receiveWindow() == 0 && p.Len > 0: // a window probe with data
		c.quickAcks()
		c.owed, c.ackNow = true, true
		return
	case p.Seq < c.rcvNxt:
		c.noteDuplicate(p.Seq, c.rcvNxt)
	}
	c.rcvNxt = end
	c.measureMSS(p)
	c.adaptAck(p.Len)
	if len(c.ooo) > 0 {
		c.join()
	}
	if c.finAt != 0 && c.rcvNxt > c.finAt {
		c.finRcvd = true
		c.ackNow = true
	}
}

// inputEarly keeps a range that came before its predecessors.
func (c *Conn) inputEarly(r packet.Range) {
	for _, k := range c.ooo {
		if k.Start <= r.Start && r.End <= k.End {
			c.noteDuplicate(r.Start, r.End)
			c.reportFirst(k)
			return
		}
	}
	i := 0
	for i < len(c.ooo) && c.ooo[i].End < r.Start {
		i++
	}
	j := i
	for ; j < len(c.ooo) && c.ooo[j].Start <= r.End; j++ {
		r.Start = min(r.Start, c.ooo[j].Start)
		r.End = max(r.End, c.ooo[j].End)
	}
	if i == j {
		c.ooo = append(c.ooo, packet.Range{})
		copy(c.ooo[i+1:], c.ooo[i:])
		c.ooo[i] = r
	} else {
		c.ooo[i] = r
		c.ooo = append(c.ooo[:i+1], c.ooo[j:]...)
	}
	c.reportFirst(r)
}

// reportFirst puts a range at the head of what SACK reports, in place of its parts.
func (c *Conn) reportFirst(r packet.Range) {
	kept := c.sacks[:0]
	for _, s := range c.sacks {
		if s.Start < r.Start || s.End > r.End {
			kept = append(kept, s)
		}
	}
	if len(kept) == maxSACKs {
		kept = kept[:maxSACKs-1]
	}
	kept = append(kept, packet.Range{})
	copy(kept[1:], kept)
	kept[0] = r
	c.sacks = kept
}

// join moves on over what had come early.
func (c *Conn) join() {
	n := 0
	for n < len(c.ooo) && c.ooo[n].Start <= c.rcvNxt {
		c.rcvNxt = max(c.rcvNxt, c.ooo[n].End)
		n++
	}
	if n == 0 {
		return
	}
	c.ooo = append(c.ooo[:0], c.ooo[n:]...)
	kept := c.sacks[:0]
	for _, s := range c.sacks {
		if s.Start > c.rcvNxt {
			kept = append(kept, s)
		}
	}
	c.sacks = kept
	if len(c.ooo) == 0 {
		c.ackNow = true // a gap was filled (RFC 5681)
	}
}

func (c *Conn) noteDuplicate(start, end uint64) {
	if end > start {
		c.dup = packet.Range{Start: start, End: end}
	}
}

// sackRoom is what SACK options take from a segment's payload.
func (c *Conn) sackRoom() int {
	n := len(c.sacks)
	if c.dup.End != 0 {
		n++
	}
	return sackBytes(min(n, packet.MaxSACK))
}

func sackBytes(n int) int {
	if n == 0 {
		return 0
	}
	return 4 + 8*n
}

// addSACK reports what came early or twice, as far as there is room.
func (c *Conn) addSACK(p *packet.Packet, room int) {
	if len(c.sacks) == 0 && c.dup.End == 0 {
		return
	}
	n := 0
	add := func(r packet.Range) {
		if n < packet.MaxSACK && sackBytes(n+1) <= room {
			p.SACK[n] = r
			n++
		}
	}
	if c.dup.End != 0 {
		add(c.dup)
		c.dup = packet.Range{}
	}
	for _, r := range c.sacks {
		add(r)
	}
	p.SACKs = uint8(n)
	p.Bytes += sackBytes(n)
}

// measureRTT learns the round trip from a full segment that echoes a new timestamp of
// ours, as only a receiver can. It includes the time in queues, and falls at once.
// Source: Linux tcp_rcv_rtt_measure_ts, tcp_rcv_rtt_update; fidelity: documented.
func (c *Conn) measureRTT(p *packet.Packet) {
	if p.TSEcr == 0 || p.TSEcr == c.rcvEcho || p.Len < c.rcvMSS {
		return
	}
	c.rcvEcho = p.TSEcr
	sample := max(int64(stampMS(int64(c.e.Now()))-p.TSEcr), 1) * 1e6
	if c.rcvRTT == 0 || sample<<3 < c.rcvRTT {
		c.rcvRTT = sample << 3
	} else {
		c.rcvRTT += sample - c.rcvRTT>>3
	}
}

// tuneBuffer lets the receive buffer follow what the application takes in a round
// trip: twice that, and more when it grows. Source: Linux tcp_rcv_space_adjust,
// tcp_rcvbuf_grow; fidelity: documented.
func (c *Conn) tuneBuffer() {
	now := int64(c.e.Now())
	if c.rcvRTT == 0 || now-c.rcvSpaceAt < c.rcvRTT>>3 {
		return
	}
	taken := int(c.inbound.ReadTo() - c.rcvSpaceFrom)
	if taken > c.rcvSpace {
		want := 2 * taken
		want += 2 * want * (taken - c.rcvSpace) / c.rcvSpace
		c.buffer = max(c.buffer, min(want, c.opt.ReceiveBuffer))
		c.rcvSpace = taken
	}
	c.rcvSpaceAt = now
	c.rcvSpaceFrom = c.inbound.ReadTo()
}

// deliver hands what can be read to the application, and then the peer's end.
func (c *Conn) deliver() {
	if c.appClosed || !c.receiving || c.inbound == nil || c.state != stateOpen {
		return
	}
	took := false
	for c.receiving {
		view := c.inbound.Next(c.readable())
		if view == nil {
			break
		}
		took = true
		c.handler.OnData(c, view)
		if c.appClosed || c.state != stateOpen {
			return
		}
	}
	if took {
		c.tuneBuffer()
		c.ackAfterRead()
	}
	if c.finRcvd && c.receiving && c.unread() == 0 {
		c.deliverEnd()
	}
}
