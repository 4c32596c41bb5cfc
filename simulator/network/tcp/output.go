package tcp

import (
	"time"

	"minilab/simulator/network/packet"
)

// sender is the half of a connection that sends.
type sender struct {
	stream packet.Stream
	q      sentQueue

	una, nxt uint64 // first unacknowledged, next to be sent
	wnd      int    // the peer's window, from una
	wl1      uint64 // Seq of the packet that gave wnd last

	cwnd, ssthresh int // segments
	cwndCount      int // acknowledged segments towards the next growth
	cc             control
	cubic          cubic

	packetsOut, sackedOut, lostOut, retransOut int

	ca         caState
	recovery   recovery
	rack       rack
	rtt        rttState
	mode       timerMode
	backoff    int           // doublings of the RTO since the last sample
	retries    int           // time-outs in a row
	probes     int           // zero window probes without an answer
	connectAt  time.Duration // when the first SYN was sent
	synAt      int64         // when the last SYN was sent
	synCount   int           // its repetitions
	lastSent   int64         // when data was sent last
	sendBuffer int

	delivered    int    // segments known to have arrived
	totalRetrans int    // segments retransmitted
	lostMarks    int    // segments ever marked lost
	cwndLimited  bool   // the window was the limit
	maxOut       int    // most segments out in the last window
	usageSeq     uint64 // where that window ends
	used         int    // most segments out while not limited
	stamp        int64  // when the window was last in full use
}

// caState is the state of congestion control, as the kernel names them.
type caState uint8

const (
	caOpen caState = iota
	caDisorder
	caReduced // CWR
	caRecovery
	caLoss
)

type timerMode uint8

const (
	timeIdle timerMode = iota
	timeRTO
	timeProbe   // tail loss probe
	timeReorder // RACK
	timeWindow  // zero window probe
)

func (c *Conn) initSender() {
	c.cwnd, c.ssthresh = initialWindow, noSsthresh
	c.q.oldest, c.q.last = none, none
	c.rtt.rto = int64(initialRTO)
	c.rack.steps = 1
	c.sendBuffer = min(2*initialWindow*segmentMemory, c.opt.SendBuffer)
	c.cc = control(reno{})
	if c.opt.CC != "reno" {
		c.cc = &c.cubic
	}
}

func (c *Conn) dropQueues() {
	c.q = sentQueue{oldest: none, last: none}
	c.ooo = nil
	c.inbound = nil
}

// offsetAcked is how many bytes of the stream the peer has acknowledged.
func (c *Conn) offsetAcked() uint64 {
	if c.una == 0 {
		return 0
	}
	return min(c.una-1, c.stream.End())
}

func (c *Conn) inFlight() int {
	return c.packetsOut - c.sackedOut - c.lostOut + c.retransOut
}

// unsent is how many bytes of the stream have never been sent.
func (c *Conn) unsent() int {
	if c.finSent {
		return 0
	}
	return int(c.stream.End() - (c.nxt - 1))
}

// segment makes a packet with everything but payload length and SACK blocks.
func (c *Conn) segment(flags packet.Flags, seq uint64, n int) *packet.Packet {
	p := c.env.Packet()
	p.Src, p.Dst = c.local, c.remote
	p.Flags = flags
	p.Seq, p.Len = seq, n
	p.Bytes = HeaderBytes + n
	p.Stream = &c.stream
	p.TSVal = stampMS(int64(c.e.Now()))
	if flags&packet.ACK != 0 {
		p.Ack = c.rcvNxt
		p.TSEcr = c.tsRecent
	}
	p.Window = c.selectWindow()
	return p
}

// stampMS is the timestamp clock: milliseconds, never zero.
func stampMS(now int64) uint32 { return uint32(now/int64(time.Millisecond)) + 1 }

// transmit sends a segment of the queue.
func (c *Conn) transmit(s *sent) {
	flags := packet.ACK
	n := int(s.end - s.seq)
	if s.flags&segFIN != 0 {
		flags |= packet.FIN
		n--
	}
	if n > 0 && (s.flags&segGroupEnd != 0 || s.seq-1+uint64(n) == c.stream.End()) {
		flags |= packet.PSH
	}
	p := c.segment(flags, s.seq, n)
	c.addSACK(p, MSS-n)
	c.dataSent(s.at)
	c.ackSent()
	c.env.Transmit(p)
}

// push sends new data as far as windows allow. With probe it sends at most one
// segment, whatever the congestion window says.
func (c *Conn) push(probe bool) {
	if c.finSent || c.state != stateOpen {
		return
	}
	now := int64(c.e.Now())
	if c.packetsOut == 0 && c.nxt > 1 && (c.unsent() > 0 || c.finQueued) {
		c.restartAfterIdle(now)
	}
	idle := c.packetsOut == 0
	count, limited := 0, false
	group, grouped := 0, false // segments that the present group still takes
	for {
		n := c.unsent()
		fin := c.finQueued && n <= MSS
		if n == 0 && !fin {
			break
		}
		if c.inFlight() >= c.cwnd && !probe {
			limited = true
			break
		}
		n = min(n, MSS-c.sackRoom())
		fin = fin && n == c.unsent()
		if n > 0 && c.nxt+uint64(n) > c.una+uint64(c.wnd) {
			break
		}
		if n < MSS && !fin && c.opt.Nagle && c.packetsOut > 0 {
			break
		}
		if group == 0 {
			group = c.groupSize()
			grouped = group > 1 && !probe
		}
		group--
		c.sendNew(now, n, fin, grouped && group == 0)
		count++
		if probe || c.finSent {
			break
		}
	}
	c.afterPush(count, limited, idle, probe)
}

