// Package wechat is the host of a mini-program: what wx and the two media
// components offer to an app, on one virtual phone.
//
// It gives network access within the platform's rules (Request, ConnectSocket: listed
// domains, few sockets), timers, and the live-pusher and live-player with their
// attributes, state codes in the documented order, retries, sending queue and jitter
// buffer. It knows nothing of the SDK's protocol or of the app's flow, and it hides no
// trouble: what goes wrong comes as a state code, as on a phone.
//
// The page it runs may be left, sleep, wake and be destroyed (lifecycle.go), be
// interrupted, warned and ended (trouble.go), as its Version of WeChat has it.
//
// What a base library doesn't know of the components' attributes, events and methods has
// no effect (attributes.go); how a push adapts to its uplink is in qos.go, who decodes
// what in decoders.go.
//
// Start at Host; LivePusher is the way out, LivePlayer the way in, mixer the clock
// of all that is heard and seen.
package wechat
