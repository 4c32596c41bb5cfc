package phone

import (
	"minilab/simulator/media/h264"
	"minilab/simulator/trace"
)

// Seen is what a picture on a screen says of itself: the first four values of the
// trace's FrameShown, read from the decoded samples. turned is how far the player turns
// what it shows, in degrees clockwise. Of a recording nothing can be read; its pictures
// have the number that the caller counts. A picture of uid 0 is nobody's: an image that
// stands for the camera's.
func Seen(f h264.Frame, turned int, count int64) (number, captured, uid, flags int64) {
	number, captured, uid = -1, -1, -1
	if f.Foreign {
		flags = trace.ShownForeign
		if f.Broken {
			flags |= trace.ShownBroken
		}
		return count, captured, uid, flags
	}
	r := &f.Reading
	if r.OK && r.Stamp.UID == 0 {
		flags |= trace.ShownWaiting
	} else if r.OK {
		number, captured, uid = int64(r.Stamp.Frame), int64(r.Stamp.Captured), int64(r.Stamp.UID)
	} else if !r.Black {
		flags |= trace.ShownGarbled
	}
	if r.Readable && (r.Rotation+turned)%360 != 0 {
		flags |= trace.ShownRotated
	}
	if r.Black {
		flags |= trace.ShownBlack
	}
	return number, captured, uid, flags
}
