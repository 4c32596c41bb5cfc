package network

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"testing"
)

// linuxRow is one measurement of kernel TCP over an emulated link.
type linuxRow struct {
	streamCase
	Goodput float64                         `json:"goodput_bps"`
	DelayMS struct{ Max, P50, P95 float64 } `json:"delay_ms"`
}

func linuxRows(t *testing.T, file string) (rows []linuxRow) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var r linuxRow
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// figure is one number of a case: what of a run it is, and how near to the kernel's
// it has to be: within a share of it, or so many ms.
type figure struct {
	name  string
	of    func(streamResult) float64
	linux func(linuxRow) float64
	share float64
	ms    float64
}

var (
	goodput = figure{"goodput", func(r streamResult) float64 { return r.goodput }, func(r linuxRow) float64 { return r.Goodput }, 0.15, 0}
	half    = figure{"p50", func(r streamResult) float64 { return r.p50 }, func(r linuxRow) float64 { return r.DelayMS.P50 }, 0.10, 10}
	tail    = figure{"p95", func(r streamResult) float64 { return r.p95 }, func(r linuxRow) float64 { return r.DelayMS.P95 }, 0.20, 15}
	longest = figure{"longest", func(r streamResult) float64 { return r.max }, func(r linuxRow) float64 { return r.DelayMS.Max }, 0.15, 30}
)

// figuresOf gives what of a case is compared: delays only if the link carries the
// stream.
func figuresOf(c streamCase, rows []linuxRow) []figure {
	g := goodput
	if c.Loss > 0.02 {
		g.share = 0.25
	}
	offered := float64(c.KBPS) * 1000
	switch {
	case c.Mode == "bulk" || slices.ContainsFunc(rows, func(r linuxRow) bool { return r.Goodput < 0.95*offered }):
		return []figure{g}
	case c.Outage[1] > 0:
		return []figure{g, half, longest}
	}
	return []figure{g, half, tail}
}

// compared is a figure of a case beside the kernel's.
type compared struct {
	linux, ours []float64 // by row
	spread      float64   // largest by smallest over the seeds
	ratio, diff float64   // geometric mean, mean
}

func (f *figure) holds(c compared) bool {
	return math.Abs(c.ratio-1) <= f.share || f.ms > 0 && math.Abs(c.diff) <= f.ms
}

// compare takes the medians over the seeds: runs holds the seeds' results by row.
func (f *figure) compare(rows []linuxRow, runs [][]streamResult) (c compared) {
	var ratios []float64
	for i, r := range rows {
		var all []float64
		for _, o := range runs[i] {
			all = append(all, f.of(o))
		}
		ours, linux := median(all), f.linux(r)
		c.ours, c.linux = append(c.ours, ours), append(c.linux, linux)
		c.spread = max(c.spread, slices.Max(all)/slices.Min(all))
		c.diff += (ours - linux) / float64(len(rows))
		ratios = append(ratios, ours/linux)
	}
	c.ratio = geomean(ratios)
	return c
}

// seedsOf runs a case with many seeds, two at a time.
func seedsOf(t *testing.T, c streamCase, seeds int) []streamResult {
	runs := make([]streamResult, seeds)
	var wait sync.WaitGroup
	for half := range 2 {
		wait.Go(func() {
			for seed := half; seed < seeds; seed += 2 {
				runs[seed] = streamOver(t, c, uint64(seed))
			}
		})
	}
	wait.Wait()
	return runs
}

// TestLinux runs every case that was measured on Linux and compares: the geometric
// mean over a case's rows of our median over the seeds by the kernel's figure. Where the
// kernel's own runs differ by more than the band, the median of more of them decides,
// and the table says so.
func TestLinux(t *testing.T) {
	seeds := 10
	if testing.Short() {
		seeds = 3
	}
	repeats := map[string][]linuxRow{}
	for _, r := range linuxRows(t, "testdata/linux-tcp-repeats.jsonl") {
		repeats[r.Name] = append(repeats[r.Name], r)
	}
	t.Logf("%-33s %-8s %6s %6s %6s  %s", "case", "", "ratio", "band", "spread", "ours/Linux by row (kbit/s or ms); spread is largest by smallest of our seeds")
	rows := linuxRows(t, "testdata/linux-tcp.jsonl")
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Name == rows[0].Name {
			n++
		}
		testLinuxCase(t, rows[:n], repeats[rows[0].Name], seeds)
		rows = rows[n:]
	}
}

func testLinuxCase(t *testing.T, rows, repeats []linuxRow, seeds int) {
	var runs [][]streamResult
	for _, r := range rows {
		runs = append(runs, seedsOf(t, r.streamCase, seeds))
	}
	for _, f := range figuresOf(rows[0].streamCase, rows) {
		c := f.compare(rows, runs)
		note := ""
		if !f.holds(c) {
			note = "OUT"
			all, enough := f.again(rows, repeats, runs)
			if enough {
				note = fmt.Sprintf("OUT of the single runs' band; of the median of all runs %.2f: %s", all.ratio, pairs(f, all))
			}
			if !testing.Short() && !(enough && f.holds(all)) {
				t.Errorf("%s: %s %.2f of the kernel's", rows[0].Name, f.name, c.ratio)
			}
		}
		t.Logf("%-33s %-8s %6.2f %6.2f %6.2f  %s%s", rows[0].Name, f.name, c.ratio, f.share, c.spread, pairs(f, c), note)
	}
}

func pairs(f figure, c compared) (s string) {
	unit := 1.0
	if f.ms == 0 {
		unit = 1000
	}
	for i := range c.ours {
		s += fmt.Sprintf("%.0f/%.0f ", c.ours[i]/unit, c.linux[i]/unit)
	}
	return s
}

// leastRepeats is how many further runs of the kernel outweigh a single one.
const leastRepeats = 6

// again compares with the median of all the kernel's runs, the given one among them,
// for a figure in which the kernel's own runs of each row differ by more than the band.
// The band stays the same. It is false where there are too few runs to say so.
func (f *figure) again(rows, repeats []linuxRow, runs [][]streamResult) (c compared, ok bool) {
	var ratios []float64
	for i, r := range rows {
		kernel := []float64{f.linux(r)}
		for _, k := range repeats {
			if k.Secs == r.Secs {
				kernel = append(kernel, f.linux(k))
			}
		}
		if len(kernel) <= leastRepeats || slices.Max(kernel)/slices.Min(kernel)-1 < f.share {
			return c, false
		}
		var ours []float64
		for _, o := range runs[i] {
			ours = append(ours, f.of(o))
		}
		c.ours, c.linux = append(c.ours, median(ours)), append(c.linux, median(kernel))
		c.diff += (median(ours) - median(kernel)) / float64(len(rows))
		ratios = append(ratios, median(ours)/median(kernel))
	}
	c.ratio = geomean(ratios)
	return c, true
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
