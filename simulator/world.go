package simulator

import (
	"fmt"
	"slices"

	"minilab/devices/app"
	"minilab/devices/foreign"
	"minilab/devices/phone"
	"minilab/devices/phone/memory"
	"minilab/devices/phone/sound"
	"minilab/devices/sdk"
	"minilab/devices/wechat"
	"minilab/fixtures"
	"minilab/simulator/engine"
	"minilab/simulator/media/h264"
	"minilab/simulator/mediaserver"
	"minilab/simulator/network"
	"minilab/simulator/trace"
)

const (
	appID = "minilab-demo"
	// audioOnlyTiles is how many members a page without pictures shows.
	// Source: release notes, audio calls work up to 17 members; fidelity: documented.
	audioOnlyTiles = 17
)

// world is a scenario while it runs.
type world struct {
	e       *engine.Engine
	s       *Scenario
	hooks   app.Hooks
	tap     network.Tap
	log     *trace.Log
	network *network.Network
	server  *mediaserver.Server
	memo    *h264.Memo
	tape    *sound.Tape // nil: sound has stamps only
	profile sdk.Profile
	sdk     fixtures.SDK
	planted planted
	wechats map[string]wechat.Version // the profiles that have been read
	drawn   []drawnMember
	actors  map[uint32]trace.ActorID
	hosts   []*network.Host
	apps    []*app.App // nil for members of other SDKs, as in hosts
	foreign []*foreign.Member
}

func (w *world) build(seed uint64) error {
	for _, s := range fixtures.SDKs() {
		if s.Name == w.s.SDK {
			w.sdk = s
		}
	}
	w.profile = sdk.Common()
	if err := fixtures.SDKProfile(w.s.SDK, &w.profile); err != nil {
		return fmt.Errorf("SDK profile %s: %w", w.s.SDK, err)
	}
	w.profile.Version = w.s.SDK
	if err := w.plant(); err != nil {
		return err
	}
	w.wechats = map[string]wechat.Version{}
	w.draw(seed)
	w.network = network.New(w.e, w.log, network.Options{})
	w.network.SetTap(w.tap)
	if err := w.addServer(); err != nil {
		return err
	}
	w.memo = h264.NewMemo()
	if w.s.Audio == audioSamples {
		w.tape = sound.NewTape()
	}
	for i := range w.s.Members {
		add := w.addMember
		if w.s.Members[i].Origin != "" {
			add = w.addForeign
		}
		if err := add(i); err != nil {
			return fmt.Errorf("member %s: %w", w.s.Members[i].ID, err)
		}
	}
	w.schedule()
	return nil
}

func (w *world) addMember(i int) error {
	m, d := &w.s.Members[i], w.drawn[i]
	access, err := w.s.traces.access(d.network)
	if err != nil {
		return err
	}
	host, err := w.network.AddHost(network.HostOptions{
		Name: m.ID, Access: access, Actor: trace.ActorID(i), TCP: network.TCPOptions{OS: m.Device.OS, MinRTO: m.Device.MinRTO},
	})
	if err != nil {
		return err
	}
	version, from, err := m.host(w.wechats)
	if err != nil {
		return err
	}
	w.socketsOf(m, version, from)
	page, err := app.New(app.Options{
		Engine: w.e, Log: w.log, Sockets: host, Name: m.ID, Actor: trace.ActorID(i),
		Resolve: w.resolve, UID: d.uid, AppID: appID, Channel: w.channelOf(i), Role: m.Role,
		Profile: w.profile, Traits: w.traits(d), WeChat: version, Knows: from.Knows, Camera: m.Camera != CameraOff, Clip: m.clip, Mic: m.Mic, Pusher: w.markup(m), Player: m.Player,
		Tape: w.tape, Voice: m.Voice, Page: w.s.App.Page, MaxTiles: w.tiles(), Domains: w.s.App.domains(&w.profile), Given: w.given, Memo: w.memo, Hooks: w.hooks,
		Defects: w.planted.App, HostDefects: w.planted.Host,
	})
	if err != nil {
		return err
	}
	w.hosts, w.apps, w.foreign = append(w.hosts, host), append(w.apps, page), append(w.foreign, nil)
	return nil
}

// channelOf is the name of the channel that a member joins.
func (w *world) channelOf(i int) string {
	if name := w.s.Members[i].Channel; name != "" {
		return name
	}
	return w.s.Name
}

// given is what the script knows of the URLs that a member was given.
func (w *world) given(member trace.ActorID, use string, of uint32, old bool) (url string, stream uint32) {
	if page := w.apps[member]; page != nil {
		return page.Given(use, of, old)
	}
	return "", 0
}

func (w *world) resolve(uid uint32) trace.ActorID {
	if a, ok := w.actors[uid]; ok {
		return a
	}
	return trace.Nobody
}

