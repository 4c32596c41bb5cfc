package main

import (
	"fmt"
	"strings"
	"time"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/network"
	"minilab/simulator/network/link"
)

// linkText says a link's numbers in a few words.
func linkText(l fixtures.Link) string {
	var parts []string
	if l.Trace.Name != "" {
		parts = append(parts, "trace "+l.Trace.Name)
	} else {
		parts = append(parts, l.Rate.String())
	}
	parts = append(parts, l.Delay.String())
	add := func(set bool, format string, args ...any) {
		if set {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(l.Jitter > 0, "+-%v", l.Jitter)
	add(l.Distribution != "", "%v", l.Distribution)
	add(l.Reorder, "reordering")
	add(l.Ahead > 0, "%v ahead of the others", l.Ahead)
	add(l.Loss > 0, "loss %v", l.Loss)
	add(l.Burst > 0, "in bursts of %v", l.Burst)
	add(l.BurstLoss > 0, "where %v are lost", l.BurstLoss)
	add(l.Chain.P > 0, "loss %v by a chain", l.Chain.MeanLoss())
	add(l.Every > 0, "every %dth lost", l.Every)
	add(l.Periodic.Lose > 0, "nothing for %v", l.Periodic)
	add(l.Duplicate > 0, "%v doubled", l.Duplicate)
	add(l.Corrupt > 0, "%v damaged", l.Corrupt)
	return strings.Join(parts, ", ")
}

// queueText says what a link lets wait.
func queueText(l fixtures.Link) string {
	s := "300 ms" // what a link that says nothing gets
	switch {
	case l.Rate == 0 && l.Trace.Name == "":
		return "none"
	case l.Queue > 0:
		s = l.Queue.String()
	case l.QueueTime > 0:
		s = l.QueueTime.String()
	case l.QueuePackets > 0:
		return fmt.Sprintf("%d packets%s", l.QueuePackets, discipline(l))
	}
	return s + discipline(l)
}

func discipline(l fixtures.Link) string {
	if l.Discipline == "codel" {
		return ", CoDel"
	}
	return ""
}

// networkFields are what a network says about itself, in words.
func networkFields(n fixtures.Network) map[string]string {
	f := map[string]string{
		"title": n.Title.EN + "  " + n.Title.ZH, "source": n.Source, "fidelity": n.Fidelity.All,
		"up": linkText(n.Up), "down": linkText(n.Down), "queues": "up " + queueText(n.Up) + ", down " + queueText(n.Down),
	}
	if n.Spread > 0 {
		f["spread"] = "rates and delays within " + n.Spread.String()
	}
	for _, l := range []struct {
		name string
		link fixtures.Link
	}{{"up", n.Up}, {"down", n.Down}} {
		if l.link.Chain.P > 0 {
			f["chain "+l.name] = l.link.Chain.String()
		}
	}
	if n.NAT.Idle > 0 {
		then := "what comes later vanishes"
		if n.NAT.Then == "reset" {
			then = "what comes later is reset"
		}
		f["nat"] = fmt.Sprintf("forgets after %v; %s", n.NAT.Idle, then)
	}
	if n.Lookup != (fixtures.Lookup{}) {
		f["names"] = fmt.Sprintf("answered after %v, %v lost, %v failing", n.Lookup.Delay, n.Lookup.Lost, n.Lookup.Failing)
	}
	return f
}

// explainPlan shows what goes on over time, and draws both rates.
func (e *env) explainPlan(n fixtures.Network) error {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(e.stdout, "  %s  %s\n", e.style.dim(pad(name, 12)), fmt.Sprintf(format, args...))
	}
	for _, c := range n.Cross {
		rate := c.Rate.String()
		if c.Rate == 0 {
			rate = "as much as it can"
		}
		text := fmt.Sprintf("%s by %s from %v", rate, strings.ToUpper(string(c.Protocol)), c.Start)
		if c.On > 0 {
			text += fmt.Sprintf(" for %v", c.On)
		}
		if c.Off > 0 {
			text += fmt.Sprintf(", again after %v", c.Off)
		}
		line("beside "+string(c.Direction), "%s", text)
	}
	for _, p := range n.Phases {
		var parts []string
		if p.Address == "new" {
			parts = append(parts, "new address")
		}
		if u := p.Up.String(); u != "" {
			parts = append(parts, "up "+u)
		}
		if d := p.Down.String(); d != "" {
			parts = append(parts, "down "+d)
		}
		line("at "+p.At.String(), "%s", strings.Join(parts, "; "))
	}
	if n.Period > 0 {
		line("again after", "%v", n.Period)
	}
	access, err := simulator.Access(n.Name)
	if err != nil {
		return err
	}
	length := drawnLength(access)
	e.drawRate("up", length, ratesOver(access, length, func(p *network.Phase) *network.LinkOptions { return &p.Up }))
	e.drawRate("down", length, ratesOver(access, length, func(p *network.Phase) *network.LinkOptions { return &p.Down }))
	return nil
}

const (
	drawColumns = 60
	drawRows    = 4
)

// drawnLength is how much of a network is drawn: one turn of what changes.
func drawnLength(a *network.AccessOptions) time.Duration {
	length := time.Minute
	switch {
	case a.Period > 0:
		return a.Period
	case len(a.Phases) > 0:
		length = max(length, a.Phases[len(a.Phases)-1].At+20*time.Second)
	}
	for _, l := range []network.LinkOptions{a.Up, a.Down} {
		if l.Trace != nil && len(a.Phases) == 0 {
			length = max(length, l.Trace.Length())
		}
	}
	return length
}

// ratesOver are the mean rates of a direction over equal parts of a time, in bit/s;
// -1 is no limit.
func ratesOver(a *network.AccessOptions, length time.Duration, of func(*network.Phase) *network.LinkOptions) []float64 {
	plan := append([]network.Phase{{Up: a.Up, Down: a.Down}}, a.Phases...)
	var out []float64
	var trace *link.Trace
	var begun time.Duration
	next := 0
	for i := range drawColumns {
		from := length * time.Duration(i) / drawColumns
		for next < len(plan) && plan[next].At <= from {
			if l := of(&plan[next]); l.Trace != trace {
				trace, begun = l.Trace, plan[next].At
			}
			next++
		}
		l := of(&plan[next-1])
		switch {
		case trace != nil:
			at := (from - begun) % trace.Length()
			out = append(out, float64(trace.RateBPS(at, min(at+length/drawColumns, trace.Length()))))
		case l.RateBPS == 0:
			out = append(out, -1)
		default:
			out = append(out, float64(l.RateBPS))
		}
	}
	return out
}

// drawRate draws rates as columns: of blocks on a terminal, of plain signs elsewhere.
func (e *env) drawRate(name string, length time.Duration, rates []float64) {
	top := 0.0
	for _, r := range rates {
		top = max(top, r)
	}
	if top == 0 {
		fmt.Fprintf(e.stdout, "  %s  no limit, no drawing\n", e.style.dim(pad(name+" rate", 12)))
		return
	}
	signs := []rune(" .:|")
	if e.style.colours {
		signs = []rune(" ▁▂▃▄▅▆▇█")
	}
	steps := len(signs) - 1
	for row := drawRows - 1; row >= 0; row-- {
		var b strings.Builder
		for _, r := range rates {
			if r < 0 {
				r = top // no limit reaches the ceiling
			}
			fill := int(r/top*float64(drawRows*steps)+0.5) - row*steps
			b.WriteRune(signs[max(0, min(steps, fill))])
		}
		head := ""
		switch row {
		case drawRows - 1:
			head = fmt.Sprintf("%s %.3g Mbit/s", name, top/1e6)
		case 0:
			head = "0"
		}
		fmt.Fprintf(e.stdout, "  %s  %s\n", e.style.dim(padLeft(head, 16)), e.style.good(strings.TrimRight(b.String(), " ")))
	}
	end := length.String()
	fmt.Fprintf(e.stdout, "  %s  %s\n", strings.Repeat(" ", 16), e.style.dim("0s"+padLeft(end, drawColumns-2)))
}
