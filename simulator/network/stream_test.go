package network

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// streamCase is one TCP stream over one link, as testdata/README.md describes it.
type streamCase struct {
	Name    string     `json:"name"`
	CC      string     `json:"cc"`
	Rate    int64      `json:"rate_bps"`
	Queue   int        `json:"queue_bytes"`
	Delay   float64    `json:"one_way_delay_ms"`
	Loss    float64    `json:"loss"`
	AckLoss float64    `json:"ack_loss"`
	Outage  [2]float64 `json:"outage_ms"`
	Mode    string     `json:"mode"`
	KBPS    int        `json:"kbps"`
	Secs    int        `json:"secs"`
}

type streamResult struct {
	goodput       float64
	max, p50, p95 float64 // ms
	events        uint64
}

func ms(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }

// streamOver runs one TCP stream from the host with the link to an ideal one.
func streamOver(t testing.TB, r streamCase, seed uint64) streamResult {
	e := engine.New(seed)
	n := New(e, nil, Options{})
	link := func(loss float64) LinkOptions {
		o := LinkOptions{RateBPS: r.Rate, QueueBytes: r.Queue, Delay: ms(r.Delay), Loss: LossOptions{Rate: loss}}
		if r.Outage[1] > 0 {
			o.Outages = []Outage{{Start: ms(r.Outage[0]), Length: ms(r.Outage[1])}}
		}
		return o
	}
	tcp := TCPOptions{CC: r.CC}
	a, err := n.AddHost(HostOptions{Name: "a", Actor: trace.Nobody, TCP: tcp, Access: &AccessOptions{Up: link(r.Loss), Down: link(r.AckLoss)}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.AddHost(HostOptions{Name: "b", Actor: trace.Nobody, TCP: tcp})
	if err != nil {
		t.Fatal(err)
	}
	sink := &frameSink{e: e, size: r.KBPS*1000/8/framesPerSecond + 12}
	b.Listen(1935, func(sockets.Socket) sockets.Handler { return sink })
	end := time.Duration(r.Secs) * time.Second
	src := &source{p: e.Proc("source"), bulk: r.Mode == "bulk", frame: make([]byte, sink.size), end: end}
	if src.bulk {
		src.frame = make([]byte, 65536)
	}
	a.Dial(b.Addr().String(), 1935, src)
	if src.bulk {
		e.RunUntil(end)
		return streamResult{goodput: float64(sink.got) * 8 / (end - sink.opened).Seconds(), events: e.Events()}
	}
	e.RunUntil(end + 3*time.Second)
	return sink.result(src.start)
}

const framesPerSecond = 15

// result gives the frames' delays.
func (f *frameSink) result(start time.Duration) streamResult {
	res := streamResult{goodput: float64(f.got) * 8 / (f.lastAt - start).Seconds(), events: f.e.Events()}
	var delays []float64
	for i, at := range f.frames {
		d := at - start - time.Duration(i)*time.Second/framesPerSecond
		delays = append(delays, float64(d)/1e6)
	}
	slices.Sort(delays)
	if k := len(delays); k > 0 {
		res.p50, res.p95, res.max = delays[k/2], delays[k*95/100], delays[k-1]
	}
	return res
}

// source writes blocks without pause, or a frame every 1/15 s from a queue.
type source struct {
	p      *engine.Proc
	bulk   bool
	frame  []byte
	s      sockets.Socket
	start  time.Duration
	end    time.Duration
	queued int
	count  int
}

func (s *source) OnOpen(k sockets.Socket) {
	s.s = k
	s.start = s.p.Now()
	if s.bulk {
		s.OnWritable(k)
		return
	}
	s.tick()
}

func (s *source) tick() {
	s.queued++
	s.count++
	s.OnWritable(s.s)
	if at := s.start + time.Duration(s.count)*time.Second/framesPerSecond; at-s.start < s.end {
		s.p.At(at, s.tick)
	}
}

func (s *source) OnWritable(k sockets.Socket) {
	for k.Free() > 0 && (s.bulk || s.queued > 0) {
		k.Send(s.frame)
		s.queued--
	}
}
func (s *source) OnData(sockets.Socket, []byte) {}
func (s *source) OnClose(sockets.Socket, error) {}

type frameSink struct {
	e      *engine.Engine
	size   int
	got    int
	opened time.Duration
	lastAt time.Duration
	frames []time.Duration
}

func (f *frameSink) OnOpen(sockets.Socket) { f.opened = f.e.Now() }
func (f *frameSink) OnData(_ sockets.Socket, p []byte) {
	f.got += len(p)
	f.lastAt = f.e.Now()
	for len(f.frames) < f.got/f.size && f.size > 12 {
		f.frames = append(f.frames, f.e.Now())
	}
}
func (f *frameSink) OnWritable(sockets.Socket)     {}
func (f *frameSink) OnClose(sockets.Socket, error) {}
