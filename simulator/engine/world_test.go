package engine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
)

// healthy fails the test unless a whole world still runs and gives its digest.
func healthy(t *testing.T) {
	t.Helper()
	a, _, err := crowd(World{})
	if err != nil {
		t.Fatal(err)
	}
	if b, _, err := crowd(World{}); err != nil || a != b {
		t.Fatalf("after a failed world: %v", err)
	}
}

var failing = World{Key: Key{"failing", 42}, Length: 10 * time.Second}

// at3s is a world whose actor "culprit" does something at 3 s.
func at3s(do func(e *Engine)) func(e *Engine) error {
	return func(e *Engine) error {
		e.Proc("culprit").At(3*time.Second, func() { do(e) })
		return nil
	}
}

func hold(t *testing.T, err error, p place, want string) {
	t.Helper()
	if p.Key != failing.Key || p.At != 3*time.Second {
		t.Errorf("error names %v", p)
	}
	if !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error reads %q, want %q...", err, want)
	}
	healthy(t)
}

func TestPanicEndsItsWorld(t *testing.T) {
	boom := errors.New("boom")
	builds := map[string]func(e *Engine) error{
		"event": at3s(func(*Engine) { panic(boom) }),
		"call": func(e *Engine) error {
			p := e.Seam().Port("culprit")
			p.Go(func() {
				time.Sleep(3*time.Second - 2*time.Millisecond)
				if err := p.Call(func() { panic(boom) }); err != ErrEnded {
					t.Errorf("Call gave %v", err)
				}
			})
			return nil
		},
		"goroutine": func(e *Engine) error {
			e.Seam().Port("culprit").Go(func() {
				time.Sleep(3*time.Second - 2*time.Millisecond)
				panic(boom)
			})
			e.Proc("other").At(time.Second, func() {})
			return nil
		},
	}
	for name, build := range builds {
		t.Run(name, func(t *testing.T) {
			err := Run(failing, build)
			var e *PanicError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Actor != "culprit" || !errors.Is(err, boom) || !strings.Contains(string(e.Stack), "world_test.go") {
				t.Errorf("%v, %v, %s", e.Actor, e.Value, e.Stack)
			}
			hold(t, err, e.place, "failing@42 at 3s: panic in culprit: boom")
		})
	}
}

func TestPanicWhileClosing(t *testing.T) {
	closed := 0
	err := Run(failing, at3s(func(e *Engine) {
		e.OnEnd(func() { closed++ })
		e.OnEnd(func() { panic("boom") })
		e.OnEnd(func() { closed++ })
		e.Stop()
	}))
	var e *PanicError
	if !errors.As(err, &e) || closed != 2 {
		t.Errorf("%v, %d closed", err, closed)
	}
}

func TestBuildErrorEndsItsWorld(t *testing.T) {
	boom := errors.New("boom")
	err := Run(failing, func(*Engine) error { return boom })
	var e *BuildError
	if !errors.As(err, &e) || !errors.Is(err, boom) || e.Key != failing.Key {
		t.Errorf("got %v", err)
	}
	for _, w := range []World{{}, {Length: -1}, {Length: 1, WakeUp: time.Millisecond, Lookahead: time.Second}, {Length: 1, Patience: -1}} {
		if err := Run(w, nil); !errors.As(err, &e) {
			t.Errorf("%+v: got %v", w, err)
		}
	}
}

func TestDeadlockEndsItsWorld(t *testing.T) {
	for name, tick := range map[string]bool{"alone": false, "beside a library's ticker": true} {
		t.Run(name, func(t *testing.T) {
			err := Run(failing, func(e *Engine) error {
				if tick {
					e.Seam().Port("ticker").Go(func() {
						for {
							time.Sleep(time.Second)
						}
					})
				}
				return at3s(func(*Engine) { <-make(chan int) })(e)
			})
			var e *DeadlockError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Actor != "culprit" || !strings.Contains(string(e.Stacks), "TestDeadlockEndsItsWorld") {
				t.Errorf("%v: %s", e.Actor, e.Stacks)
			}
			hold(t, err, e.place, "failing@42 at 3s: deadlock: the event of culprit")
		})
	}
}

func TestLeakEndsItsWorld(t *testing.T) {
	for name, leak := range map[string]func(){
		"waits":  func() { <-make(chan int) },
		"sleeps": func() { time.Sleep(24 * time.Hour) },
		"ticks": func() {
			for {
				time.Sleep(time.Second)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := Run(failing, at3s(func(e *Engine) {
				p := e.Seam().Port("culprit")
				p.Go(func() { go leak() }) // not one of ours
				p.Go(leak)
				e.Proc("later").After(2*time.Millisecond, e.Stop)
				e.now = int64(3 * time.Second)
			}))
			var e *LeakError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if fmt.Sprint(e.Ports) != "[culprit]" || strings.Count(string(e.Stacks), "TestLeakEndsItsWorld") < 2 {
				t.Errorf("%v: %s", e.Ports, e.Stacks)
			}
			e.At -= 2 * time.Millisecond
			hold(t, err, e.place, "failing@42 at 3")
		})
	}
}

