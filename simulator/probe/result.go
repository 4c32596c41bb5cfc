package probe

import (
	"time"

	"minilab/simulator/network/link"
)

// Result is what was measured.
type Result struct {
	// GoodputBPS is payload received over the receiver's time: to the end of a bulk
	// stream, to the last arrival of one of frames.
	GoodputBPS float64
	// Due is how many frames were due, and Delays, in ascending order, the time from
	// when a frame was due to the arrival of its last byte, of those that arrived
	// before the end and a grace of 3 s. A bulk stream has none.
	Due    int
	Delays []time.Duration
	// Retransmits counts segments sent again by the sender, Timeouts its
	// retransmission time-outs.
	Retransmits, Timeouts int
	// Opened is when the connection stood, and Ended why it ended early; nil if it
	// stood to the end.
	Opened time.Duration
	Ended  error
	// Up and Down count the link's packets.
	Up, Down link.Totals
	// Course is how it went over time, in equal parts of the stream's length.
	Course []Point
	Events uint64
}

// Point is what was seen in one part of the stream's length.
type Point struct {
	At time.Duration // its start, from when the connection stood
	// Bytes of payload arrived.
	Bytes int
	// Window is the sender's congestion window at the end of the part, in bytes.
	Window int
	// Queue is the longest time from a packet's hand-over to the up-link to its last
	// bit's leaving the serialiser; of packets handed over in this part.
	Queue time.Duration
	// Dropped counts packets up that didn't arrive.
	Dropped int
	// Frames counts the frames due in this part that arrived, Delay is the longest
	// delay of them.
	Frames int
	Delay  time.Duration
}

// Delay is a percentile of the frames' delays; there must be some.
func (r *Result) Delay(percent int) time.Duration {
	return r.Delays[min(len(r.Delays)*percent/100, len(r.Delays)-1)]
}
