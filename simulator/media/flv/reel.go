package flv

import "time"

// Reel plays one medium of a clip over and over.
type Reel struct {
	clip  *Clip
	units []int // in clip.Units
	next  int   // in the endless row of units since it was rewound
}

// Reel is that of the clip's pictures, or else of its sound.
func (c *Clip) Reel(video bool) *Reel {
	r := &Reel{clip: c}
	for i := range c.Units {
		if c.Units[i].Video == video {
			r.units = append(r.units, i)
		}
	}
	return r
}

// Rewind begins it anew.
func (r *Reel) Rewind() { r.next = 0 }

// Empty tells that the clip has nothing of this medium, and that nothing may be asked.
func (r *Reel) Empty() bool { return len(r.units) == 0 }

// Due is when the next unit comes, since the reel began.
func (r *Reel) Due() time.Duration {
	round, i := r.next/len(r.units), r.next%len(r.units)
	return r.clip.Units[r.units[i]].At + time.Duration(round)*r.clip.Length
}

// Take gives the next unit and moves on.
func (r *Reel) Take() Unit {
	u := r.clip.Units[r.units[r.next%len(r.units)]]
	r.next++
	return u
}
