package engine

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
)

// TestLibraryTimerBetweenEvents plants a goroutine that writes when its own timer
// fires, between two events of the loop.
func TestLibraryTimerBetweenEvents(t *testing.T) {
	const fires = 107 * time.Millisecond
	for _, lookahead := range []time.Duration{time.Millisecond, 2 * time.Millisecond, 20 * time.Millisecond} {
		var log []string
		err := Run(World{Key: Key{"timer", 1}, Length: time.Second, WakeUp: 20 * time.Millisecond, Lookahead: lookahead}, func(e *Engine) error {
			note := func(who string) { log = append(log, fmt.Sprintf("%s@%v", who, e.Now())) }
			before, after := e.Proc("before"), e.Seam().Port("library")
			later := e.Proc("later")
			for _, at := range []time.Duration{100, 107, 108, 115, 130} {
				at *= time.Millisecond
				before.At(at, func() { note("before") })
				later.At(at, func() { note("later") })
			}
			after.Go(func() {
				time.Sleep(fires - 20*time.Millisecond) // Go itself took 20 ms
				if err := after.Call(func() { note("library") }); err != nil {
					t.Error(err)
				}
				woken := time.Now()
				after.Call(func() { note("answered at " + woken.Format("05.000")) })
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"before@100ms", "later@100ms", "before@107ms", "library@107ms", "later@107ms", "before@108ms", "later@108ms",
			"before@115ms", "later@115ms", "answered at 00.127@127ms", "before@130ms", "later@130ms"}
		if !slices.Equal(log, want) {
			t.Errorf("lookahead %v:\n got %v\nwant %v", lookahead, log, want)
		}
	}
}

// crowd is a world in which at one instant 16 sessions join, 16 time out idle, and a
// broadcast wakes 8 more, all served by net/http. It returns the world's digest and
// how many of each happened at that instant.
func crowd(w World) (string, map[string]int, error) {
	const instant = 1025 * time.Millisecond // in all: 5 ms on the way, 20 ms to wake up
	sum := sha256.New()
	count := map[string]int{}
	w.Key, w.Length, w.WakeUp = Key{"crowd", 1}, 3*time.Second, 20*time.Millisecond
	err := Run(w, func(e *Engine) error {
		n := newLoopback(e, 5*time.Millisecond)
		n.log = func(format string, a ...any) {
			fmt.Fprintf(sum, format+"\n", a...)
			if e.Now() == instant {
				count[format]++
			}
		}
		l, err := Listen(e, "http", n, 80)
		if err != nil {
			return err
		}
		control := e.Seam().Port("control")
		join := func(what string) {
			fmt.Fprintf(sum, "%s at %v\n", what, e.Now())
			if e.Now() == instant {
				count[what]++
			}
		}
		control.Go(func() { serveCrowd(l, join, instant) })
		phones := e.Proc("phones")
		open := func(at time.Duration, request string) {
			h := &requester{e: e, request: request}
			phones.At(at, func() { h.s = n.Dial("server", 80, h) })
			if request != "" {
				phones.At(instant-25*time.Millisecond, h.send)
			}
		}
		for range 16 {
			open(0, "")
			open(500*time.Millisecond, "GET /join HTTP/1.1\r\nHost: x\r\n\r\n")
		}
		for range 8 {
			h := &requester{e: e, request: "GET /watch HTTP/1.1\r\nHost: x\r\n\r\n"}
			phones.At(400*time.Millisecond, func() { h.s = n.Dial("server", 80, h) })
			phones.At(600*time.Millisecond, h.send)
		}
		return nil
	})
	return fmt.Sprintf("%x", sum.Sum(nil)), count, err
}

// serveCrowd runs in a library goroutine.
func serveCrowd(l net.Listener, join func(string), instant time.Duration) {
	joined, news := 0, make(chan struct{})
	time.AfterFunc(instant-20*time.Millisecond, func() { close(news) })
	port := func(r *http.Request) *Port { return r.Context().Value(portKey{}).(*Port) }
	mux := http.NewServeMux()
	var mu sync.Mutex
	seen := 0 // the library's own count: in order only if sessions are woken one at a time
	mux.HandleFunc("/join", func(w http.ResponseWriter, r *http.Request) {
		scramble()
		mu.Lock()
		seen++
		w.Header().Set("Seen", fmt.Sprint(seen))
		mu.Unlock()
		me := 0
		port(r).Call(func() { joined++; me = joined; join("join") })
		fmt.Fprintf(w, "you are %d", me)
	})
	mux.HandleFunc("/watch", func(w http.ResponseWriter, r *http.Request) {
		<-news
		scramble()
		fmt.Fprint(w, "news")
		http.NewResponseController(w).Flush()
		scramble()
		me := 0
		port(r).Call(func() { joined++; me = joined; join("watch") })
		fmt.Fprintf(w, "you are %d", me)
	})
	srv := &http.Server{
		Handler: mux, ReadHeaderTimeout: time.Second,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, portKey{}, c.(*Conn).Port())
		},
	}
	srv.Serve(l)
}

type portKey struct{}

// scramble lets goroutines that were woken together go on in any order.
func scramble() {
	for range rand.IntN(8) {
		runtime.Gosched()
	}
}

// requester is a model-side client.
type requester struct {
	e       *Engine
	s       sockets.Socket
	request string
}

func (r *requester) send()                         { r.s.Send([]byte(r.request)) }
func (r *requester) OnOpen(sockets.Socket)         {}
func (r *requester) OnData(sockets.Socket, []byte) {}
func (r *requester) OnWritable(sockets.Socket)     {}
func (r *requester) OnClose(sockets.Socket, error) {}

func TestCrowdAtOneInstantHasOneDigest(t *testing.T) {
	want, count, err := crowd(World{})
	if err != nil {
		t.Fatal(err)
	}
	// The test is worth nothing unless all of it happens at the same instant.
	if got := fmt.Sprint(count); got != "map[%v %v->%v closes:16 %v %v->%v sends %q:8 join:16 watch:8]" {
		t.Fatalf("at the instant: %s", got)
	}
	runs := 300
	if testing.Short() {
		runs = 30
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i := range runs {
		runtime.GOMAXPROCS(1 + i%2)
		lookahead := []time.Duration{20, 2, 1}[i%3] * time.Millisecond
		got, _, err := crowd(World{Lookahead: lookahead})
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Fatalf("run %d, lookahead %v, GOMAXPROCS %d: another digest", i, lookahead, 1+i%2)
		}
	}
}

// TestCrowdSideBySide: other worlds in the process change nothing.
func TestCrowdSideBySide(t *testing.T) {
	want, _, err := crowd(World{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got, _, err := crowd(World{}); err != nil || got != want {
				t.Errorf("digest %s, %v", got, err)
			}
		})
	}
	wg.Wait()
}