// tiles is how many members a page shows: more where nobody ever sends pictures.
func (w *world) tiles() int {
	if w.s.App.Tiles > 0 {
		return w.s.App.Tiles
	}
	pictures := slices.ContainsFunc(w.s.Members, func(m Member) bool { return m.Camera != CameraOff }) ||
		slices.ContainsFunc(w.s.Script, func(st Step) bool { return st.Action.Word == "camera" && st.Action.Args["switch"].Word == "on" })
	if pictures {
		return app.DefaultMaxTiles
	}
	return audioOnlyTiles
}

// traitsOf are those of a device's fixture.
func traitsOf(d fixtures.Device) phone.Traits {
	t := phone.DefaultTraits()
	t.Model, t.OS, t.OSVersion = d.Model, phone.OS(d.OS), d.Version
	for _, name := range d.Traits {
		t.Add(phone.Trait(name))
	}
	t.CameraStartMin, t.CameraStartMax = d.CameraStart[0], d.CameraStart[1]
	t.CPU, t.Decoders = d.CPU, d.Decoders
	t.Memory = memory.Traits{RAM: int64(d.Memory.RAM), Others: int64(d.Memory.Others), Limit: int64(d.Memory.Limit)}
	t.Chip.Unrecovered, t.Chip.Silent = float64(d.Encoder.Unrecovered), float64(d.Encoder.Silent)
	t.Chip.Stalls = d.CameraStalls
	return t
}

// traits are those of a member's phone, whose media are as close as the scenario asks.
func (w *world) traits(d drawnMember) phone.Traits {
	if w.s.Media == mediaSparse {
		return d.traits.Sparse()
	}
	return d.traits
}

// markup is what a member's page says to its live-pusher. Sparse media have the least
// bitrate that it may have.
func (w *world) markup(m *Member) wechat.PusherAttributes {
	a := m.Pusher
	if w.s.Media == mediaSparse {
		a.MaxBitrateKbps = a.MinBitrateKbps
	}
	return a
}

// schedule puts the script into the queue.
func (w *world) schedule() {
	script := w.e.Proc("script")
	for _, step := range w.s.Script {
		if step.Action.Word == stepServer {
			script.At(step.At, func() { w.serve(step.Action) })
		}
		for _, i := range step.Members {
			script.At(step.At, func() { w.do(i, step.Action) })
		}
	}
}

// do has a member do or suffer something now.
func (w *world) do(i int, a Action) {
	switch a.Word {
	case faultOutage:
		w.log.Add(trace.FaultInjected, trace.ActorID(i), trace.Nobody, a.Word, a.Length.String(), int64(a.Length))
		w.hosts[i].Outage(a.Length)
		return
	case faultNetwork:
		w.log.Add(trace.FaultInjected, trace.ActorID(i), trace.Nobody, a.Word, a.Change.String(), 0)
		w.changeNetwork(i, a.Change)
		return
	}
	if a.Fault != nil {
		if m := w.foreign[i]; m != nil {
			w.log.Add(trace.FaultInjected, trace.ActorID(i), trace.Nobody, a.Word, a.Fault.String())
			m.Rotate(a.Fault.Degrees)
			return
		}
		if err := w.apps[i].Fault(*a.Fault); err != nil {
			panic(err) // Parse has looked at it, and hosts can suffer all there is
		}
		return
	}
	if m := w.foreign[i]; m != nil {
		args := map[string]string{}
		for name, arg := range a.Args {
			args[name] = arg.Word
		}
		if err := m.Do(a.Word, args); err != nil {
			panic(err) // as below
		}
		return
	}
	step := app.Step{Name: a.Word, Args: map[string]app.Value{}}
	for name, arg := range a.Args {
		v := arg.Value
		if arg.Member >= 0 {
			v.UID, v.Actor = w.drawn[arg.Member].uid, trace.ActorID(arg.Member)
		}
		step.Args[name] = v
	}
	if err := w.apps[i].Do(step); err != nil {
		panic(err) // Parse reads scripts by the page's own vocabulary
	}
}

// changeNetwork gives a member's link other values. A whole new network is drawn
// within its spread like that of the cast.
func (w *world) changeNetwork(i int, c networkChange) {
	d := &w.drawn[i]
	if c.to != nil {
		d.network = drawNetwork(*c.to, w.e.Rand(fmt.Sprintf("draw/%s/%s/%v", w.s.Members[i].ID, c.to.Name, w.e.Now())))
	}
	d.network = c.apply(d.network)
	access, err := w.s.traces.access(d.network)
	if err == nil {
		err = w.hosts[i].Apply(network.LinkChange{Access: access, Keep: !c.whole(), NewAddress: c.address, Note: c.String()})
	}
	if err != nil {
		panic(err) // Parse has looked at each change
	}
	if c.to != nil {
		w.apps[i].NetworkChanged(networkKind(c.to.Name))
	}
}
