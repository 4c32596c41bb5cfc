package app

import "minilab/devices/wechat"

// DemoPusher are the attributes of the vendor's demo page, but for those that the page
// switches: url, muted, enable-camera. The picture away.png is shown to others while
// the page is away. Source: vendor's demo of 2018 and 2019; fidelity: documented.
func DemoPusher() wechat.PusherAttributes {
	a := wechat.DefaultPusherAttributes()
	a.Mode, a.Aspect, a.MinBitrateKbps, a.MaxBitrateKbps = wechat.ModeRTC, "3:4", 200, 500
	a.BackgroundMute, a.WaitingImage = true, "https://webdemo.agora.io/away.png"
	return a
}

// DemoPlayer are those of its live-players, but for src and orientation.
// Source: vendor's demo of 2018 and 2019; fidelity: documented.
func DemoPlayer() wechat.PlayerAttributes {
	a := wechat.DefaultPlayerAttributes()
	a.Mode, a.MinCache, a.MaxCache, a.ObjectFit = wechat.ModeRTC, 0.1, 0.3, "fillCrop"
	return a
}
