package wechat

import (
	"time"

	"minilab/simulator/engine"
)

// music is the background music of a live-pusher: which file, from where and how loud.
// It is played by what plays and captures the call, so that nobody sets up the audio
// device anew for it; it goes into what is pushed, and out of the phone.
type music struct {
	url    string // empty: none
	volume float64
	length time.Duration
	at     time.Duration // how far it had come when it last began or stood
	since  time.Duration // when it went on
	paused bool          // by the page
	sounds bool
	alarm  *engine.Alarm // progress
}

// musicLength is how long a file lasts that nothing is known of, musicProgress the time
// between two progress events. Fidelity: assumed.
const (
	musicLength   = time.Minute
	musicProgress = time.Second
)

// position is how far the music has come.
func (m *music) position(now time.Duration) time.Duration {
	if !m.sounds {
		return m.at
	}
	return min(m.length, m.at+now-m.since)
}

func (p *LivePusher) playMusic(value any) string {
	if !p.started {
		return "not started"
	}
	url, _ := value.(string)
	length, ok := p.load(url)
	if !ok {
		p.fault(errorMusic)
		return "not loaded"
	}
	p.stopMusic()
	p.music.url, p.music.length = url, length
	p.accompany()
	p.onMusic("start")
	return ""
}

// load gets a file, of music or an image.
func (p *LivePusher) load(url string) (length time.Duration, ok bool) {
	if p.o.Load == nil {
		return musicLength, url != ""
	}
	return p.o.Load(url)
}

func (p *LivePusher) stopMusic() {
	p.music.url, p.music.paused = "", false
	p.accompany()
	p.music.at = 0
}

func (p *LivePusher) pauseMusic(on bool) string {
	m := &p.music
	if m.url == "" || m.paused == on {
		return "no music to do that with"
	}
	m.paused = on
	p.accompany()
	return ""
}

func (p *LivePusher) setMusicVolume(value any) string {
	v, ok := value.(float64)
	if !ok || v < 0 || v > 1 {
		return "volume must be from 0 to 1"
	}
	p.music.volume = v
	p.accompany()
	return ""
}

// accompany has the music sound, or stand, as it is to. While the pusher may take no
// sound it stands. Source: the pusher's capture is what mixes it; fidelity: inferred.
func (p *LivePusher) accompany() {
	m := &p.music
	if sounds := m.url != "" && !m.paused && !p.deaf(); sounds != m.sounds {
		now := p.h.Now()
		m.at, m.since = m.position(now), now
		m.sounds = sounds
		if m.alarm.Clear(); sounds {
			m.alarm.In(min(musicProgress, m.length-m.at))
			p.h.mixer.wake()
		}
	}
	d := p.h.sound.device
	switch {
	case d == nil:
	case m.sounds:
		d.MixMusic(m.volume)
	default:
		d.MixMusic(0)
	}
}

// onMusicDue tells how far the music has come, or that it is over.
func (p *LivePusher) onMusicDue() {
	m := &p.music
	left := m.length - m.position(p.h.Now())
	if left <= 0 {
		p.onMusic("complete")
		p.stopMusic()
		return
	}
	p.onMusic("progress")
	m.alarm.In(min(musicProgress, left))
}

func (p *LivePusher) onMusic(event string) {
	at, length := p.music.position(p.h.Now()), p.music.length
	if f := p.o.OnMusic; f != nil && p.h.knows(livePusher, "bindbgm"+event) {
		p.tell(func() { f(event, at, length) })
	}
}