// groupSize is how many segments go to the device as one: those of a millisecond, two
// at least. The last of a group asks the receiver to hand over what it has.
// Source: Linux tcp_tso_autosize, tcp_update_pacing_rate, __tcp_transmit_skb;
// fidelity: documented.
func (c *Conn) groupSize() int {
	if c.unsent() <= MSS {
		return 1
	}
	n := leastGroup
	if c.rtt.smooth > 0 {
		ratio := int64(120)
		if c.cwnd < c.ssthresh/2 {
			ratio = 200
		}
		perMS := int64(max(c.cwnd, c.packetsOut)) * ratio / 100 * (1e9 >> pacingShift) / c.srtt()
		n = min(max(n, int(perMS)), largestGroup)
	}
	quota := min(c.cwnd-c.inFlight(), max(c.cwnd/2, 1))
	return max(min(n, quota, (c.unsent()+MSS-1)/MSS), 1)
}

const (
	leastGroup   = 2           // tcp_min_tso_segs
	largestGroup = 65535 / MSS // sk_gso_max_size
	pacingShift  = 10          // sk_pacing_shift: 1/1024 s
)

func (c *Conn) sendNew(now int64, n int, fin, groupEnd bool) {
	s := sent{seq: c.nxt, end: c.nxt + uint64(n), at: now}
	if groupEnd {
		s.flags |= segGroupEnd
	}
	if fin {
		s.flags |= segFIN
		s.end++
		c.finSent = true
		c.passive = c.finRcvd
	}
	c.q.add(s)
	c.nxt = s.end
	c.packetsOut++
	c.transmit(&s)
}

func (c *Conn) afterPush(count int, limited, idle, probe bool) {
	if count > 0 {
		if c.reducing() {
			c.recovery.out += count
		}
		if idle || c.mode == timeProbe {
			c.rearmRTO()
		}
		if !probe {
			c.scheduleProbe(false)
		}
	}
	limited = limited || c.inFlight() >= c.cwnd
	if count > 0 || limited {
		c.validateWindow(limited)
	}
	if c.packetsOut == 0 && c.mode == timeIdle && (c.unsent() > 0) {
		c.probes = 0
		c.setTimer(timeWindow, max(c.rtt.rto, int64(DefaultMinRTO)))
	}
}

// dataSent notes that data went out, for idle restart and ping-pong detection.
func (c *Conn) dataSent(now int64) {
	if c.inFlight() == 1 { // this one
		c.cc.resumed(c, now)
	}
	c.lastSent = now
	if c.ticks.since(c.lastReceived, now) < c.ato {
		c.pingpong = true
	}
}

// restartAfterIdle shrinks the window after a pause of more than an RTO: what was
// known of the path has aged.
func (c *Conn) restartAfterIdle(now int64) {
	idle := now - c.lastSent
	if idle <= c.rtt.rto {
		return
	}
	c.ssthresh = c.currentSsthresh()
	least := min(initialWindow, c.cwnd)
	for idle -= c.rtt.rto; idle > 0 && c.cwnd > least; idle -= c.rtt.rto {
		c.cwnd >>= 1
	}
	c.cwnd = max(c.cwnd, least)
	c.stamp = now
	c.used = 0
}

// currentSsthresh is the threshold that remembers the window in use.
func (c *Conn) currentSsthresh() int {
	if c.reducing() {
		return c.ssthresh
	}
	return max(c.ssthresh, c.cwnd>>1+c.cwnd>>2)
}

// validateWindow notes how far the window is in use: an unused window must not grow,
// and shrinks in time.
func (c *Conn) validateWindow(limited bool) {
	now := int64(c.e.Now())
	if c.una >= c.usageSeq || limited || (!c.cwndLimited && c.packetsOut > c.maxOut) {
		c.cwndLimited = limited
		c.maxOut = c.packetsOut
		c.usageSeq = c.nxt
	}
	if c.windowLimited() {
		c.used = 0
		c.stamp = now
		return
	}
	c.used = max(c.used, c.packetsOut)
	if now-c.stamp < c.rtt.rto {
		return
	}
	if c.ca == caOpen && !c.blocked {
		if used := max(c.used, initialWindow); used < c.cwnd {
			c.ssthresh = c.currentSsthresh()
			c.cwnd = (c.cwnd + used) >> 1
		}
		c.used = 0
	}
	c.stamp = now
}

func (c *Conn) windowLimited() bool {
	return c.cwndLimited || (c.cwnd < c.ssthresh && c.cwnd < 2*c.maxOut)
}

// growBuffer lets the send buffer follow the window, as the kernel's autotuning does.
func (c *Conn) growBuffer() {
	c.sendBuffer = max(c.sendBuffer, min(2*max(c.cwnd, initialWindow)*segmentMemory, c.opt.SendBuffer))
}
