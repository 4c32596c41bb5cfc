package phone

import (
	"time"

	"minilab/simulator/media/flv"
)

// reel plays one medium of a recording over and over.
type reel struct {
	clip   *flv.Clip
	config []byte
	units  []int // in clip.Units
	next   int   // in the endless row of units since it was rewound
}

func newVideoReel(c *flv.Clip) *reel { return newReel(c, c.VideoConfig, true) }
func newAudioReel(c *flv.Clip) *reel { return newReel(c, c.AudioConfig, false) }

func newReel(c *flv.Clip, config []byte, video bool) *reel {
	r := &reel{clip: c, config: config}
	for i := range c.Units {
		if c.Units[i].Video == video {
			r.units = append(r.units, i)
		}
	}
	return r
}

func (r *reel) rewind() { r.next = 0 }

// empty tells that the recording has nothing of this medium.
func (r *reel) empty() bool { return len(r.units) == 0 }

// due is when the next unit comes, since the recording began.
func (r *reel) due() time.Duration {
	round, i := r.next/len(r.units), r.next%len(r.units)
	return r.clip.Units[r.units[i]].At + time.Duration(round)*r.clip.Length
}

// take gives the next unit.
func (r *reel) take(now time.Duration) Unit {
	u := r.clip.Units[r.units[r.next%len(r.units)]]
	r.next++
	return Unit{Payload: u.Data, Captured: now, Key: u.Key}
}
