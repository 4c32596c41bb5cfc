package app

import (
	"fmt"

	"minilab/devices/sdk"
	"minilab/devices/wechat"
	"minilab/simulator/media/flv"
	"minilab/simulator/trace"
)

// New makes a member's phone and its page; nothing happens before the first step.
func New(o Options) (*App, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("app of %s: %w", o.Name, err)
	}
	host, err := wechat.NewHost(wechat.HostOptions{
		Engine: o.Engine, Log: o.Log, Sockets: o.Sockets, Name: o.Name, Actor: o.Actor, Traits: o.Traits, Version: o.WeChat, Knows: o.Knows,
		Domains: o.Domains, Defects: o.HostDefects, Memo: o.Memo, Picture: o.Hooks.Picture, Received: o.Hooks.Received, Sound: o.sound(),
	})
	if err != nil {
		return nil, err
	}
	if o.Pusher == (wechat.PusherAttributes{}) {
		o.Pusher = DemoPusher()
	}
	if o.Player == (wechat.PlayerAttributes{}) {
		o.Player = DemoPlayer()
	}
	a := newApp(o, host.Thread(), hostWx{host}, &hostParts{host: host, uid: o.UID, clip: o.Clip, resolve: o.Resolve, push: o.Pusher, play: o.Player})
	a.host = host
	host.Listen(a.listeners(host.Thread))
	return a, nil
}

// sound is how the user's phone hears and plays samples; nil: it doesn't.
func (o *Options) sound() *wechat.SoundOptions {
	if o.Tape == nil {
		return nil
	}
	return &wechat.SoundOptions{Tape: o.Tape, Voice: o.Voice, UID: o.UID, Heard: o.Hooks.Heard}
}

// hostWx offers a WeChat host's network to the SDK.
type hostWx struct{ host *wechat.Host }

// Request implements sdk.Wx.
func (w hostWx) Request(purpose, url string, body []byte, done func(int, []byte, error)) {
	w.host.Request(wechat.RequestOptions{
		For: purpose, URL: url, Body: body,
		Success: func(status int, body []byte) { done(status, body, nil) },
		Fail:    func(message string) { done(0, nil, errorText(message)) },
	})
}

// errorText is a host's error message as an error.
type errorText string

func (e errorText) Error() string { return string(e) }

// ConnectSocket implements sdk.Wx.
func (w hostWx) ConnectSocket(url string, h sdk.SocketEvents) sdk.SocketTask {
	t := w.host.ConnectSocket(wechat.SocketOptions{For: "gateway", URL: url})
	t.OnOpen = h.Open
	t.OnMessage = h.Message
	t.OnClose = func(_ int, reason string) { h.Close(reason) }
	t.OnError = h.Close
	return hostSocket{t}
}

type hostSocket struct{ *wechat.SocketTask }

// closeNormal is the WebSocket status of a close by the app.
const closeNormal = 1000

// Send implements sdk.SocketTask. A socket that has just ended takes nothing more:
// its close event is on the way.
func (s hostSocket) Send(action string, text []byte) { _ = s.SendAs(action, text) }

// Close implements sdk.SocketTask. Its event still comes, and messages until then.
func (s hostSocket) Close() { s.SocketTask.Close(closeNormal, "") }

// hostParts makes the components of a WeChat host as the demo page sets them up.
type hostParts struct {
	host    *wechat.Host
	uid     uint32
	clip    *flv.Clip
	resolve func(uint32) trace.ActorID
	push    wechat.PusherAttributes
	play    wechat.PlayerAttributes
}

// pusher implements components.
func (p *hostParts) pusher(camera, mic bool, code func(int)) pusher {
	o := wechat.PusherOptions{UID: p.uid, Clip: p.clip, OnStateChange: func(c int, _ string) { code(c) }}
	o.PusherAttributes = p.push
	o.EnableCamera, o.Muted = camera, !mic // enable-mic came later
	c, err := p.host.NewLivePusher(o)
	if err != nil {
		panic(fmt.Sprintf("app: the page's own attributes are refused: %v", err))
	}
	return hostPusher{c}
}

type hostPusher struct{ *wechat.LivePusher }

func (p hostPusher) start(url string) {
	p.SetURL(url)
	p.Operate("start", nil, nil)
}

func (p hostPusher) restart(url, why string) {
	p.SetURL(url)
	p.Operate("stop", why, nil)
	p.Operate("start", nil, nil)
}
func (p hostPusher) source(url string)     { p.SetURL(url) }
func (p hostPusher) stop(why string)       { p.Stop(why) }
func (p hostPusher) setCamera(on bool)     { p.SetCamera(on) }
func (p hostPusher) setMic(on bool)        { p.SetMuted(!on) }
func (p hostPusher) operate(method string) { p.Operate(method, nil, nil) }

// player implements components.
func (p *hostParts) player(uid uint32, url string, code func(int)) player {
	o := wechat.PlayerOptions{Peer: p.resolve(uid), Src: url, OnStateChange: func(c int, _ string) { code(c) }}
	o.PlayerAttributes = p.play
	c, err := p.host.NewLivePlayer(o)
	if err != nil {
		panic(fmt.Sprintf("app: the page's own attributes are refused: %v", err))
	}
	c.Play()
	return hostPlayer{c}
}

type hostPlayer struct{ *wechat.LivePlayer }

func (p hostPlayer) play()             { p.Play() }
func (p hostPlayer) source(url string) { p.SetSrc(url) }

func (p hostPlayer) lie(horizontal bool) {
	to := "vertical"
	if horizontal {
		to = "horizontal"
	}
	_ = p.SetOrientation(to) // both are valid
}

func (p hostPlayer) remove(why string) {
	p.Stop(why)
	p.Destroy()
}
