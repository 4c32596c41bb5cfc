package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"minilab/simulator"
	"minilab/simulator/media/aac"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// runReport is schema minilab.run/1. What could not be read is null, never 0.
type runReport struct {
	Schema   string          `json:"schema"`
	Scenario string          `json:"scenario"`
	Seed     uint64          `json:"seed"`
	Key      string          `json:"key"`
	SDK      string          `json:"sdk"`
	Build    string          `json:"build"`
	Digest   string          `json:"digest"`
	VirtualS float64         `json:"virtual_s"`
	WallS    float64         `json:"wall_s"`
	Speed    float64         `json:"speed"`
	Events   uint64          `json:"events"`
	Members  []memberReport  `json:"members"`
	Views    []viewReport    `json:"views"`
	Verdicts []verdictReport `json:"verdicts"`
	// Invariants must hold in every run.
	Invariants []invariantReport `json:"invariants"`
}

type memberReport struct {
	ID      string       `json:"id"`
	UID     uint32       `json:"uid"`
	ToneHz  *float64     `json:"tone_hz"` // of its voice; null: it sends a recording
	Device  string       `json:"device"`
	OS      string       `json:"os"`
	Role    string       `json:"role"`
	Network string       `json:"network"`
	State   string       `json:"state"`
	Calls   []callReport `json:"calls"`
	Codes   []codeReport `json:"codes"`
}

type callReport struct {
	TimeS  float64 `json:"t_s"`
	Call   string  `json:"call"`
	Result string  `json:"result"` // ok, fail or none
	Code   *int64  `json:"code"`
	Reason string  `json:"reason"`
}

type codeReport struct {
	TimeS     float64 `json:"t_s"`
	Component string  `json:"component"` // pusher, or player of whom
	Code      int64   `json:"code"`
}

type viewReport struct {
	From           string        `json:"from"`
	To             string        `json:"to"`
	FirstFrameS    *float64      `json:"first_frame_s"`
	Frames         *int          `json:"frames"`
	FramesExpected *int          `json:"frames_expected"`
	BlackS         *float64      `json:"black_s"`
	FrozenS        *float64      `json:"frozen_s"`
	Freezes        *int          `json:"freezes"`
	Freeze         freezesReport `json:"freeze"`
	GarbledS       *float64      `json:"garbled_s"`
	RotatedS       *float64      `json:"rotated_s"`
	DelayMS        *delayReport  `json:"delay_ms"`
	SpeedMax       *float64      `json:"speed_max"`
	FastS          *float64      `json:"fast_s"`
	AudioGapS      *float64      `json:"audio_gap_s"`
	LevelSpreadDB  *float64      `json:"level_spread_db"`
	EchoDB         *float64      `json:"echo_db"`
	EchoS          *float64      `json:"echo_s"`
}

type freezesReport struct {
	WebRTC    *freezeReport `json:"webrtc"`
	SDK       *freezeReport `json:"sdk"`
	Analytics *freezeReport `json:"analytics"`
}

type freezeReport struct {
	N int     `json:"n"`
	S float64 `json:"s"`
}

type delayReport struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

type verdictReport struct {
	ID       string           `json:"id"`
	Clauses  []string         `json:"clauses"`
	Verdict  string           `json:"verdict"`
	Fidelity string           `json:"fidelity"`
	Evidence []evidenceReport `json:"evidence"`
	// Documented: the version is known to break the promise.
	Documented bool               `json:"documented,omitempty"`
	Measures   map[string]float64 `json:"measures,omitempty"`
}

type invariantReport struct {
	ID       string             `json:"id"`
	Verdict  string             `json:"verdict"`
	Evidence []evidenceReport   `json:"evidence"`
	Measures map[string]float64 `json:"measures,omitempty"`
}

type evidenceReport struct {
	TimeS float64 `json:"t_s"`
	Text  string  `json:"text"`
}

func (j *judged) report() runReport {
	h := &j.Record.Head
	rep := runReport{
		Schema: "minilab.run/1", Scenario: h.Scenario, Seed: h.Seed, Key: h.Key, SDK: h.SDK, Build: build(), Digest: j.Record.Digest,
		VirtualS: secondsOf(h.Length), WallS: secondsOf(j.Wall), Speed: math.Round(j.speed()*10) / 10, Events: j.Events,
		Members: []memberReport{}, Views: []viewReport{}, Verdicts: []verdictReport{}, Invariants: []invariantReport{},
	}
	for i := range h.Members {
		rep.Members = append(rep.Members, j.member(trace.ActorID(i)))
	}
	for _, v := range j.Views {
		rep.Views = append(rep.Views, j.view(v))
	}
	for _, v := range j.Verdicts {
		c := lookUp(v.ID)
		vr := verdictReport{ID: v.ID, Clauses: list(c.clauses), Verdict: v.Verdict, Fidelity: c.fidelity, Evidence: evidence(v), Measures: measures(v), Documented: j.Known(v.ID) != nil}
		rep.Verdicts = append(rep.Verdicts, vr)
	}
	for _, v := range j.Invariants {
		rep.Invariants = append(rep.Invariants, invariantReport{ID: v.ID, Verdict: v.Verdict, Evidence: evidence(v), Measures: measures(v)})
	}
	return rep
}

