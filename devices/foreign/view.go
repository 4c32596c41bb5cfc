package foreign

import (
	"errors"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/media/aac"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

const (
	// tickPeriod is how much sound is played at once; pictures are shown at this beat.
	// Source: usual audio device buffers of 10-20 ms; fidelity: assumed.
	tickPeriod = 20 * time.Millisecond
	// ahead is how much more than playout may wait, at least, all through a patience
	// before a viewer jumps to the live edge; in the first moments it doesn't wait. A
	// patience has more than one key frame in it, whose size may be what makes media
	// late. Fidelity: assumed.
	ahead        = 300 * time.Millisecond
	patience     = 4 * time.Second
	firstMoments = time.Second
	// burst is how long what was held up may come faster than in real time, and says
	// nothing about what is needed. Fidelity: assumed.
	burst = 500 * time.Millisecond
	// anew is how far a timestamp must lie behind the newest to mean that the stream
	// began anew: much more than sound and pictures may lie apart. Fidelity: assumed.
	anew = 2 * time.Second
	// contiguous is how far a unit's millisecond timestamp may be from the end of the
	// unit before it, to be the next one: well below a unit, well above rounding.
	contiguous = 12 * time.Millisecond
	// spanMost is how long an AudioPlayed event may be; also the trace's contract.
	spanMost = time.Second
)

// view plays one stream at normal speed: what comes late makes its delay longer, and
// when nothing has needed that for a while it jumps to a shorter one.
type view struct {
	m       *Member
	uid     uint32
	peer    trace.ActorID
	decoder *h264.Decoder

	begun    bool          // media has come
	begunAt  time.Duration // when it came first
	since    time.Duration // when the patience under way began
	spare    time.Duration // the least that the newest media had to wait since then
	shift    time.Duration // from media time to when it is played
	newest   time.Duration // media time
	stamp    uint32        // its timestamp
	skipped  time.Duration // pictures before this are decoded and not shown
	pictures []waiting
	sounds   []waiting
	unit     time.Duration // how long a unit of sound lasts; 0: not known yet
	soundEnd time.Duration // of the newest unit

	runFrom, runTo time.Duration // contiguous sound taken so far
	playing        waiting       // the newest unit taken
	span           span
	recorded       int64 // pictures of a recording shown
	turned         int   // degrees clockwise, to make what comes upright
}

// waiting is a picture or a unit of sound that was received.
type waiting struct {
	at     time.Duration // media time
	data   []byte        // of a picture
	config bool
	uid    int64 // of sound; -1: not stamped
	level  int64
}

// span is sound that is being heard without interruption.
type span struct {
	open      bool
	at, media time.Duration
	uid       int64
	levels    int64
	ticks     int64
}

func newView(m *Member, uid uint32) *view {
	return &view{m: m, uid: uid, peer: m.o.Resolve(uid), decoder: h264.NewDecoder(m.o.Memo)}
}

// media takes a message that has arrived.
func (v *view) media(msg rtmp.Message) {
	if f := v.m.o.Received; f != nil {
		f(v.m.o.Actor, v.peer, msg)
	}
	switch msg.Type {
	case rtmp.TypeAudio:
		v.onSound(msg)
	case rtmp.TypeVideo:
		v.onPicture(msg)
	}
}

func (v *view) onSound(msg rtmp.Message) {
	tag, err := flv.ParseAudio(msg.Payload)
	switch {
	case err != nil:
		return
	case tag.Kind == flv.Config:
		v.unit = aac.LengthOf(tag.Data)
		return
	case v.unit == 0:
		return // nothing can be played before the configuration
	}
	w := waiting{at: v.arrived(msg.Timestamp), uid: -1}
	if s, ok := aac.Read(tag.Data); ok {
		w.uid, w.level = int64(s.UID), int64(s.LevelCentiDB)
	}
	if d := w.at - v.soundEnd; -contiguous <= d && d <= contiguous {
		w.at = v.soundEnd
	}
	v.soundEnd = w.at + v.unit
	v.sounds = append(v.sounds, w)
}

func (v *view) onPicture(msg rtmp.Message) {
	body := msg.Payload
	if len(body) > 0 && body[0]&15 == codecVP8 && v.m.o.Origin == Web {
		body = flv.Relabel(body, codecAVC) // a browser has the decoder
	}
	tag, err := flv.ParseVideo(body)
	if err != nil || tag.Kind == flv.End {
		return
	}
	w := waiting{data: tag.Data, config: tag.Kind == flv.Config}
	if w.config {
		w.at = v.newest
	} else {
		w.at = v.arrived(msg.Timestamp)
	}
	v.pictures = append(v.pictures, w)
}

// arrived gives the media time of a timestamp, and sets the clock of what is played:
// at the beginning, when something new comes after its time, and when more waits than
// is of use.
func (v *view) arrived(stamp uint32) time.Duration {
	if !v.begun {
		v.begun = true
		v.begunAt = v.m.e.Now()
		v.stamp, v.newest = stamp, time.Duration(stamp)*time.Millisecond
		v.play(v.newest)
	}
	at := v.newest + time.Duration(int32(stamp-v.stamp))*time.Millisecond
	if at < v.newest-anew {
		at = v.newest
		v.stamp = stamp
		v.play(at)
	}
	if at < v.newest {
		return at
	}
	v.newest, v.stamp = at, stamp
	now := v.m.e.Now()
	wait := v.shift + at - now
	if now >= v.since {
		v.spare = min(v.spare, wait)
	}
	switch {
	case wait < 0:
		v.play(at)
	case now-v.begunAt < firstMoments && wait > playout+ahead:
		v.play(at)
		v.skipped = at - playout
	case now-v.since >= patience:
		if v.spare > playout+ahead {
			v.play(at - wait + v.spare) // what had least to wait would have had playout
			v.skipped = now - v.shift
		}
		v.since, v.spare = now, wait
	}
	return at
}

// play has what is at a media time played in playout from now.
func (v *view) play(at time.Duration) {
	now := v.m.e.Now()
	v.closeSpan(now)
	v.shift = now + playout - at
	v.since, v.spare = now+burst, time.Hour
	v.runFrom, v.runTo = 0, 0
}

// advance plays the period that begins now.
func (v *view) advance(now time.Duration) {
	if !v.begun {
		return
	}
	head := now - v.shift
	v.show(now, head)
	if v.span.open && now-v.span.at >= spanMost {
		v.closeSpan(now)
	}
	v.hear(now, head)
}

// hear plays the sound of a period, if there is sound for all of it.
func (v *view) hear(now, head time.Duration) {
	for len(v.sounds) > 0 && v.sounds[0].at < head+tickPeriod {
		w := v.sounds[0]
		v.sounds = v.sounds[1:]
		if w.at != v.runTo {
			v.runFrom = w.at
		}
		v.runTo, v.playing = w.at+v.unit, w
	}
	s := &v.span
	if head < v.runFrom || v.runTo < head+tickPeriod {
		v.closeSpan(now)
		return
	}
	if s.open && s.uid != v.playing.uid {
		v.closeSpan(now)
	}
	if !s.open {
		*s = span{open: true, at: now, uid: v.playing.uid, media: head}
	}
	s.levels += v.playing.level
	s.ticks++
}

// normalSpeed in 1/1000: a view knows no other.
const normalSpeed = 1000

func (v *view) closeSpan(now time.Duration) {
	s := v.span
	v.span = span{}
	if !s.open || now == s.at {
		return
	}
	v.m.emit(trace.Event{Kind: trace.AudioPlayed, Peer: v.peer, V: [6]int64{
		int64(s.at), int64(now - s.at), normalSpeed, s.uid, s.levels / s.ticks, s.media.Milliseconds()}})
}

// show decodes every picture that is due and shows the last of them.
func (v *view) show(now, head time.Duration) {
	var frame h264.Frame
	var at time.Duration
	have := false
	for len(v.pictures) > 0 && v.pictures[0].at <= head {
		w := v.pictures[0]
		v.pictures = v.pictures[1:]
		if w.config {
			_ = v.decoder.Configure(w.data) // a bad one shows at the pictures that follow
			continue
		}
		if h264.IsSized(w.data) {
			continue
		}
		f, err := v.decoder.Decode(w.data)
		if err != nil {
			v.undecoded(err)
			continue
		}
		if have && at >= v.skipped {
			v.dropped(frame, v.m.texts.late)
		}
		frame, at, have = f, w.at, true
	}
	if !have {
		return
	}
	ev := trace.Event{At: now, Kind: trace.FrameShown, Actor: v.m.o.Actor, Peer: v.peer, V: [6]int64{4: at.Milliseconds(), 5: normalSpeed}}
	ev.V[0], ev.V[1], ev.V[2], ev.V[3] = phone.Seen(frame, 0, v.recorded)
	if frame.Foreign {
		v.recorded++
	}
	v.m.emit(ev)
	if f := v.m.o.Picture; f != nil {
		f(v.m.o.Actor, v.peer, now, frame.Picture, ev)
	}
}

func (v *view) undecoded(err error) {
	why := v.m.texts.undecodable
	if errors.Is(err, h264.ErrNeedKey) {
		why = v.m.texts.waitKey
	}
	v.dropped(h264.Frame{Foreign: true}, why)
}

func (v *view) dropped(f h264.Frame, why trace.TextID) {
	number, _, _, _ := phone.Seen(f, 0, -1)
	v.m.emit(trace.Event{Kind: trace.FrameDropped, Peer: v.peer, Text: why, V: [6]int64{number}})
}
