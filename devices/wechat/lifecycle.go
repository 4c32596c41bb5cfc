package wechat

import (
	"slices"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// Page are the events of a mini-program that its page can listen to; any may be nil.
// They come in the script's own thread: while the page sleeps they wait.
type Page struct {
	OnShow, OnHide func()
	// OnLaunch: the mini-program was gone and is opened again, as new: nothing of the
	// page before is left, and Thread is another.
	OnLaunch            func()
	OnAudioInterruption func(begin bool)
	OnMemoryWarning     func(level int)   // 0 where the system has no levels
	OnNetworkStatus     func(kind string) // wifi, 2g, 3g, 4g, 5g, unknown or none
	OnSocketClose       func()            // wx's own, beside that of the SocketTask
}

// hostState is how awake a mini-program is.
type hostState uint8

const (
	onScreen hostState = iota
	behind             // left, still running
	asleep             // its script stands still
	gone               // destroyed, or its host ended
)

// lifecycle is where a host is in the life of its mini-program.
type lifecycle struct {
	state       hostState
	how         string // it was left
	leftAt      time.Duration
	backAt      time.Duration // when it woke last
	slept       bool          // it has
	sound       bool          // it goes on to hear and be heard while it is away
	taken       bool          // but for its microphone, which the system has taken
	frozen      bool          // the system has stopped the whole process
	interrupted bool          // a call has the phone's sound
	warnedAt    time.Duration // of too little memory
	warned      bool

	system                                  *engine.Proc // what goes on while the process stands still
	sleep, drop, image, destroyed, deafened *engine.Alarm
}

func (h *Host) beginLife() {
	l := &h.life
	l.system = h.e.Proc(h.o.Name + "/system")
	l.sleep = l.system.Alarm(h.suspend)
	l.drop = l.system.Alarm(h.dropSockets)
	l.image = l.system.Alarm(h.endImage)
	l.destroyed = l.system.Alarm(func() { h.destroy("too long in the background") })
	l.deafened = l.system.Alarm(h.takeMicrophone)
}

// Thread runs the page's script: timers of the page and of its SDK. It is held while
// the page sleeps, and ended with it.
func (h *Host) Thread() *engine.Proc { return h.js }

// Listen sets the page's listeners.
func (h *Host) Listen(p Page) { h.page = p }

// call runs something of the page: at once, or when it is awake again.
func (h *Host) call(f func()) { h.js.Do(f) }

// raise has wx tell the page of an event, which its base library must have; f is nil
// where the page doesn't listen.
func (h *Host) raise(name, note string, f func()) {
	if !h.knows("wx", name) {
		return
	}
	h.tell(func() {
		h.log(trace.HostTold, trace.Nobody, name, note, flag(f != nil))
		if f != nil {
			f()
		}
	})
}

// Hide has the user leave the mini-program: by home, lock or capsule.
func (h *Host) Hide(how string) {
	l := &h.life
	if l.state != onScreen {
		return
	}
	l.state, l.how, l.leftAt, l.slept = behind, how, h.Now(), false
	l.taken = false
	l.sound = slices.Contains(h.system().SoundBehind, how) && h.conversing()
	h.log(trace.HostState, trace.Nobody, "hide", how)
	h.raise("onHide", "", h.page.OnHide)
	for _, c := range slices.Clone(h.components) {
		c.hidden()
	}
	l.image.In(h.version.ImageLasts)
	h.sound.music.decide()
	if limit := h.o.Traits.MicBehind; l.sound && limit > 0 {
		l.deafened.In(limit)
	}
	h.rest()
}

// rest has a page that nobody sees or hears fall asleep in its time, with all that
// follows; music that goes on keeps it awake. Source: mini-program documentation, how mini-programs run;
// vendor's FAQ (signalling breaks in the background unless music plays); fidelity:
// documented.
func (h *Host) rest() {
	l := &h.life
	switch {
	case l.state != behind || l.sound:
		return
	case h.sound.music.sounds:
		l.stayAwake()
		return
	}
	l.sleep.In(h.version.SuspendAfter)
	l.drop.In(h.system().SocketsDropped)
	l.destroyed.In(h.version.DestroyAfter)
}

// takeMicrophone: the system lets nobody have it who isn't on the screen.
func (h *Host) takeMicrophone() {
	h.life.taken = true
	for _, c := range h.components {
		if p, ok := c.(*LivePusher); ok {
			p.voice()
		}
	}
}

// away tells whether the page isn't on the screen.
func (h *Host) away() bool { return h.life.state != onScreen }

// covered tells whether a phone call lies over the app, as it did on the iPhones of the
// time. Source: Apple, calls filled the screen until iOS 14; fidelity: documented.
func (h *Host) covered() bool { return h.life.interrupted && h.iOS() }

// conversing tells whether the page pushes and plays.
func (h *Host) conversing() bool {
	pushes, plays := false, false
	for _, c := range h.components {
		switch c := c.(type) {
		case *LivePusher:
			pushes = pushes || c.started
		case *LivePlayer:
			plays = plays || c.started
		}
	}
	return pushes && plays
}

// suspend puts the page to sleep.
func (h *Host) suspend() {
	l := &h.life
	l.state, l.slept = asleep, true
	h.log(trace.HostState, trace.Nobody, "suspend", "")
	h.js.Hold()
	for _, u := range slices.Clone(h.users) {
		if t, ok := u.(*RequestTask); ok {
			t.end("interrupted")
			t.fail("interrupted")
		}
	}
	l.frozen = h.freezes()
	for _, c := range slices.Clone(h.components) {
		c.suspended()
	}
	if l.frozen {
		h.freeze()
	}
}

// freezes tells whether the system stops the whole process, as iOS does with an app
// that isn't on the screen; a waiting image is sent as a background task. The capsule
// leads back into WeChat, which is on the screen then.
// Source: Apple, extending an app's background execution time (180 s up to iOS 12, the
// waiting image's 3 min); fidelity: inferred.
func (h *Host) freezes() bool {
	imaging := slices.ContainsFunc(h.components, func(c component) bool {
		p, ok := c.(*LivePusher)
		return ok && p.imaging()
	})
	return h.iOS() && h.life.how != byCapsule && !imaging
}

// freeze stops the process: nothing is read, sent or timed in it any more. What arrives
// stays in the system's buffers until they are full.
func (h *Host) freeze() {
	h.life.frozen = true
	h.proc.Hold()
	for _, u := range h.users {
		u.receive(false)
	}
}

// thaw lets it go on.
func (h *Host) thaw() {
	if !h.life.frozen {
		return
	}
	h.life.frozen = false
	h.proc.Release()
	for _, u := range slices.Clone(h.users) {
		u.receive(true)
	}
	h.mixer.wake()
}

// dropSockets closes the WebSockets of a page that sleeps.
func (h *Host) dropSockets() {
	for _, u := range slices.Clone(h.users) {
		if t, ok := u.(*SocketTask); ok {
			t.dropped(h.system().DropTold)
		}
	}
}

// endImage: the waiting image has been pushed for as long as it may.
func (h *Host) endImage() {
	for _, c := range slices.Clone(h.components) {
		if p, ok := c.(*LivePusher); ok {
			p.imageOver()
		}
	}
	if h.life.state == asleep && !h.life.frozen && h.freezes() {
		h.freeze()
	}
}

// Show brings the mini-program back, or opens one that is gone anew.
func (h *Host) Show() {
	l := &h.life
	switch l.state {
	case onScreen:
		return
	case gone:
		h.launch()
		return
	}
	l.stop()
	if l.state == asleep {
		l.backAt = h.Now()
		h.thaw()
		h.js.Release()
		h.log(trace.HostState, trace.Nobody, "resume", "")
	}
	l.state = onScreen
	h.log(trace.HostState, trace.Nobody, "show", "")
	for _, c := range slices.Clone(h.components) {
		c.shown()
	}
	h.sound.music.decide()
	h.raise("onShow", "", h.page.OnShow)
}

// stop ends what was to become of a page that was left.
func (l *lifecycle) stop() {
	l.stayAwake()
	l.image.Clear()
	l.deafened.Clear()
}

// stayAwake keeps it from falling asleep, and from what follows.
func (l *lifecycle) stayAwake() {
	for _, a := range []*engine.Alarm{l.sleep, l.drop, l.destroyed} {
		a.Clear()
	}
}

// launch opens a mini-program that is gone: a cold start.
func (h *Host) launch() {
	h.life.state = onScreen
	h.js = h.e.Proc(h.o.Name + "/app")
	h.beginMemory()
	h.log(trace.HostState, trace.Nobody, "show", "cold start")
	h.raise("onLaunch", "", h.page.OnLaunch)
}
