package tcp

import "time"

// ticks is the clock that an OS's timers run on: time in jiffies, from a phase that
// differs from host to host. Times in ns.
//
// A Linux timer never fires early and is the later the longer it waits: the timer
// wheel has levels of 63 ticks, 63*8, 63*64 and so on, whose granules are 1, 8, 64...
// ticks. That is most of a sixth on top of a time-out in the worst case, and it adds
// up in back-off.
// Source: Linux kernel/time/timer.c, calc_wheel_index; fidelity: documented.
type ticks struct {
	tick, phase int64
	wheel       bool
	now, number int64 // an instant and its tick, see at
}

const (
	wheelLevel = 63 // ticks that the first level takes
	wheelShift = 3  // each level's granule is eight of the one before
	wheelDepth = 8
)

// of is the number of the tick in which an instant lies.
func (k *ticks) of(t int64) int64 { return (t + k.phase) / k.tick }

// at is of for the present, which it remembers: dividing is what a tick costs.
func (k *ticks) at(now int64) int64 {
	if now != k.now || k.number == 0 {
		k.now, k.number = now, k.of(now)
	}
	return k.number
}

// since is the time from a tick to an instant as the number of ticks tells it.
func (k *ticks) since(tick, now int64) int64 { return (k.at(now) - tick) * k.tick }

// up rounds a length of time up to whole ticks.
func (k *ticks) up(d int64) int64 { return (d + k.tick - 1) / k.tick * k.tick }

// fires is when a timer fires that is set at now to wait that long.
func (k *ticks) fires(now, wait int64) int64 {
	j := k.at(now)
	wait = max((wait+k.tick-1)/k.tick, 0)
	shift := 0
	if k.wheel {
		for limit := int64(wheelLevel); wait >= limit && shift < wheelShift*wheelDepth; limit <<= wheelShift {
			shift += wheelShift
		}
	}
	return ((j+wait)>>shift+1)<<shift*k.tick - k.phase
}

// after is the instant at which a timer of the connection fires that is set now.
func (c *Conn) after(wait time.Duration) time.Duration {
	return time.Duration(c.ticks.fires(int64(c.e.Now()), int64(wait)))
}
