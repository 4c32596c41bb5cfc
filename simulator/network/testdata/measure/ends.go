package main

import (
	"context"
	"net"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// congestion sets the congestion control of a socket before it is used.
func congestion(cc string) func(string, string, syscall.RawConn) error {
	return func(_, _ string, raw syscall.RawConn) (err error) {
		const tcpCongestion = 13
		if e := raw.Control(func(fd uintptr) { err = syscall.SetsockoptString(int(fd), syscall.IPPROTO_TCP, tcpCongestion, cc) }); e != nil {
			return e
		}
		return err
	}
}

// receive is the end that measures.
func receive(r *row, device chan<- int, listening chan<- bool, started <-chan time.Time, done chan<- bool) {
	runtime.LockOSThread()
	device <- tun(receiverAddr)
	l, err := (&net.ListenConfig{Control: congestion(r.CC)}).Listen(context.Background(), "tcp4", listenOn)
	must(err)
	listening <- true
	c, err := l.Accept()
	must(err)
	opened := time.Now()
	end := opened.Add(time.Duration(r.Secs) * time.Second)
	if r.Mode == "media" {
		end = end.Add(grace)
	}
	must(c.SetReadDeadline(end))
	buffer := make([]byte, 65536)
	got := 0
	var last time.Time
	var arrived []time.Time
	for {
		n, err := c.Read(buffer)
		if n > 0 {
			last = time.Now()
			got += n
		}
		for r.Mode == "media" && len(arrived) < got/r.frameBytes() {
			arrived = append(arrived, last)
		}
		if err != nil { // the deadline
			break
		}
	}
	r.Goodput = float64(got) * 8 / time.Since(opened).Seconds()
	if r.Mode == "media" {
		start := <-started
		r.Goodput = float64(got) * 8 / last.Sub(start).Seconds()
		r.delays(start, arrived)
	}
	done <- true
}

// delays counts each frame's from when it was due.
func (r *row) delays(start time.Time, arrived []time.Time) {
	var ms []float64
	for i, at := range arrived {
		ms = append(ms, float64(at.Sub(start)-time.Duration(i)*time.Second/framesPerSec)/1e6)
	}
	slices.Sort(ms)
	k := len(ms)
	if k == 0 {
		return
	}
	r.Frames = k
	r.DelayMS = map[string]float64{"p50": ms[k/2], "p90": ms[k*90/100], "p95": ms[k*95/100], "p99": ms[k*99/100], "max": ms[k-1]}
}

// send is the end that writes.
func send(r row, device chan<- int, listening <-chan bool, started chan<- time.Time) {
	runtime.LockOSThread()
	device <- tun(senderAddr)
	<-listening
	c, err := (&net.Dialer{Control: congestion(r.CC)}).Dial("tcp4", listenOn)
	must(err)
	if r.Mode == "bulk" {
		block := make([]byte, 65536)
		for err == nil {
			_, err = c.Write(block)
		}
		return
	}
	start := time.Now()
	started <- start
	due := make(chan bool, r.Secs*framesPerSec)
	go func() {
		frame := make([]byte, r.frameBytes())
		for range due {
			if _, err := c.Write(frame); err != nil {
				return
			}
		}
	}()
	for i := range r.Secs * framesPerSec {
		sleepUntil(start.Add(time.Duration(i) * time.Second / framesPerSec))
		due <- true
	}
}
