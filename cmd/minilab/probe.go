package main

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"minilab/simulator"
	"minilab/simulator/network"
	"minilab/simulator/probe"
)

type probeCmd struct {
	Network  string       `help:"A network of the catalogue, in place of the flags of the link; the data goes up. Its nominal values: nothing is drawn." placeholder:"N"`
	Rate     rateFlag     `help:"Rate of the link in bit/s, both directions: 500k, 2M (k = 1000); without it, unlimited." placeholder:"R"`
	Queue    sizeFlag     `help:"Drop-tail queue in bytes of IP packets, both directions: 50000, 64k; without it, 300 ms at the rate." placeholder:"B"`
	Delay    timeFlag     `help:"One-way delay, both directions: 20ms." placeholder:"T"`
	Jitter   timeFlag     `help:"Spread of the delay around its mean, both directions; no packet overtakes another." placeholder:"T"`
	Loss     shareFlag    `help:"Random loss in the direction of the data: 2%; independent, unless --burst is given." placeholder:"P"`
	LossBack shareFlag    `help:"Random, independent loss in the direction of the acknowledgements." placeholder:"P"`
	Burst    burstFlag    `help:"Mean length in time of a loss burst, in the direction of the data: 60ms." placeholder:"T"`
	Outage   []outageFlag `help:"From START on, after the link's beginning, all packets of both directions vanish for LENGTH: 20s+4s. Repeatable." placeholder:"START+LENGTH"`
	CC       string       `name:"cc" enum:"cubic,reno" default:"cubic" help:"Congestion control of both ends: cubic or reno."`
	Stream   string       `enum:"bulk,frames" default:"frames" help:"What is sent: bulk, blocks without pause, or frames."`
	KBPS     int          `name:"kbps" default:"500" help:"Frames: kbit/s of media (500); each frame has 12 bytes more." placeholder:"N"`
	FPS      int          `name:"fps" default:"15" help:"Frames: how many a second (15)." placeholder:"N"`
	For      timeFlag     `default:"60s" help:"How long the stream is sent (60s); frames then have 3 s more to arrive." placeholder:"T"`
	Seed     uint64       `default:"1" help:"What everything that is drawn follows from (1)." placeholder:"N"`
	PCAPNG   string       `name:"pcapng" help:"Leave all packets in this file, each with its fate." placeholder:"FILE"`
	JSON     bool         `name:"json" help:"Print only JSON of schema minilab.probe/1."`
}

// Help says what the flags alone don't.
func (c *probeCmd) Help() string {
	return "One TCP stream over one link: a sender behind the link, a receiver with none of its own. A packet meets an outage, the drop-tail queue, " +
		"serialisation of the whole IP packet, random loss, and the delay, in this order. A frame's delay is from when it is due to the arrival of its last byte, " +
		"over the frames that arrived in time; a bulk stream's goodput is payload received over the receiver's time."
}

// probeReport is schema minilab.probe/1. What was not measured is null.
type probeReport struct {
	Schema      string      `json:"schema"`
	GoodputBPS  float64     `json:"goodput_bps"`
	Frames      *int        `json:"frames"` // that arrived
	DelayMS     *delaysOnce `json:"delay_ms"`
	Retransmits int         `json:"retransmits"`
	Timeouts    int         `json:"timeouts"`
}

type delaysOnce struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func (c *probeCmd) Run(e *env) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	capture, err := newCapture(c.PCAPNG, fmt.Sprintf("minilab probe: %s, seed %d\n%s", describeStream(&o), c.Seed, c.link(&o.Access)))
	if err != nil {
		return err
	}
	defer capture.abandon()
	o.Tap = capture.tap()
	var progress atomic.Int64
	o.Progress = &progress
	start := time.Now()
	stop := e.status.follow(func() string { return progressText("probe", &progress, o.Length, start) })
	r, err := probe.Run(e.ctx, o)
	stop()
	if err != nil {
		return err
	}
	if err := capture.close(); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(e.stdout, reportProbe(&o, r))
	}
	showProbe(e, c.link(&o.Access), &o, r)
	capture.show(e)
	return nil
}

// link says what the stream is sent over.
func (c *probeCmd) link(a *network.AccessOptions) string {
	if c.Network != "" {
		return fmt.Sprintf("network %s at its nominal values, the data goes up%s", c.Network, describeOutages(a.Up.Outages))
	}
	return describeLink(a)
}

// options are what the flags ask for.
func (c *probeCmd) options() (probe.Options, error) {
	access, err := c.access()
	if err != nil {
		return probe.Options{}, err
	}
	o := probe.Options{
		Seed: c.Seed, Access: *access, CC: c.CC, Stream: probe.Stream(c.Stream), KBPS: c.KBPS, FPS: c.FPS, Length: time.Duration(c.For),
	}
	if !c.JSON {
		o.Points = barWidth
	}
	if err := o.Validate(); err != nil {
		return o, &simulator.UsageError{Problem: err.Error(), Remedy: "minilab probe --help says what there is"}
	}
	return o, nil
}

// access is the link.
func (c *probeCmd) access() (*network.AccessOptions, error) {
	own := c.Rate != 0 || c.Queue != 0 || c.Delay != 0 || c.Jitter != 0 || c.Loss != 0 || c.LossBack != 0 || c.Burst != 0
	a := &network.AccessOptions{}
	switch {
	case c.Network != "" && own:
		return nil, &simulator.UsageError{Problem: "--network together with flags of the link", Remedy: "give one or the other; --outage and --cc go with both"}
	case c.Queue != 0 && c.Rate == 0:
		return nil, &simulator.UsageError{Problem: "--queue without --rate", Remedy: "nothing waits on a link of unlimited rate"}
	case c.Burst != 0 && c.Loss == 0:
		return nil, &simulator.UsageError{Problem: "--burst without --loss", Remedy: "--loss is the mean loss, --burst how long a burst of it lasts"}
	case c.Jitter > c.Delay:
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("--jitter %v is more than --delay %v", time.Duration(c.Jitter), time.Duration(c.Delay)), Remedy: "no packet arrives before it is sent"}
	case c.Network != "":
		var err error
		if a, err = simulator.Access(c.Network); err != nil {
			return nil, err
		}
	default:
		a.Up = network.LinkOptions{RateBPS: int64(c.Rate), QueueBytes: int(c.Queue), Delay: time.Duration(c.Delay), Jitter: time.Duration(c.Jitter)}
		a.Down = a.Up
		a.Up.Loss = network.LossOptions{Rate: float64(c.Loss), BurstMean: time.Duration(c.Burst)}
		a.Down.Loss.Rate = float64(c.LossBack)
	}
	for _, w := range c.Outage {
		a.Up.Outages = append(a.Up.Outages, network.Outage(w))
		a.Down.Outages = append(a.Down.Outages, network.Outage(w))
	}
	return a, nil
}

func reportProbe(o *probe.Options, r *probe.Result) probeReport {
	rep := probeReport{Schema: "minilab.probe/1", GoodputBPS: math.Round(r.GoodputBPS), Retransmits: r.Retransmits, Timeouts: r.Timeouts}
	if o.Stream == probe.Bulk {
		return rep
	}
	n := len(r.Delays)
	rep.Frames = &n
	if n > 0 {
		at := func(percent int) float64 { return math.Round(float64(r.Delay(percent))/1e3) / 1e3 }
		rep.DelayMS = &delaysOnce{P50: at(50), P90: at(90), P95: at(95), P99: at(99), Max: at(100)}
	}
	return rep
}
