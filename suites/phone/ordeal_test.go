package phone

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"minilab/devices/app"
	"minilab/fixtures"
	"minilab/simulator"
)

// ordeal is a script of faults that befall the members of a small call.
type ordeal struct {
	devices []string
	wechats []string
	media   string   // how close the media are made
	steps   []string // in the words of a scenario
	end     time.Duration
}

// people are the members; the third has no faults and sees what becomes of the others.
var people = []string{"ann", "ben", "eve"}

// aftermath is how long after the last fault everybody leaves, and how long after that
// the run ends: longer than any time-out of a phone whose network is good.
const (
	aftermath = 15 * time.Second
	goodbye   = 15 * time.Second
)

func drawOrdeal(t *rapid.T) ordeal {
	o := ordeal{end: 20 * time.Second}
	var devices, wechats []string
	for _, d := range fixtures.Devices() {
		devices = append(devices, d.Name)
	}
	for _, w := range fixtures.WeChats() {
		wechats = append(wechats, w.Name)
	}
	o.media = rapid.SampledFrom([]string{"media: sparse", "media: sparse", "media: sparse", "media: full", "audio: samples"}).Draw(t, "media")
	for range people {
		o.devices = append(o.devices, rapid.SampledFrom(devices).Draw(t, "device"))
		o.wechats = append(o.wechats, rapid.SampledFrom(wechats).Draw(t, "wechat"))
	}
	for range rapid.IntRange(1, 10).Draw(t, "faults") {
		who := rapid.SampledFrom(people[:2]).Draw(t, "who")
		at := time.Duration(rapid.IntRange(0, 200).Draw(t, "at")) * 100 * time.Millisecond
		text, length := drawFault(t)
		o.steps = append(o.steps, fmt.Sprintf("{at: %v, %s: %s}", at, who, text))
		o.end = max(o.end, at+length)
	}
	return o
}

// drawFault gives one of a script's words in any of its forms, and how long it lasts.
func drawFault(t *rapid.T) (text string, length time.Duration) {
	words := append(simulator.FaultWords(), app.Word{Name: "outage"}, app.Word{Name: "network"}, app.Word{Name: "page"})
	w := rapid.SampledFrom(words).Draw(t, "fault")
	length = time.Duration(rapid.SampledFrom([]int{100, 900, 3000, 4900, 5000, 5100, 8000, 12000, 310000}).Draw(t, "length")) * time.Millisecond
	switch w.Name {
	case "outage":
		length = min(length, 12*time.Second)
		return fmt.Sprintf("{outage: %v}", length), length
	case "network":
		return rapid.SampledFrom([]string{
			"{network: {to: 4g}}", "{network: {to: wifi-home, address: same}}", "{network: {loss: 10%}}",
			"{network: {nat: {idle: 4s, then: reset}}}", "{network: {up: {rate: 200k}}}",
		}).Draw(t, "change"), 0
	case "page":
		return rapid.SampledFrom([]string{"join", "leave", "rejoin", "unpublish", "publish", "destroy", "{camera: off}", "{camera: on}", "{mic: off}", "{mic: on}"}).Draw(t, "step"), 0
	}
	var args []string
	lasts := time.Duration(0)
	for _, a := range w.Args {
		if a.Optional && rapid.Bool().Draw(t, "without "+a.Name) {
			continue
		}
		switch a.Kind {
		case app.KindWord:
			args = append(args, a.Name+": "+rapid.SampledFrom(a.Words).Draw(t, a.Name))
		case app.KindTurn:
			args = append(args, fmt.Sprintf("%s: %d", a.Name, 90*rapid.IntRange(0, 3).Draw(t, a.Name)))
		case app.KindTime:
			lasts = length
			args = append(args, fmt.Sprintf("%s: %v", a.Name, length))
		case app.KindText:
			args = append(args, a.Name+": https://example.com/song.mp3")
		}
	}
	if len(args) == 0 {
		return w.Name, 0
	}
	return fmt.Sprintf("{%s: {%s}}", w.Name, strings.Join(args, ", ")), lasts
}

// scenario is the ordeal as a file: all join, suffer, and leave.
func (o ordeal) scenario() string {
	var b strings.Builder
	leave := o.end + aftermath
	fmt.Fprintf(&b, "name: ordeal\nlength: %v\nsdk: 1.1.3\n%s\nmembers:\n", leave+goodbye, o.media)
	for i, name := range people {
		fmt.Fprintf(&b, "  %s: {device: %s, wechat: %s, network: good, role: broadcaster}\n", name, o.devices[i], o.wechats[i])
	}
	b.WriteString("script:\n  - {at: 0s, all: join}\n")
	for _, s := range o.steps {
		fmt.Fprintf(&b, "  - %s\n", s)
	}
	fmt.Fprintf(&b, "  - {at: %v, all: leave}\n", leave)
	return b.String()
}
