package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// tun moves this thread to a network namespace of its own with one TUN device.
func tun(addr string) int {
	const tunSetIff, tunNoInfo = 0x400454ca, 0x1001
	must(syscall.Unshare(syscall.CLONE_NEWNET))
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR, 0)
	must(err)
	var request [40]byte
	copy(request[:], "tun0")
	binary.LittleEndian.PutUint16(request[16:], tunNoInfo)
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), tunSetIff, uintptr(unsafe.Pointer(&request))); e != 0 {
		must(e)
	}
	for _, args := range [][]string{{"addr", "add", addr + "/24", "dev", "tun0"}, {"link", "set", "tun0", "up", "txqueuelen", "10000"}} {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			must(fmt.Errorf("ip %v: %s", args, out))
		}
	}
	return fd
}

// sleepUntil is more exact than time.Sleep. The thread must be locked.
func sleepUntil(at time.Time) {
	for d := time.Until(at); d > 0; d = time.Until(at) {
		ts := syscall.NsecToTimespec(int64(d))
		_ = syscall.Nanosleep(&ts, nil) // woken early: again
	}
}

type flying struct {
	at   time.Time
	data []byte
}

// forward is one direction of the link.
func forward(from, to int, r row, loss float64, random *rand.Rand) {
	const most, longest = 100000, 2048
	air := make(chan flying, most)
	go func() {
		runtime.LockOSThread()
		for f := range air {
			sleepUntil(f.at)
			if _, err := syscall.Write(to, f.data); err != nil {
				return
			}
		}
	}()
	go func() {
		runtime.LockOSThread()
		start := time.Now()
		busy := start
		for {
			p := make([]byte, longest)
			n, err := syscall.Read(from, p)
			if err != nil {
				return
			}
			now := time.Now()
			if p[0]>>4 != 4 { // IPv6 chatter
				continue
			}
			if at := now.Sub(start).Seconds() * 1000; at >= r.Outage[0] && at < r.Outage[0]+r.Outage[1] {
				continue
			}
			if busy.Before(now) {
				busy = now
			}
			if busy.Sub(now).Seconds()*float64(r.Rate)/8+float64(n) > float64(r.Queue) {
				continue
			}
			busy = busy.Add(time.Duration(float64(n) * 8e9 / float64(r.Rate)))
			if random.Float64() < loss {
				continue
			}
			air <- flying{busy.Add(time.Duration(r.Delay * 1e6)), p[:n]}
		}
	}()
}
