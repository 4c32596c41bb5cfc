package app

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"minilab/devices/phone"
	"minilab/devices/phone/sound"
	"minilab/devices/sdk"
	"minilab/devices/wechat"
	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// DefaultMaxTiles is how many tiles the page shows, its own camera's included; what
// comes later waits until one goes. A page for sound only sets more.
// Source: vendor's demo of 2018, max_user 7, and release notes; fidelity: documented.
const DefaultMaxTiles = 7

// Options say whose page this is.
type Options struct {
	Engine  *engine.Engine
	Log     *trace.Log // may be nil
	Sockets sockets.Stack
	Name    string // the member's id
	Actor   trace.ActorID
	// Resolve finds the member behind a uid; trace.Nobody when there is none.
	Resolve func(uid uint32) trace.ActorID
	UID     uint32
	AppID   string
	Channel string
	Token   string // empty: the app id is the key
	Role    string // sdk.Broadcaster or sdk.Audience
	Profile sdk.Profile
	Traits  phone.Traits
	// WeChat is the version that the phone has; nil: one of 2018.
	WeChat *wechat.Version
	// Knows tells what its base library has; nil: everything.
	Knows  func(of, name string) bool
	Camera bool      // on at the start
	Clip   *flv.Clip // what camera and microphone record; nil: the test media
	Mic    bool      // on at the start
	// Pusher and Player are the attributes of the page's components; zero: those of the
	// vendor's demo.
	Pusher wechat.PusherAttributes
	Player wechat.PlayerAttributes
	// Page is which page it is, one of Pages; empty: DefaultPage.
	Page string
	// MaxTiles is how many tiles are shown at once; 0: DefaultMaxTiles.
	MaxTiles int
	// Domains are the hosts that the mini-program may talk to; nil: any.
	Domains []string
	// Given is the URL that a member was given, see App.Given; nil: nobody was given any.
	Given func(member trace.ActorID, use string, of uint32, old bool) (url string, stream uint32)
	Memo  *h264.Memo  // may be nil
	Tape  *sound.Tape // nil: sound has no samples
	Voice string      // of the user, where sound has samples: sound.Tone or sound.Talk
	Hooks Hooks
	// Defects of the page and of its host are planted by tests.
	Defects     Defects
	HostDefects wechat.Defects
}

// Hooks let reports look at what a phone received and showed; they may be nil.
type Hooks struct {
	Picture  func(viewer, publisher trace.ActorID, at time.Duration, p *picture.Picture, shown trace.Event)
	Received func(viewer, publisher trace.ActorID, m rtmp.Message)
	// Heard gets what a user hears where sound has samples, sample number at on.
	Heard func(viewer trace.ActorID, at int64, samples []float64)
}

// Validate tells what is missing or makes no sense.
func (o Options) Validate() error {
	switch {
	case o.Engine == nil:
		return errors.New("engine missing")
	case o.Resolve == nil:
		return errors.New("resolve missing")
	case o.Name == "":
		return errors.New("name missing")
	case o.UID == 0:
		return errors.New("uid missing")
	case o.AppID == "" || o.Channel == "":
		return errors.New("app id or channel missing")
	case o.Role != sdk.Broadcaster && o.Role != sdk.Audience:
		return fmt.Errorf("role %q: want %s or %s", o.Role, sdk.Broadcaster, sdk.Audience)
	case o.MaxTiles < 0:
		return fmt.Errorf("%d tiles: want 1 or more", o.MaxTiles)
	}
	if _, err := variantOf(o.Page); err != nil {
		return err
	}
	return o.Profile.Validate()
}

// App is one member's page.
type App struct {
	o     Options
	page  variant
	proc  *engine.Proc // the script's thread, which stands still while the page sleeps
	user  *engine.Proc // what happens to the phone, awake or not
	wx    sdk.Wx
	parts components
	rand  *rand.Rand // seeds of the clients' random streams

	client *sdk.Client // nil before the first call and after destroy
	number int64       // of the newest client, from 1
	state  string
	// stay counts the times that the page began anew; what was asked for in an earlier
	// one must not act in a later.
	stay  int
	pause bool   // a recovery waits for its next attempt
	role  string // that the page wants
	calls int64
	given []given // URLs, in the order in which they came
	// rounds, if not nil, is what joins and leaves again and again.
	rounds *rounds
	strays []stray // components with URLs that weren't given to this page

	tiles  []*tile // own first, then the others as they came
	pusher pusher  // nil until the first URL to push to
	// owned: the URL being pushed to is still ours, neither given back nor lost with
	// its session; only then does the push's failure tell the page anything.
	owned       bool
	camera, mic bool

	host     any            // what faults befall
	suffered map[string]int // faults that last, by what ends with the last of them
}

