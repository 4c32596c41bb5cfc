package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"minilab/fixtures/yamlfile"
	"minilab/simulator/network"
	"minilab/simulator/probe"
)

// describeStream says what is sent.
func describeStream(o *probe.Options) string {
	if o.Stream == probe.Bulk {
		return fmt.Sprintf("bulk stream for %v, %s", o.Length, o.CC)
	}
	return fmt.Sprintf("%d frames a second of %d bytes (%d kbit/s) for %v, %s", o.FPS, o.FrameBytes(), o.KBPS, o.Length, o.CC)
}

// describeLink says what it is sent over.
func describeLink(a *network.AccessOptions) string {
	up, down := describeDirection(a.Up), describeDirection(a.Down)
	text := "link both ways: " + up
	if up != down {
		text = "link of the data: " + up + "; of the acknowledgements: " + down
	}
	return text + describeOutages(a.Up.Outages)
}

func describeOutages(all []network.Outage) string {
	var words []string
	for _, w := range all {
		words = append(words, fmt.Sprintf("%v for %v", w.Start, w.Length))
	}
	if len(words) == 0 {
		return ""
	}
	return "; outages at " + strings.Join(words, ", ")
}

func describeDirection(l network.LinkOptions) string {
	parts := []string{"unlimited rate"}
	if l.RateBPS > 0 {
		parts[0] = yamlfile.Rate(l.RateBPS).String()
	}
	if l.QueueBytes > 0 {
		parts = append(parts, "queue "+yamlfile.Size(l.QueueBytes).String())
	}
	delay := fmt.Sprintf("%v delay", l.Delay)
	if l.Jitter > 0 {
		delay = fmt.Sprintf("%v +- %v delay", l.Delay, l.Jitter)
	}
	parts = append(parts, delay)
	if l.Loss.Rate > 0 {
		loss := yamlfile.Share(l.Loss.Rate).String() + " loss"
		if l.Loss.BurstMean > 0 {
			loss += fmt.Sprintf(" in bursts of %v", l.Loss.BurstMean)
		}
		parts = append(parts, loss)
	}
	return strings.Join(parts, ", ")
}

// showProbe tells a probe to a person.
func showProbe(e *env, link string, o *probe.Options, r *probe.Result) {
	fmt.Fprintf(e.stdout, "%s  %s, seed %d\n", e.style.bold("probe"), describeStream(o), o.Seed)
	fmt.Fprintf(e.stdout, "%s\n\n", e.style.dim(link))
	switch {
	case r.Opened == 0 && r.Ended != nil:
		fmt.Fprintf(e.stdout, "%s\n\n", e.style.bad(fmt.Sprintf("no connection: %v", r.Ended)))
	case r.Ended != nil:
		fmt.Fprintf(e.stdout, "%s\n\n", e.style.bad(fmt.Sprintf("the connection ended early: %v", r.Ended)))
	}
	fmt.Fprintf(e.stdout, "goodput      %.1f kbit/s\n", r.GoodputBPS/1e3)
	if o.Stream == probe.Frames {
		fmt.Fprintf(e.stdout, "frames       %d of %d arrived\n", len(r.Delays), r.Due)
		if len(r.Delays) > 0 {
			fmt.Fprintf(e.stdout, "delay ms     p50 %s  p90 %s  p95 %s  p99 %s  max %s\n",
				delayText(r, 50), delayText(r, 90), delayText(r, 95), delayText(r, 99), delayText(r, 100))
		}
	}
	fmt.Fprintf(e.stdout, "retransmits  %d\ntime-outs    %d\n", r.Retransmits, r.Timeouts)
	t := r.Up
	fmt.Fprintf(e.stdout, "packets      %d up: %d lost, %d dropped by the queue, %d lost in outages; %d down\n\n", t.Sent, t.Lost+t.Corrupted, t.Refused+t.Shed, t.Blacked+t.Stranded, r.Down.Sent)
	if r.Opened > 0 || r.Ended == nil {
		showCourse(e, o, r)
	}
}

func delayText(r *probe.Result, percent int) string {
	return fmt.Sprintf("%.1f", float64(r.Delay(percent))/1e6)
}

// showCourse draws how it went over time.
func showCourse(e *env, o *probe.Options, r *probe.Result) {
	part := o.Length.Seconds() / float64(len(r.Course))
	draw := func(title string, value func(p *probe.Point) float64) {
		values := make([]float64, len(r.Course))
		for i := range r.Course {
			values[i] = value(&r.Course[i])
		}
		e.style.chart(e.stdout, title, values)
	}
	draw("goodput, kbit/s", func(p *probe.Point) float64 { return float64(p.Bytes) * 8 / 1e3 / part })
	draw("congestion window, kB", func(p *probe.Point) float64 { return float64(p.Window) / 1e3 })
	draw("longest wait in the link's queue, ms", func(p *probe.Point) float64 { return float64(p.Queue) / 1e6 })
	if o.Stream == probe.Frames {
		draw("longest frame delay (by when the frame was due), ms", func(p *probe.Point) float64 {
			if p.Frames == 0 {
				return math.NaN()
			}
			return float64(p.Delay) / 1e6
		})
	}
	var axis strings.Builder
	for i := range r.Course {
		axis.WriteByte(mark(o, r, i))
	}
	fmt.Fprintf(e.stdout, "  %s |%s|\n", padLeft("loss", axisWidth), e.style.bad(axis.String()))
	end := seconds(o.Length)
	fmt.Fprintf(e.stdout, "  %s  0%s s\n", padLeft("", axisWidth), padLeft(end, len(r.Course)-len(end)+3))
	fmt.Fprintf(e.stdout, "  %s\n", e.style.dim(fmt.Sprintf("- packets lost  x outage  (one character: %.2g s)", part)))
}

// mark is the sign of what went wrong in a part of the course.
func mark(o *probe.Options, r *probe.Result, i int) byte {
	from := r.Opened + r.Course[i].At
	to := from + o.Length/time.Duration(len(r.Course))
	for _, w := range o.Access.Up.Outages {
		if w.Start < to && from < w.Start+w.Length {
			return 'x'
		}
	}
	if r.Course[i].Dropped > 0 {
		return '-'
	}
	return ' '
}