// BenchmarkSeam is one round trip of a byte between the model and a library echo,
// per operation: two events on the loop, two settles.
func BenchmarkSeam(b *testing.B) {
	b.ReportAllocs()
	var events uint64
	err := Run(World{Key: Key{"bench", 1}, Length: time.Duration(b.N) * 10 * time.Millisecond}, func(e *Engine) error {
		n := newLoopback(e, time.Millisecond)
		l, err := Listen(e, "echo", n, 7)
		if err != nil {
			return err
		}
		e.Seam().Port("server").Go(func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 100)
			for {
				k, err := c.Read(buf)
				if err != nil {
					return
				}
				c.Write(buf[:k])
			}
		})
		h := &requester{e: e, request: "x"}
		h.s = n.Dial("", 7, h)
		p := e.Proc("clock")
		var tick func()
		tick = func() { h.send(); p.After(10*time.Millisecond, tick) }
		p.After(10*time.Millisecond, tick)
		e.OnEnd(func() { events = e.Events() })
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(events)/float64(b.N), "events/op")
}

// BenchmarkReach is one event of the model past the lookahead, with a library that
// has nothing to do: what it costs to ask.
func BenchmarkReach(b *testing.B) {
	b.ReportAllocs()
	err := Run(World{Key: Key{"bench", 1}, Length: time.Duration(b.N) * 3 * time.Millisecond}, func(e *Engine) error {
		l, err := Listen(e, "idle", newLoopback(e, 0), 7)
		if err != nil {
			return err
		}
		e.Seam().Port("server").Go(func() { l.Accept() })
		p := e.Proc("clock")
		var tick func()
		tick = func() { p.After(3*time.Millisecond, tick) }
		tick()
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWorld is a whole small world with two connections.
func BenchmarkWorld(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		if err := small(uint64(i)); err != nil {
			b.Fatal(err)
		}
	}
}