// newApp makes the page over any host.
func newApp(o Options, thread *engine.Proc, wx sdk.Wx, parts components) *App {
	if o.MaxTiles == 0 {
		o.MaxTiles = DefaultMaxTiles
	}
	page, err := variantOf(o.Page)
	if err != nil {
		panic(err) // Options.Validate has looked at it
	}
	return &App{
		o: o, page: page, proc: thread, user: o.Engine.Proc(o.Name + "/user"), wx: wx, parts: parts, rand: o.Engine.Rand(o.Name + "/sdk"),
		state: stateIdle, role: o.Role, camera: o.Camera, mic: o.Mic, suffered: map[string]int{},
	}
}

// The states that trace.AppState tells.
const (
	stateIdle       = "idle"
	stateJoining    = "joining"
	stateJoined     = "joined"
	stateRecovering = "recovering"
	stateLeft       = "left"
)

func (a *App) become(state, why string) {
	if a.state != state || why != "" {
		a.log(trace.AppState, trace.Nobody, state, why)
	}
	a.state = state
}

func (a *App) log(k trace.Kind, peer trace.ActorID, text, note string, v ...int64) {
	if a.o.Log != nil {
		a.o.Log.Add(k, a.o.Actor, peer, text, note, v...)
	}
}

// peer is the member that an event or call is about; a uid of 0 names no one.
func (a *App) peer(uid uint32) trace.ActorID {
	switch uid {
	case 0:
		return trace.Nobody
	case a.o.UID:
		return a.o.Actor // also where another member has the same uid
	}
	return a.o.Resolve(uid)
}

// codeThrown is CallDone's code of a method that threw instead of calling back.
const codeThrown = -1

// call makes a call of the SDK and records it with its answer. then is called with
// the answer unless the page has begun anew since; a throw counts as a failure.
func (a *App) call(method string, uid uint32, args string, issue func(sdk.Done) error, then func(sdk.Answer, *sdk.Failure)) {
	// The actor makes the number unique among all pages of the run.
	number := int64(a.o.Actor)<<32 | a.calls
	a.calls++
	stay := a.stay
	a.log(trace.CallIssued, a.peer(uid), method, args, number, int64(uid), a.number)
	done := func(answer sdk.Answer, f *sdk.Failure) {
		gave := int64(answer.UID)
		if gave == 0 {
			gave = -1 // only join and rejoin give one
		}
		if f == nil {
			a.keep(method, uid, answer.URL)
			a.log(trace.CallDone, trace.Nobody, method, answer.URL, number, 1, 0, gave, int64(answer.Rotation))
		} else {
			a.log(trace.CallDone, trace.Nobody, method, f.Reason, number, 0, int64(f.Code), -1)
		}
		if then != nil && a.stay == stay {
			then(answer, f)
		}
	}
	if err := issue(done); err != nil {
		done(sdk.Answer{}, &sdk.Failure{Code: codeThrown, Reason: err.Error()})
	}
}

// ready gives the page's client, a new one with its listeners if there is none.
func (a *App) ready() *sdk.Client {
	if a.client != nil {
		return a.client
	}
	a.number++
	number := a.number
	c, err := sdk.New(sdk.Options{
		Profile: a.o.Profile, Proc: a.proc, Wx: a.wx,
		Rand:    rand.New(rand.NewPCG(a.rand.Uint64(), a.rand.Uint64())),
		Observe: func(e sdk.Event) { a.observe(e, number) },
	})
	if err != nil {
		panic(err) // Options.Validate has looked at all of it
	}
	a.client = c
	a.listen(c)
	return c
}

func (a *App) observe(e sdk.Event, client int64) {
	note := e.Reason
	if e.URL != "" {
		note = e.URL
		a.keep(e.Name, e.UID, e.URL)
	}
	a.log(trace.ClientEvent, a.peer(e.UID), e.Name, note, int64(e.UID), int64(e.Code), int64(e.Rotation), client)
}

// shown counts the tiles on the screen.
func (a *App) shown() int {
	n := 0
	for _, t := range a.tiles {
		if t.shown {
			n++
		}
	}
	return n
}

func (a *App) tile(uid uint32) *tile {
	i := slices.IndexFunc(a.tiles, func(t *tile) bool { return t.uid == uid })
	if i < 0 {
		return nil
	}
	return a.tiles[i]
}
