package tcp

import (
	"math"
	"time"
)

// control is a congestion control algorithm. Windows are in segments.
type control interface {
	// threshold is the slow start threshold after a loss.
	threshold(c *Conn) int
	// avoid grows the window after that many segments were acknowledged.
	avoid(c *Conn, acked int)
	// sampled tells of an RTT of the newest acknowledged segment.
	sampled(c *Conn, rtt int64)
	// timedOut tells of a retransmission time-out.
	timedOut(c *Conn)
	// resumed tells that sending resumes after nothing was outstanding.
	resumed(c *Conn, now int64)
}

// slowStart grows the window by what was acknowledged, up to the threshold, and
// gives back the rest.
func (c *Conn) slowStart(acked int) int {
	to := min(c.cwnd+acked, c.ssthresh)
	acked -= to - c.cwnd
	c.cwnd = to
	return acked
}

// additive grows the window by one for every w segments acknowledged.
func (c *Conn) additive(w, acked int) {
	if c.cwndCount >= w {
		c.cwndCount = 0
		c.cwnd++
	}
	c.cwndCount += acked
	if c.cwndCount >= w {
		c.cwnd += c.cwndCount / w
		c.cwndCount %= w
	}
}

// reno is NewReno. Source: RFC 5681, RFC 6582, Linux tcp_cong.c; fidelity: documented.
type reno struct{}

func (reno) threshold(c *Conn) int { return max(c.cwnd>>1, 2) }

func (reno) avoid(c *Conn, acked int) {
	if c.cwnd < c.ssthresh {
		if acked = c.slowStart(acked); acked == 0 {
			return
		}
	}
	c.additive(c.cwnd, acked)
}

func (reno) sampled(*Conn, int64) {}
func (reno) timedOut(*Conn)       {}
func (reno) resumed(*Conn, int64) {}

// cubic is CUBIC with HyStart, in the integers of Linux tcp_cubic.c so that growth
// agrees with it to the segment. Source: RFC 9438, Linux; fidelity: documented.
type cubic struct {
	count      int // segments to be acknowledged for one more
	lastMax    int
	lastCwnd   int
	lastTime   int64 // ticks
	origin     int
	k          int64 // 1/1024 s
	delayMin   int64 // ns; 0: none
	epoch      int64 // ticks; 0: none
	ackCount   int
	friend     int // what Reno's window would be
	found      bool
	roundStart int64 // ns
	roundEnd   uint64
	lastAck    int64 // ns
	currentRTT int64
	samples    int
}

// Source of all: Linux tcp_cubic.c; fidelity: documented.
const (
	cubicBeta       = 717 // of 1024
	cubicScale      = 410 // C 0.4 in 1024 per s³
	cubicFriendly   = 15  // 8 (1 + beta) / (3 (1 - beta))
	hystartWindow   = 16
	hystartSamples  = 8
	hystartTrainGap = int64(2 * time.Millisecond)
	hystartAckDelay = int64(time.Millisecond) // that GRO and the like may add
	hystartMin      = int64(4 * time.Millisecond)
	hystartMax      = int64(16 * time.Millisecond)
)

func cubicNow(c *Conn) int64 { return c.ticks.at(int64(c.e.Now())) + 1 }

// perSecond is how many ticks a second has.
func (k *ticks) perSecond() int64 { return int64(time.Second) / k.tick }

func (u *cubic) threshold(c *Conn) int {
	u.epoch = 0
	if c.cwnd < u.lastMax { // fast convergence: make room for others
		u.lastMax = c.cwnd * (1024 + cubicBeta) / 2048
	} else {
		u.lastMax = c.cwnd
	}
	return max(c.cwnd*cubicBeta/1024, 2)
}

func (u *cubic) avoid(c *Conn, acked int) {
	if c.cwnd < c.ssthresh {
		if acked = c.slowStart(acked); acked == 0 {
			return
		}
	}
	u.update(c, acked)
	c.additive(u.count, acked)
}

