package engine

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
)

// chaos is a world of random library sessions: each sleeps, calls, reads with
// deadlines, writes and is delivered to, at instants that often coincide. It returns
// what the model saw, in order.
func chaos(w World) ([]string, error) {
	const quantum = 5 * time.Millisecond
	var log []string
	w.Length, w.WakeUp = 2*time.Second, 20*time.Millisecond
	err := Run(w, func(e *Engine) error {
		n := newLoopback(e, quantum)
		n.buffer = 300
		n.perByte = 10 * time.Microsecond
		n.log = func(format string, a ...any) { log = append(log, fmt.Sprintf(format, a...)) }
		l, err := Listen(e, "server", n, 1)
		if err != nil {
			return err
		}
		note := func(format string, a ...any) {
			log = append(log, fmt.Sprintf("%v ", e.Now())+fmt.Sprintf(format, a...))
		}
		e.Seam().Port("accepting").Go(func() {
			for i := 0; ; i++ {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go (&chaotic{r: e.Rand(fmt.Sprint("server", i)), c: c.(*Conn), note: note, quantum: quantum}).live()
			}
		})
		model := e.Proc("model")
		r := e.Rand("model")
		for i := range 6 {
			port := e.Seam().Port(fmt.Sprint("client", i))
			c := &chaotic{r: e.Rand(fmt.Sprint("client", i)), note: note, quantum: quantum, news: make(chan int, 1000)}
			c.c = NewConn(port, func(h sockets.Handler) sockets.Socket { return n.Dial("", 1, h) })
			port.Go(c.live)
			for j := range 10 {
				model.At(time.Duration(r.IntN(300))*quantum, func() {
					note("news %d for %d", j, i)
					port.Deliver(func() { c.news <- j })
				})
			}
		}
		return nil
	})
	return log, err
}

// chaotic is one session.
type chaotic struct {
	r       *rand.Rand
	c       *Conn
	note    func(format string, a ...any)
	quantum time.Duration
	news    chan int
}

func (c *chaotic) live() {
	defer c.c.Close()
	b := make([]byte, 1000)
	for range 5 + c.r.IntN(60) {
		scramble()
		some := time.Duration(c.r.IntN(12)) * c.quantum
		switch c.r.IntN(6) {
		case 0:
			time.Sleep(some)
		case 1:
			if c.c.Port().Call(func() { c.note("call of %s", c.c.Port().name) }) != nil {
				return
			}
		case 2, 3:
			c.c.SetReadDeadline(time.Now().Add(some))
			n, err := c.c.Read(b)
			if c.c.Port().Call(func() { c.note("%s read %d %v", c.c.Port().name, n, err) }) != nil {
				return
			}
		case 4:
			c.c.SetWriteDeadline(time.Now().Add(some))
			n, err := c.c.Write(b[:c.r.IntN(len(b))])
			if err != nil && c.c.Port().Call(func() { c.note("%s wrote %d %v", c.c.Port().name, n, err) }) != nil {
				return
			}
		case 5:
			select {
			case j := <-c.news:
				c.c.Port().Call(func() { c.note("%s got %d", c.c.Port().name, j) })
			default:
			}
		}
	}
}

func TestLookaheadChangesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	seeds := uint64(100)
	if testing.Short() {
		seeds = 10
	}
	events := 0
	for seed := range seeds {
		var want []string
		for i, lookahead := range []time.Duration{20, 7, 2, 1} {
			runtime.GOMAXPROCS(1 + i%2)
			got, err := chaos(World{Key: Key{"chaos", seed}, Lookahead: lookahead * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
				events += len(got)
			}
			if !slices.Equal(got, want) {
				for j := range got {
					if j >= len(want) || got[j] != want[j] {
						t.Fatalf("seed %d, lookahead %d ms, line %d:\n%s\nwant\n%s", seed, lookahead, j, got[j], want[min(j, len(want)-1)])
					}
				}
				t.Fatalf("seed %d, lookahead %d ms: %d lines, want %d", seed, lookahead, len(got), len(want))
			}
		}
	}
	if events < int(seeds)*100 {
		t.Errorf("only %d events in all", events)
	}
}
