package simulator

import (
	"minilab/devices/wechat"
	"minilab/fixtures"
	"minilab/simulator/trace"
)

// versionParams writes what the SDK's version can and how long it waits into the
// record's head, for those who judge it: sdk.* as numbers, switches as 0 and 1.
func (w *world) versionParams() {
	p, f := &w.profile, w.sdk.Fidelity.For("profile")
	add := func(name string, value float64, unit string) {
		w.log.Param(trace.Param{Name: "sdk." + name, Value: value, Unit: unit, Fidelity: f})
	}
	add("lookup_domains", float64(len(p.LookupDomains)), "")
	add("lookup_timeout", milliseconds(p.LookupTimeout), "ms")
	add("open_timeout", milliseconds(p.GatewayOpenTimeout), "ms")
	add("request_timeout", milliseconds(p.RequestTimeout), "ms")
	add("ping_interval", milliseconds(p.PingInterval), "ms")
	for _, s := range []struct {
		name string
		on   bool
	}{
		{"setRole", p.SetRole}, {"setRoleInChannel", p.SetRoleInChannel}, {"setRoleAnswersEarly", p.SetRoleAnswersEarly},
		{"mute", p.Mute}, {"muteLocal", p.MuteLocal}, {"muteAudioEvent", p.MuteAudioEvent}, {"muteVideoEvent", p.MuteVideoEvent},
		{"leaveCallbacks", p.LeaveCallbacks}, {"leaveCallbacksClosed", p.LeaveCallbacksClosed}, {"raise503", p.Raise503},
		{"joinUID", p.JoinUID}, {"telemetry", p.Telemetry},
	} {
		value := 0.0
		if s.on {
			value = 1
		}
		add(s.name, value, "")
	}
}

// socketsOf writes into the record's head how many WebSockets a mini-program may have,
// where that isn't what the WeChats of the release notes' time allow.
func (w *world) socketsOf(m *Member, is *wechat.Version, from *fixtures.WeChat) {
	usual := wechat.DefaultVersion()
	if is.WebSockets == usual.WebSockets {
		return
	}
	p := trace.Param{Name: m.ID + "/websockets", Value: float64(is.WebSockets), Fidelity: from.Fidelity.For("webSockets")}
	if m.WebSockets > 0 {
		p.Fidelity = "assumed" // the scenario says so
	}
	w.log.Param(p)
}

// pathOf writes how far from the channel a scenario puts a member of another SDK.
func (w *world) pathOf(m *Member) {
	if m.PathDelay > 0 {
		w.log.Param(trace.Param{Name: m.ID + "/path_delay", Value: milliseconds(m.PathDelay), Unit: "ms", Fidelity: "assumed"})
	}
}

// params writes a member's numbers into the record's head.
func (w *world) params(i int) {
	m, d := &w.s.Members[i], w.drawn[i]
	add := func(name string, value float64, unit, fidelity string) {
		w.log.Param(trace.Param{Name: m.ID + "/" + name, Value: value, Unit: unit, Fidelity: fidelity})
	}
	f := m.Network.Fidelity
	for _, dir := range []struct {
		name string
		link fixtures.Link
	}{{"up", d.network.Up}, {"down", d.network.Down}} {
		add(dir.name+"/rate", float64(dir.link.Rate), "bit/s", f.For("rate"))
		add(dir.name+"/queue", float64(dir.link.Queue), "bytes", f.For("queue"))
		add(dir.name+"/delay", milliseconds(dir.link.Delay), "ms", f.For("delay"))
		add(dir.name+"/jitter", milliseconds(dir.link.Jitter), "ms", f.For("jitter"))
		add(dir.name+"/loss", float64(dir.link.Loss), "", f.For("loss"))
		add(dir.name+"/burst", milliseconds(dir.link.Burst), "ms", f.For("burst"))
		for _, rare := range []struct {
			name  string
			value float64
			unit  string
		}{
			{"queue_time", milliseconds(dir.link.QueueTime), "ms"}, {"queue_packets", float64(dir.link.QueuePackets), "packets"},
			{"trace", dir.link.Scale, "of " + dir.link.Trace.Name}, {"ahead", float64(dir.link.Ahead), ""}, {"burst_loss", float64(dir.link.BurstLoss), ""},
			{"chain", float64(dir.link.Chain.MeanLoss()), "mean loss"}, {"every", float64(dir.link.Every), "packets"}, {"periodic", milliseconds(dir.link.Periodic.Lose), "ms"},
			{"duplicate", float64(dir.link.Duplicate), ""}, {"corrupt", float64(dir.link.Corrupt), ""},
		} {
			if rare.value != 0 {
				add(dir.name+"/"+rare.name, rare.value, rare.unit, f.For(rare.name))
			}
		}
	}
	add("min_rto", milliseconds(m.Device.MinRTO), "ms", m.Device.Fidelity.For("min_rto"))
	add("camera_start", milliseconds(d.traits.CameraStartMin), "ms", m.Device.Fidelity.For("camera_start"))
	for _, chance := range []struct {
		name, field string
		value       float64
		unit        string
	}{
		{"encoder/unrecovered", "encoder", d.traits.Chip.Unrecovered, "of lost sessions"},
		{"encoder/silent", "encoder", d.traits.Chip.Silent, "of sessions"},
		{"camera/stalls", "camera_stalls", d.traits.Chip.Stalls, "per hour"},
	} {
		if chance.value != 0 {
			add(chance.name, chance.value, chance.unit, m.Device.Fidelity.For(chance.field))
		}
	}
}
