package link

import (
	"fmt"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/network/packet"
)

// arrivals notes what comes out of a link, and when.
type arrivals struct {
	e    *engine.Engine
	pool *packet.Pool
	at   []time.Duration
	ids  []uint64
}

func (a *arrivals) Deliver(p *packet.Packet) {
	a.at = append(a.at, a.e.Now())
	a.ids = append(a.ids, p.Seq)
	a.pool.Put(p)
}

func newLink(o Options) (*engine.Engine, *Link, *arrivals) {
	e, pool := engine.New(5), &packet.Pool{}
	a := &arrivals{e: e, pool: pool}
	return e, New(e, pool, "link", o, a), a
}

func send(l *Link, id uint64, bytes int) {
	p := l.pool.Get()
	p.Seq, p.Bytes = id, bytes
	l.Send(p)
}

func TestSerialisationAndDelay(t *testing.T) {
	e, l, a := newLink(Options{RateBPS: 1e6, QueueBytes: 3000, Delay: 10 * time.Millisecond})
	for i := range 3 {
		send(l, uint64(i), 1500) // the third finds no room
	}
	e.RunUntil(5 * time.Millisecond)
	send(l, 3, 600) // 19 ms of 24 ms are still to be sent: room for 625 bytes
	send(l, 4, 600)
	e.RunUntil(time.Second)
	if got := fmt.Sprint(a.ids, a.at); got != "[0 1 3] [22ms 34ms 38.8ms]" {
		t.Errorf("arrived %s", got)
	}
	if v := l.Totals(); v != (Totals{Sent: 5, Delivered: 3, Refused: 2, Bytes: 3600}) {
		t.Errorf("totals %+v", v)
	}
}

func TestJitterKeepsOrder(t *testing.T) {
	e, l, a := newLink(Options{Delay: 50 * time.Millisecond, Jitter: 30 * time.Millisecond})
	least, most := time.Hour, time.Duration(0)
	for i := range 5000 {
		at := time.Duration(i) * 10 * time.Millisecond
		e.RunUntil(at)
		send(l, uint64(i), 100)
	}
	e.RunUntil(time.Hour)
	for i, id := range a.ids {
		if id != uint64(i) {
			t.Fatalf("packet %d came as number %d", id, i)
		}
		d := a.at[i] - time.Duration(i)*10*time.Millisecond
		least, most = min(least, d), max(most, d)
	}
	if least < 20*time.Millisecond || most > 80*time.Millisecond || least > 22*time.Millisecond || most < 78*time.Millisecond {
		t.Errorf("delays from %v to %v", least, most)
	}
}

func TestOutageComesBeforeTheQueue(t *testing.T) {
	e, l, a := newLink(Options{RateBPS: 1e6, Outages: []Outage{{Start: time.Second, Length: time.Second}}})
	for i := range 30 {
		e.RunUntil(time.Duration(i) * 100 * time.Millisecond)
		send(l, uint64(i), 125)
	}
	l.Break(time.Second)
	send(l, 30, 125)
	e.RunUntil(time.Hour)
	if v := l.Totals(); v.Blacked != 11 || v.Delivered != 20 || len(a.at) != 20 {
		t.Errorf("totals %+v", v)
	}
}

func TestLossUsesItsShareOfTheRate(t *testing.T) {
	e, l, a := newLink(Options{RateBPS: 1e6, QueueBytes: 1e6, Loss: LossOptions{Rate: 0.5}})
	for i := range 200 {
		send(l, uint64(i), 1250)
	}
	e.RunUntil(time.Hour)
	for i, id := range a.ids {
		if a.at[i] != time.Duration(id+1)*10*time.Millisecond {
			t.Fatalf("packet %d at %v", id, a.at[i])
		}
	}
	if n := l.Totals().Lost; n < 70 || n > 130 {
		t.Errorf("lost %d of 200", n)
	}
}

// discard gives packets back and notes nothing.
type discard struct{ pool *packet.Pool }

func (d discard) Deliver(p *packet.Packet) { d.pool.Put(p) }
