package simulator

import (
	"fmt"
	"strings"

	"minilab/devices/app"
	"minilab/devices/phone"
	"minilab/devices/sdk"
	"minilab/fixtures"
	"minilab/simulator/engine"
	"minilab/simulator/media/h264"
	"minilab/simulator/mediaserver"
	"minilab/simulator/mediaserver/channel"
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
	log     *trace.Log
	network *network.Network
	memo    *h264.Memo
	profile sdk.Profile
	sdk     fixtures.SDK
	drawn   []drawnMember
	actors  map[uint32]trace.ActorID
	hosts   []*network.Host
	apps    []*app.App
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
	w.draw(seed)
	w.network = network.New(w.e, w.log, network.Options{})
	if err := w.addServer(); err != nil {
		return err
	}
	w.memo = h264.NewMemo()
	for i := range w.s.Members {
		if err := w.addMember(i); err != nil {
			return fmt.Errorf("member %s: %w", w.s.Members[i].ID, err)
		}
	}
	w.schedule()
	return nil
}

func (w *world) addServer() error {
	opt := mediaserver.DefaultOptions()
	opt.Channel.Profile = channel.Profile(w.s.Profile)
	opt.Channel.Presence = channel.Presence(w.sdk.Presence)
	opt.Channel.MaxMembers = max(opt.Channel.MaxMembers, len(w.s.Members))
	server, err := mediaserver.New(w.e, w.log, opt, w.actors)
	if err != nil {
		return err
	}
	host, err := w.network.AddHost(network.HostOptions{Name: "server", Actor: trace.Nobody, Names: mediaserver.Domains()})
	if err != nil {
		return err
	}
	return server.Listen(host)
}

func (w *world) addMember(i int) error {
	m, d := &w.s.Members[i], w.drawn[i]
	access, err := accessOf(d.network)
	if err != nil {
		return err
	}
	host, err := w.network.AddHost(network.HostOptions{
		Name: m.ID, Access: access, Actor: trace.ActorID(i), TCP: network.TCPOptions{MinRTO: m.Device.MinRTO},
	})
	if err != nil {
		return err
	}
	page, err := app.New(app.Options{
		Engine: w.e, Log: w.log, Sockets: host, Name: m.ID, Actor: trace.ActorID(i),
		Resolve: w.resolve, UID: d.uid, AppID: appID, Channel: w.s.Name, Role: m.Role,
		Profile: w.profile, Traits: d.traits, Camera: m.Camera != CameraOff, Clip: m.clip, Mic: m.Mic,
		MaxTiles: w.tiles(), Memo: w.memo, Hooks: w.hooks,
	})
	if err != nil {
		return err
	}
	w.hosts, w.apps = append(w.hosts, host), append(w.apps, page)
	return nil
}

func (w *world) resolve(uid uint32) trace.ActorID {
	if a, ok := w.actors[uid]; ok {
		return a
	}
	return trace.Nobody
}

// tiles is how many members a page shows: more where nobody sends pictures.
func (w *world) tiles() int {
	for _, m := range w.s.Members {
		if m.Camera != CameraOff {
			return app.DefaultMaxTiles
		}
	}
	return audioOnlyTiles
}

// traitsOf are those of a device's fixture.
func traitsOf(d fixtures.Device) phone.Traits {
	t := phone.DefaultTraits()
	t.Model, t.OS, t.OSVersion = d.Model, d.OS, d.Version
	if d.Has(phone.EncoderCorruptBitstream) {
		t.Encoder = phone.EncoderCorruptBitstream
	}
	t.CameraStartMin, t.CameraStartMax = d.CameraStart[0], d.CameraStart[1]
	return t
}

func accessOf(n fixtures.Network) (*network.AccessOptions, error) {
	a := &network.AccessOptions{Up: linkOf(n.Up), Down: linkOf(n.Down)}
	return a, a.Validate()
}

func linkOf(l fixtures.Link) network.LinkOptions {
	return network.LinkOptions{
		RateBPS: int64(l.Rate), QueueBytes: int(l.Queue), Delay: l.Delay, Jitter: l.Jitter,
		Loss: network.LossOptions{Rate: float64(l.Loss), BurstMean: l.Burst},
	}
}

// schedule puts the script into the queue.
func (w *world) schedule() {
	script := w.e.Proc("script")
	for _, step := range w.s.Script {
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
	step := app.Step{Name: a.Word, Args: a.Args}
	if a.Target >= 0 {
		step.Target = w.drawn[a.Target].uid
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
	d.network.Up, d.network.Down = c.up.apply(d.network.Up), c.down.apply(d.network.Down)
	err := w.hosts[i].Apply(network.LinkChange{Up: directionOf(d.network.Up), Down: directionOf(d.network.Down), Note: c.String()})
	if err != nil {
		panic(err) // Parse has looked at each of the values
	}
}

func directionOf(l fixtures.Link) *network.DirectionChange {
	o := linkOf(l)
	return &network.DirectionChange{RateBPS: &o.RateBPS, QueueBytes: &o.QueueBytes, Delay: &o.Delay, Jitter: &o.Jitter, Loss: &o.Loss}
}

// String says in words what changes.
func (c networkChange) String() string {
	var parts []string
	if c.to != nil {
		parts = append(parts, "to "+c.to.Name)
	}
	up, down := c.up.String(), c.down.String()
	if up == down && up != "" {
		return strings.Join(append(parts, up), ", ")
	}
	if up != "" {
		parts = append(parts, "up "+up)
	}
	if down != "" {
		parts = append(parts, "down "+down)
	}
	return strings.Join(parts, ", ")
}

func (c linkChange) String() string {
	var parts []string
	add := func(name string, set bool, value any) {
		if set {
			parts = append(parts, fmt.Sprintf("%s %v", name, value))
		}
	}
	add("rate", c.Rate != nil, value(c.Rate))
	add("queue", c.Queue != nil, value(c.Queue))
	add("delay", c.Delay != nil, value(c.Delay))
	add("jitter", c.Jitter != nil, value(c.Jitter))
	add("loss", c.Loss != nil, value(c.Loss))
	add("burst", c.Burst != nil, value(c.Burst))
	return strings.Join(parts, " ")
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