func TestNoProgressEndsItsWorld(t *testing.T) {
	t.Run("events at one instant", func(t *testing.T) {
		w := failing
		w.InstantEvents = 100_000
		err := Run(w, at3s(func(e *Engine) {
			p := e.Proc("culprit")
			var again func()
			again = func() { p.After(0, again) }
			again()
		}))
		var e *StuckError
		if !errors.As(err, &e) || e.Actor != "culprit" {
			t.Fatalf("got %v", err)
		}
		hold(t, err, e.place, "failing@42 at 3s: no progress: 1")
	})
	t.Run("an event that never ends", func(t *testing.T) {
		var release atomic.Bool
		defer release.Store(true)
		w := failing
		w.Patience = 200 * time.Millisecond
		err := Run(w, at3s(func(e *Engine) {
			e.pulse.now.Store(e.now)
			for !release.Load() {
				runtime.Gosched()
			}
		}))
		var e *StuckError
		if !errors.As(err, &e) || !strings.Contains(string(e.Stacks), "TestNoProgressEndsItsWorld") {
			t.Fatalf("got %v", err)
		}
		hold(t, err, e.place, "failing@42 at 3s: no progress: nothing happened for 200ms")
	})
	t.Run("a library that tries again and again", func(t *testing.T) {
		w := failing
		w.Patience = 200 * time.Millisecond
		var tries atomic.Int64
		err := Run(w, at3s(func(e *Engine) {
			l, err := Listen(e, "culprit", newLoopback(e, 0), 1)
			if err != nil {
				t.Error(err)
			}
			l.Close()
			e.Seam().Port("loop").Go(func() {
				for {
					l.Accept()
					tries.Add(1)
				}
			})
		}))
		var e *StuckError
		if !errors.As(err, &e) {
			t.Fatalf("got %v", err)
		}
		before := tries.Load()
		healthy(t)
		if after := tries.Load(); after != before {
			t.Error("it still goes on")
		}
	})
}

// TestCrashNamesItsWorld: what can't be caught at least says which world it was.
func TestCrashNamesItsWorld(t *testing.T) {
	if os.Getenv("ENGINE_TEST_CRASH") != "" {
		t.Log(Run(failing, func(e *Engine) error {
			e.Seam().Port("library").Go(func() { go panic("boom") })
			return nil
		}))
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashNamesItsWorld$")
	cmd.Env = append(os.Environ(), "ENGINE_TEST_CRASH=1", "GODEBUG=tracebacklabels=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), failing.Key.String()) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestManyWorlds: 10,000 worlds, eight at a time, leave nothing behind.
func TestManyWorlds(t *testing.T) {
	worlds := 10_000
	if testing.Short() {
		worlds = 500
	}
	measure := func() (goroutines int, heap uint64) {
		var m runtime.MemStats
		for range 3 {
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return runtime.NumGoroutine(), m.HeapAlloc
	}
	many := func(n int) {
		var wg sync.WaitGroup
		var next atomic.Int64
		for range 8 {
			wg.Go(func() {
				for i := next.Add(1); i <= int64(n); i = next.Add(1) {
					if err := small(uint64(i)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	many(200) // pools fill
	goroutines, heap := measure()
	many(worlds)
	g, h := measure()
	t.Logf("goroutines %d -> %d, heap %d -> %d kB", goroutines, g, heap>>10, h>>10)
	if g > goroutines || h > heap+1<<20 {
		t.Errorf("goroutines %d -> %d, heap %d -> %d kB", goroutines, g, heap>>10, h>>10)
	}
}

// small is a world with a server, one session that answers and one that is left open.
func small(seed uint64) error {
	answered := false
	err := Run(World{Key: Key{"small", seed}, Length: time.Second}, func(e *Engine) error {
		n := newLoopback(e, time.Millisecond)
		l, err := Listen(e, "echo", n, 7)
		if err != nil {
			return err
		}
		server := e.Seam().Port("server")
		server.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					buf := make([]byte, 100)
					for {
						k, err := c.Read(buf)
						if err != nil {
							return
						}
						c.Write(buf[:k])
					}
				}()
			}
		})
		h := &asker{}
		n.Dial("", 7, h)
		n.Dial("", 7, &requester{})
		e.OnEnd(func() { answered = h.answer == "hello" })
		return nil
	})
	if err == nil && !answered {
		return errors.New("no answer")
	}
	return err
}

type asker struct{ answer string }

func (a *asker) OnOpen(s sockets.Socket)           { s.Send([]byte("hello")) }
func (a *asker) OnData(_ sockets.Socket, p []byte) { a.answer += string(p) }
func (a *asker) OnWritable(sockets.Socket)         {}
func (a *asker) OnClose(sockets.Socket, error)     {}
