package engine

import (
	"testing/synctest"
	"time"
)

// driver is the clock that library goroutines live by, and the loop's way to wait
// for them. The model is the same under each: only who moves time differs.
type driver interface {
	// Now is how far the library side's time has come.
	Now() time.Duration
	// Wait lets library code run until that time, or until something comes on wake.
	Wait(until time.Duration, wake <-chan struct{})
	// Settle returns once no library goroutine can move unless time or the loop does.
	Settle()
}

// clock is what the two drivers share: in a synctest bubble the same calls of
// package time mean virtual time.
type clock struct {
	epoch time.Time
	timer *time.Timer
}

func newClock() clock {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return clock{epoch: time.Now(), timer: t}
}

func (c clock) Now() time.Duration { return time.Since(c.epoch) }

func (c clock) Wait(until time.Duration, wake <-chan struct{}) {
	d := until - c.Now()
	if d <= 0 {
		return
	}
	c.timer.Reset(d)
	select {
	case <-c.timer.C:
	case <-wake:
		c.timer.Stop()
	}
}

// bubbleClock is virtual time: the bubble's clock moves when all its goroutines wait.
type bubbleClock struct{ clock }

func (bubbleClock) Settle() { synctest.Wait() }

// wallClock is real time, which waits for nobody.
type wallClock struct{ clock }

func (wallClock) Settle() {}
