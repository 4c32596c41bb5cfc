package relay

import (
	"fmt"
	"time"
)

// Restart says with what video goes on after an unmute.
type Restart string

const (
	// RestartNextKey waits for the publisher's next key frame. Nothing that was
	// captured while the medium was muted is ever shown, and the timestamps of one
	// connection never step back behind audio that was already sent; the price is up
	// to one key frame interval without a picture.
	RestartNextKey Restart = "next-key"
	// RestartCachedGOP sends the cached group of pictures at once: the picture is
	// back within a round trip, but the player first sees pictures from the muted
	// time, with timestamps behind the audio's.
	RestartCachedGOP Restart = "cached-gop"
)

// Overflow says what goes when too much waits for a subscriber.
type Overflow string

const (
	// OverflowToKey drops pictures up to a key frame, so that what is sent can always be
	// decoded, and keeps sound as long as it can.
	OverflowToKey Overflow = "to-key"
	// OverflowAll drops all that waits but the sequence headers, and goes on with whatever
	// comes next: the viewer's decoder meets a picture whose reference it never got.
	// Source: SRS, SrsMessageQueue::shrink; fidelity: documented.
	OverflowAll Overflow = "all"
)

// Options are the relay's numbers and switches.
type Options struct {
	// GOPCache has a new subscriber begin with the last key frame and all that
	// followed it, rather than wait for the next key frame.
	// Source: SRS gop_cache is on by default; fidelity: inferred.
	GOPCache bool
	// GOPBytes bounds the cache; a longer group of pictures isn't cached.
	// Source: 30 s of 2 Mbit/s video; fidelity: assumed.
	GOPBytes int
	// QueueLength is how much media time may wait for one subscriber before video is
	// dropped. Source: SRS queue_length 10 s; fidelity: inferred.
	QueueLength time.Duration
	// Overflow of the queue. Source: not documented; fidelity: assumed, for the reason
	// given at OverflowToKey.
	Overflow Overflow
	// QueueBytes bounds the same queue whatever the timestamps say. When even audio
	// alone exceeds it, the oldest audio goes. Source: none; fidelity: assumed.
	QueueBytes int
	// TimestampJump is the step forwards of a publisher's timestamps that is taken as a
	// new beginning rather than as time that passed.
	// Source: none; fidelity: assumed.
	TimestampJump time.Duration
	// Unmute is what video restarts with. Source: not documented; fidelity: assumed,
	// for the reason given at RestartNextKey.
	Unmute Restart
	// Notify tells viewers when the publisher's connection ends and when it is back;
	// else they just get nothing meanwhile. Source: Adobe Flash Media Server
	// (UnpublishNotify, PublishNotify), nginx-rtmp publish_notify; fidelity: inferred.
	Notify bool
	// ChunkSize is the RTMP chunk size of what subscribers are sent.
	// Source: SRS full.conf, chunk_size 60000: nearly every message is one chunk; lowered to
	// one that Wireshark's RTMP dissector follows; fidelity: inferred.
	ChunkSize int

	Defects Defects
}

// DefaultOptions are the numbers of the standard media server.
func DefaultOptions() Options {
	return Options{
		GOPCache:      true,
		GOPBytes:      8 << 20,
		QueueLength:   10 * time.Second,
		Overflow:      OverflowToKey,
		QueueBytes:    4 << 20,
		TimestampJump: 10 * time.Second,
		Unmute:        RestartNextKey,
		Notify:        true,
		ChunkSize:     32000,
	}
}

// Validate tells what is wrong with the options.
func (o Options) Validate() error {
	switch {
	case o.GOPCache && o.GOPBytes <= 0:
		return fmt.Errorf("relay: GOP cache of %d bytes", o.GOPBytes)
	case o.QueueLength <= 0:
		return fmt.Errorf("relay: queue length %v", o.QueueLength)
	case o.Overflow != OverflowToKey && o.Overflow != OverflowAll:
		return fmt.Errorf("relay: overflow %q, want %s or %s", o.Overflow, OverflowToKey, OverflowAll)
	case o.QueueBytes <= 0:
		return fmt.Errorf("relay: queue of %d bytes", o.QueueBytes)
	case o.TimestampJump <= 0:
		return fmt.Errorf("relay: timestamp jump %v", o.TimestampJump)
	case o.Unmute != RestartNextKey && o.Unmute != RestartCachedGOP:
		return fmt.Errorf("relay: unmute restart %q, want %s or %s", o.Unmute, RestartNextKey, RestartCachedGOP)
	case o.ChunkSize < 128 || o.ChunkSize > 0xffffff:
		return fmt.Errorf("relay: chunk size %d, want 128..16777215", o.ChunkSize)
	}
	return nil
}
