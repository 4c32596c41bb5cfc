package oracle

import (
	"testing"
	"time"
)

func TestC05(t *testing.T) {
	one := func(x *tried) { x.dead(50*ms, 0, 1, 2); x.hushed(3); x.noGateway() }
	runChanged(t, "C05", []changed{
		{"all answered", func(x *tried, w *world) {}, NotRun},
		{"ends in time", func(x *tried, w *world) { one(x); x.fails(10*time.Second, 901, "") }, Held},
		{"ends when aborted", func(x *tried, w *world) { one(x); x.dead(10*time.Second, 3); x.fails(10*time.Second, 901, "") }, Held},
		{"ends with the host's time-out", func(x *tried, w *world) {
			x.at = 0
			one(x)
			x.dead(59*time.Second, 3)
			x.fails(59*time.Second, 901, "")
		}, Violated},
		{"hangs", func(x *tried, w *world) { one(x); x.hangs() }, Violated},
		{"hangs too short to say", func(x *tried, w *world) { x.at = 31 * time.Second; one(x); x.hangs() }, NotRun},
		{"given up by the page", func(x *tried, w *world) {
			one(x)
			x.hangs()
			w.pageCalls(20*time.Second, a, 1, "destroy", "", 0, "")
		}, NotRun},
		{"given up by the page in the end", func(x *tried, w *world) {
			x.at = 0
			one(x)
			x.hangs()
			w.pageCalls(50*time.Second, a, 1, "destroy", "", 0, "")
		}, Violated},
		{"all silent", func(x *tried, w *world) { x.hushed(0, 1, 2, 3); x.noGateway(); x.hangs() }, NotRun},
		{"one answered after all", func(x *tried, w *world) { x.dead(50*ms, 0, 1); x.hushed(2) }, NotRun},
	})
}

func TestC06(t *testing.T) {
	two := func(x *tried) {
		x.dead(50*ms, 2, 3)
		x.asks[0].gateways = "1-1-1-1"
		x.asks[1].gateways, x.asks[1].ended = "2-2-2-2", 150*ms
	}
	runChanged(t, "C06", []changed{
		{"equal lists", func(x *tried, w *world) {}, NotRun},
		{"the first", func(x *tried, w *world) { two(x) }, Held},
		{"the second", func(x *tried, w *world) { two(x); x.dials[0].url = secondGateway }, Violated},
		{"both", func(x *tried, w *world) {
			two(x)
			x.dials = append(x.dials, dialled{url: secondGateway, at: 5100 * ms})
		}, Violated},
		{"a list that nobody told", func(x *tried, w *world) {
			two(x)
			x.asks[0].gateways, x.asks[0].code = "", 0
			x.dials[0].url = secondGateway
		}, NotRun},
	})
}
