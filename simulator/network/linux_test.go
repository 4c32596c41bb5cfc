package network

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// linuxRow is one measurement of kernel TCP over an emulated link.
type linuxRow struct {
	Name    string                               `json:"name"`
	CC      string                               `json:"cc"`
	Rate    int64                                `json:"rate_bps"`
	Queue   int                                  `json:"queue_bytes"`
	Delay   float64                              `json:"one_way_delay_ms"`
	Loss    float64                              `json:"loss"`
	AckLoss float64                              `json:"ack_loss"`
	Outage  [2]float64                           `json:"outage_ms"`
	Mode    string                               `json:"mode"`
	KBPS    int                                  `json:"kbps"`
	Secs    int                                  `json:"secs"`
	Goodput float64                              `json:"goodput_bps"`
	DelayMS struct{ Max, P50, P90, P95 float64 } `json:"delay_ms"`
}

type streamResult struct {
	goodput       float64
	max, p50, p95 float64
	events        uint64
}

func ms(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }

// streamOver runs one TCP stream from the host with the link to an ideal one.
func streamOver(t testing.TB, r linuxRow, seed uint64) streamResult {
	e := engine.New(seed)
	n := New(e, nil, Options{})
	link := func(loss float64) LinkOptions {
		o := LinkOptions{RateBPS: r.Rate, QueueBytes: r.Queue, Delay: ms(r.Delay), Loss: LossOptions{Rate: loss}}
		if r.Outage[1] > 0 {
			o.Outages = []Outage{{Start: ms(r.Outage[0]), Length: ms(r.Outage[1])}}
		}
		return o
	}
	a, err := n.AddHost(HostOptions{Name: "a", Actor: trace.Nobody, TCP: TCPOptions{CC: r.CC}, Access: &AccessOptions{Up: link(r.Loss), Down: link(r.AckLoss)}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.AddHost(HostOptions{Name: "b", Actor: trace.Nobody, TCP: TCPOptions{CC: r.CC}})
	if err != nil {
		t.Fatal(err)
	}
	sink := &frameSink{e: e, size: r.KBPS*1000/8/15 + 12}
	b.Listen(1935, func(engine.Socket) engine.SocketHandler { return sink })
	src := &source{p: e.Proc("source"), bulk: r.Mode == "bulk", frame: make([]byte, sink.size)}
	if src.bulk {
		src.frame = make([]byte, 65536)
	}
	a.Dial("b", 1935, src)
	end := time.Duration(r.Secs) * time.Second
	src.end = end
	if src.bulk {
		e.RunUntil(end)
	} else {
		e.RunUntil(end + 3*time.Second)
	}
	res := streamResult{events: e.Events()}
	took := end
	if !src.bulk {
		took = sink.lastAt - src.start
	}
	res.goodput = float64(sink.got) * 8 / took.Seconds()
	if !src.bulk {
		for i, at := range sink.frames {
			d := at - src.start - time.Duration(i)*time.Second/15
			sink.delays = append(sink.delays, float64(d)/1e6)
		}
		slices.Sort(sink.delays)
		if k := len(sink.delays); k > 0 {
			res.p50, res.p95, res.max = sink.delays[k/2], sink.delays[k*95/100], sink.delays[k-1]
		}
	}
	return res
}

// source writes blocks without pause, or a frame every 1/15 s from a queue.
type source struct {
	p      *engine.Proc
	bulk   bool
	frame  []byte
	s      engine.Socket
	start  time.Duration
	end    time.Duration
	queued int
	count  int
}

func (s *source) OnOpen(k engine.Socket) {
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
	if at := s.start + time.Duration(s.count)*time.Second/15; at-s.start < s.end {
		s.p.At(at, s.tick)
	}
}

func (s *source) OnWritable(k engine.Socket) {
	for k.Free() > 0 && (s.bulk || s.queued > 0) {
		k.Send(s.frame)
		s.queued--
	}
}
func (s *source) OnData(engine.Socket, []byte) {}
func (s *source) OnClose(engine.Socket, error) {}

type frameSink struct {
	e      *engine.Engine
	size   int
	got    int
	lastAt time.Duration
	frames []time.Duration
	delays []float64
}

func (f *frameSink) OnOpen(engine.Socket) {}
func (f *frameSink) OnData(_ engine.Socket, p []byte) {
	f.got += len(p)
	f.lastAt = f.e.Now()
	for len(f.frames) < f.got/f.size && f.size > 12 {
		f.frames = append(f.frames, f.e.Now())
	}
}
func (f *frameSink) OnWritable(engine.Socket)     {}
func (f *frameSink) OnClose(engine.Socket, error) {}

// TestLinuxRows prints our TCP beside measurements of the kernel's, if there are any.
func TestLinuxRows(t *testing.T) {
	file := os.Getenv("MINILAB_LINUX_TCP")
	if file == "" {
		t.Skip("MINILAB_LINUX_TCP names no file of measurements")
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type sums struct {
		good []float64
		text []string
	}
	var names []string
	cases := map[string]*sums{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var r linuxRow
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		var good, p50, p95, most []float64
		for seed := range uint64(10) {
			o := streamOver(t, r, seed)
			good, p50, p95, most = append(good, o.goodput), append(p50, o.p50), append(p95, o.p95), append(most, o.max)
		}
		c := cases[r.Name]
		if c == nil {
			c = &sums{}
			cases[r.Name] = c
			names = append(names, r.Name)
		}
		c.good = append(c.good, median(good)/r.Goodput)
		text := fmt.Sprintf("%d s: %.0f/%.0f kbit/s", r.Secs, median(good)/1e3, r.Goodput/1e3)
		if r.Mode == "media" {
			text += fmt.Sprintf(" p50 %.0f/%.0f p95 %.0f/%.0f max %.0f/%.0f", median(p50), r.DelayMS.P50, median(p95), r.DelayMS.P95, median(most), r.DelayMS.Max)
		}
		c.text = append(c.text, text)
	}
	for _, name := range names {
		c := cases[name]
		t.Logf("%-34s %.2f  %v", name, geomean(c.good), c.text)
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func geomean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(v)))
}
