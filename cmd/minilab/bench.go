package main

import (
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"time"

	"minilab/simulator"
)

type benchCmd struct {
	JSON bool `name:"json" help:"Print only JSON of schema minilab.bench/1."`
}

// benchReport is schema minilab.bench/1.
type benchReport struct {
	Schema string       `json:"schema"`
	Rooms  []roomReport `json:"rooms"`
}

type roomReport struct {
	Room           string  `json:"room"`
	Members        int     `json:"members"`
	VirtualS       float64 `json:"virtual_s"`
	WallS          float64 `json:"wall_s"`
	Speed          float64 `json:"speed"`
	Events         uint64  `json:"events"`
	EventsPerS     float64 `json:"events_per_s"`
	AllocsPerEvent float64 `json:"allocs_per_event"`
}

// benchLength is the virtual length of each room.
const benchLength = time.Minute

// benchNetwork is the network of all in the standard rooms.
const benchNetwork = "lan-20ms"

// benchRoom is a standard room: everybody joins, and stays.
type benchRoom struct {
	name    string
	members int
	camera  string
	set     []string // a setting and its value, or nil
}

var rooms = []benchRoom{
	{"call-1v1", 2, simulator.CameraPattern, nil},
	{"call-1v1-samples", 2, simulator.CameraPattern, []string{"audio", "samples"}},
	{"room-7", 7, simulator.CameraPattern, nil},
	{"room-7-sparse", 7, simulator.CameraPattern, []string{"media", "sparse"}},
	{"audio-17", 17, simulator.CameraOff, nil},
}

func (b benchRoom) scenario(length time.Duration) (*simulator.Scenario, error) {
	s, err := simulator.Room(b.name, b.members, b.camera, benchNetwork, length)
	if err == nil && b.set != nil {
		err = s.Override(b.set[0], b.set[1])
	}
	return s, err
}

func (c *benchCmd) Run(e *env) error {
	rep := benchReport{Schema: "minilab.bench/1"}
	for _, room := range rooms {
		s, err := room.scenario(benchLength)
		if err != nil {
			return err
		}
		r, err := measure(e, s)
		if err != nil {
			return err
		}
		rep.Rooms = append(rep.Rooms, r)
	}
	if c.JSON {
		return writeJSON(e.stdout, rep)
	}
	var rows [][]string
	for _, r := range rep.Rooms {
		rows = append(rows, []string{
			r.Room, fmt.Sprint(r.Members), fmt.Sprintf("%.2f", r.WallS), fmt.Sprintf("%.0fx", r.Speed),
			fmt.Sprint(r.Events), fmt.Sprintf("%.2f M", r.EventsPerS/1e6), fmt.Sprintf("%.2f", r.AllocsPerEvent),
		})
	}
	fmt.Fprintf(e.stdout, "%.0f virtual seconds each, network %s, GOMAXPROCS %d\n", benchLength.Seconds(), benchNetwork, runtime.GOMAXPROCS(0))
	e.style.table(e.stdout, "", []string{"room", ">members", ">wall s", ">speed", ">events", ">events/s", ">allocs/event"}, rows)
	return nil
}

func measure(e *env, s *simulator.Scenario) (roomReport, error) {
	var progress atomic.Int64
	start := time.Now()
	stop := e.status.follow(func() string { return progressText(s.Name, &progress, s.Length, start) })
	defer stop()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := simulator.Run(e.ctx, simulator.Options{Scenario: s, Seed: defaultSeed, Progress: &progress})
	if err != nil {
		return roomReport{}, err
	}
	runtime.ReadMemStats(&after)
	wall, events := r.Wall.Seconds(), float64(r.Events)
	return roomReport{
		Room: s.Name, Members: len(s.Members), VirtualS: s.Length.Seconds(), WallS: secondsOf(r.Wall), Speed: math.Round(10*s.Length.Seconds()/wall) / 10,
		Events: r.Events, EventsPerS: math.Round(events / wall), AllocsPerEvent: math.Round(1000*float64(after.Mallocs-before.Mallocs)/events) / 1000,
	}, nil
}
