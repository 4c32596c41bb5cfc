package engine

// held is what an actor that stands still has missed.
type held struct {
	still   bool // between Hold and Release
	ended   bool
	waiting []func()
	next    uint64 // op that runs what waits; 0: none yet
}

// waits tells whether what comes now has to wait.
func (h *held) waits() bool { return h.still || h.ended || len(h.waiting) > 0 }

func (h *held) keep(f func()) {
	if !h.ended {
		h.waiting = append(h.waiting, f)
	}
}

// Hold lets the actor stand still, as the script of an app that is suspended: what
// falls due from now on waits for Release, in its order. Its alarms ring once then,
// however late.
func (p *Proc) Hold() { p.held.still = true }

// Release lets it go on, in an event of its own: first with what waited.
func (p *Proc) Release() {
	h := &p.held
	if !h.still {
		return
	}
	h.still = false
	if len(h.waiting) == 0 || h.ended {
		return
	}
	if h.next == 0 {
		h.next = p.keep(p.catchUp) | sticky
	}
	p.e.Schedule(p.e.Now(), p.id, h.next)
}

// End stops the actor for good: nothing that waits or falls due runs any more.
func (p *Proc) End() { p.held.ended, p.held.waiting = true, nil }

// Ended tells whether End was called.
func (p *Proc) Ended() bool { return p.held.ended }

// Held tells whether the actor stands still, or has yet to catch up.
func (p *Proc) Held() bool { return p.held.waits() }

// Do runs f at once, as part of this actor: if it stands still or catches up, f waits
// its turn; if it has ended, f never runs.
func (p *Proc) Do(f func()) {
	if p.held.waits() {
		p.held.keep(f)
		return
	}
	f()
}

// catchUp runs what waits until one of it has the actor stand still again.
func (p *Proc) catchUp() {
	h := &p.held
	for len(h.waiting) > 0 && !h.still && !h.ended {
		f := h.waiting[0]
		h.waiting[0] = nil
		h.waiting = h.waiting[1:]
		f()
	}
}