func evidence(v oracle.Verdict) []evidenceReport {
	out := []evidenceReport{}
	for _, f := range v.Findings {
		out = append(out, evidenceReport{secondsOf(f.At), f.Text})
	}
	return out
}

func measures(v oracle.Verdict) map[string]float64 {
	out := map[string]float64{}
	for _, m := range v.Measures {
		out[m.Name] = math.Round(m.Value*1e6) / 1e6
	}
	return out
}

// toneOf is the frequency that a member's voice has for itself in Hz; nil: what it sends
// is a recording.
func toneOf(m *trace.Member) *float64 {
	if m.Camera != simulator.CameraPattern && m.Camera != simulator.CameraOff {
		return nil
	}
	hz := aac.Tone(m.UID)
	return &hz
}

// member gathers a member's calls and codes from the record.
func (j *judged) member(id trace.ActorID) memberReport {
	m := &j.Record.Head.Members[id]
	rep := memberReport{
		ID: m.ID, UID: m.UID, ToneHz: toneOf(m), Device: m.Device, OS: m.OS, Role: m.Role, Network: m.Network, State: "idle",
		Calls: []callReport{}, Codes: []codeReport{},
	}
	open := map[int64]int{}
	for i := range j.Record.Events {
		ev := &j.Record.Events[i]
		if ev.Actor != id {
			continue
		}
		if state, told := j.stateOf(ev); told {
			rep.State = state
		}
		switch ev.Kind {
		case trace.CallIssued:
			open[ev.V[0]] = len(rep.Calls)
			rep.Calls = append(rep.Calls, callReport{TimeS: secondsOf(ev.At), Call: j.Record.Text(ev.Text), Result: "none"})
		case trace.CallDone:
			if n, ok := open[ev.V[0]]; ok {
				rep.Calls[n].done(ev, j.Record.Text(ev.Note))
			}
		case trace.PusherCode:
			rep.Codes = append(rep.Codes, codeReport{secondsOf(ev.At), "pusher", ev.V[0]})
		case trace.PlayerCode:
			rep.Codes = append(rep.Codes, codeReport{secondsOf(ev.At), "player " + j.Name(ev.Peer), ev.V[0]})
		}
	}
	return rep
}

func (c *callReport) done(ev *trace.Event, reason string) {
	c.Reason = reason
	if ev.V[1] == 1 {
		c.Result = "ok"
		return
	}
	code := ev.V[2]
	c.Result, c.Code = "fail", &code
}

func (j *judged) view(v oracle.View) viewReport {
	rep := viewReport{
		From: j.Name(v.From), To: j.Name(v.To), FirstFrameS: inSeconds(v.FirstFrame), FramesExpected: v.FramesExpected,
		BlackS: inSeconds(v.Black), GarbledS: inSeconds(v.Garbled), RotatedS: inSeconds(v.Rotated),
		SpeedMax: v.SpeedMax, FastS: inSeconds(v.Fast), AudioGapS: inSeconds(v.AudioGap), LevelSpreadDB: v.LevelSpreadDB, EchoDB: v.EchoDB, EchoS: inSeconds(v.Echo),
		Freeze: freezesReport{freezeOf(v.Freeze.WebRTC), freezeOf(v.Freeze.SDK), freezeOf(v.Freeze.Analytics)},
	}
	if v.FirstFrame != nil || v.FramesExpected != nil {
		rep.Frames = &v.Frames
	}
	if f := v.Freeze.WebRTC; f != nil {
		rep.Freezes, rep.FrozenS = &f.N, inSeconds(&f.Total)
	}
	if d := v.Delay; d != nil {
		rep.DelayMS = &delayReport{millisecondsOf(d.P50), millisecondsOf(d.P95), millisecondsOf(d.Max)}
	}
	return rep
}

func freezeOf(f *oracle.Freezes) *freezeReport {
	if f == nil {
		return nil
	}
	return &freezeReport{f.N, secondsOf(f.Total)}
}

func inSeconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := secondsOf(*d)
	return &s
}

// build names the program: the commit it was made from, or else its own bytes.
var build = sync.OnceValue(func() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		commit, dirty := "", ""
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = "+"
			}
		}
		if commit != "" && dirty == "" {
			return commit
		}
	}
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	f, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "unknown"
	}
	return "exe-" + hex.EncodeToString(sum.Sum(nil))[:12]
})