func (u *cubic) update(c *Conn, acked int) {
	now, cwnd := cubicNow(c), c.cwnd
	u.ackCount += acked
	if u.lastCwnd == cwnd && now-u.lastTime <= c.ticks.perSecond()/32 {
		return
	}
	if u.epoch == 0 || now != u.lastTime {
		u.lastCwnd, u.lastTime = cwnd, now
		u.grow(&c.ticks, cwnd, acked, now)
	}
	step := cwnd * cubicFriendly >> 3
	for u.ackCount > step {
		u.ackCount -= step
		u.friend++
	}
	if u.friend > cwnd {
		u.count = min(u.count, cwnd/(u.friend-cwnd))
	}
	u.count = max(u.count, 2)
}

// grow sets count so that the window follows the cubic function.
func (u *cubic) grow(k *ticks, cwnd, acked int, now int64) {
	if u.epoch == 0 {
		u.epoch = now
		u.ackCount = acked
		u.friend = cwnd
		if u.lastMax <= cwnd {
			u.k, u.origin = 0, cwnd
		} else {
			u.k = cubeRoot((1 << 40) / cubicScale * int64(u.lastMax-cwnd))
			u.origin = u.lastMax
		}
	}
	t := (now - u.epoch + k.up(u.delayMin)/k.tick) * 1024 / k.perSecond()
	offset := t - u.k
	if offset < 0 {
		offset = -offset
	}
	offset = min(offset, 1<<16) // 64 s: beyond every window
	delta := int(cubicScale * offset * offset * offset >> 40)
	target := u.origin + delta
	if t < u.k {
		target = u.origin - delta
	}
	if target > cwnd {
		u.count = cwnd / (target - cwnd)
	} else {
		u.count = 100 * cwnd
	}
	if u.lastMax == 0 && u.count > 20 {
		u.count = 20 // at first, when the rate is unknown: 5 % a round trip
	}
}

// cubeRoot is the integer cube root.
func cubeRoot(a int64) int64 {
	x := int64(math.Cbrt(float64(a)))
	for x*x*x > a {
		x--
	}
	for (x+1)*(x+1)*(x+1) <= a {
		x++
	}
	return x
}

func (u *cubic) sampled(c *Conn, rtt int64) {
	if u.epoch != 0 && cubicNow(c)-u.epoch < c.ticks.perSecond() {
		return // just after a recovery
	}
	if u.delayMin == 0 || u.delayMin > rtt {
		u.delayMin = rtt
	}
	if !u.found && c.cwnd < c.ssthresh {
		u.hystart(c, rtt)
	}
}

// hystart ends slow start when acknowledgements come in a long train or the delay
// has begun to grow.
func (u *cubic) hystart(c *Conn, rtt int64) {
	now := int64(c.e.Now())
	if c.una > u.roundEnd {
		u.newRound(c)
	}
	if c.cwnd < hystartWindow {
		return
	}
	if now-u.lastAck <= hystartTrainGap {
		u.lastAck = now
		if now-u.roundStart > (u.delayMin+hystartAckDelay)>>1 {
			u.found = true
		}
	}
	u.currentRTT = min(u.currentRTT, rtt)
	if u.samples < hystartSamples {
		u.samples++
	} else if u.currentRTT > u.delayMin+min(max(u.delayMin>>3, hystartMin), hystartMax) {
		u.found = true
	}
	if u.found {
		c.ssthresh = c.cwnd
	}
}

func (u *cubic) newRound(c *Conn) {
	u.roundStart = int64(c.e.Now())
	u.lastAck = u.roundStart
	u.roundEnd = c.nxt
	u.currentRTT = math.MaxInt64
	u.samples = 0
}

func (u *cubic) timedOut(c *Conn) {
	*u = cubic{}
	u.newRound(c)
}

func (u *cubic) resumed(c *Conn, now int64) {
	if idle := c.ticks.at(now) - c.ticks.of(c.lastSent); u.epoch != 0 && idle > 0 {
		u.epoch = min(u.epoch+idle, cubicNow(c))
	}
}
