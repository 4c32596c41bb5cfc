package foreign

import "minilab/simulator/rtmp"

// The SDKs that a member may use.
const (
	Native = "native"
	Web    = "web"
)

// Roles of a member.
const (
	Broadcaster = "broadcaster"
	Audience    = "audience"
)

// Channel is a member's way into its channel. All calls are on the event loop and
// take no time: the member itself spends the delay of its path.
type Channel interface {
	// Join admits the member in a role, with the origin and uid that the world knows.
	// What concerns it from then on is told to events, streams that are there already
	// included; events may be told from within this and any other call.
	Join(role string, events Events) (Seat, error)
}

// Seat is a member's session in a channel. After Leave, or after Events.Ended, its
// methods do nothing, and those that return an error return one.
type Seat interface {
	// Leave ends the session: feed and subscriptions end with it.
	Leave()
	// SetRole changes the role; who becomes audience has no feed any more.
	SetRole(role string) error
	// Publish begins the member's stream; a feed from before is over. It is refused to
	// an audience.
	Publish() (Feed, error)
	// Subscribe has media called with each message of uid's stream, in order and with
	// the timestamps that a subscriber is sent, beginning as for any new viewer with
	// the decoders' configuration. It is refused for a uid that is no broadcaster; a
	// second call for a uid takes the place of the first.
	Subscribe(uid uint32, media func(rtmp.Message)) error
	// Unsubscribe ends that; media isn't called any more.
	Unsubscribe(uid uint32)
	// Rotate says that the member's pictures are turned by so many degrees clockwise.
	Rotate(degrees int)
}

// Feed is a member's stream on its way into the channel.
type Feed interface {
	// Media takes a message as a live-pusher sends it: decoder configurations first,
	// timestamps in milliseconds since the feed began.
	Media(m rtmp.Message)
	// Close ends the stream.
	Close()
}

// Events tell a member what others do.
type Events interface {
	// StreamAdded: uid has a stream now, or had one when the member joined.
	StreamAdded(uid uint32)
	// StreamRemoved: it has none any more.
	StreamRemoved(uid uint32)
	// Rotated: uid's pictures are turned by so many degrees clockwise.
	Rotated(uid uint32, degrees int)
	// FeedEnded: the server ended the member's own feed (a role that may not publish,
	// or a newer feed). It isn't told of a Close.
	FeedEnded(why string)
	// Ended: the session is over and the member didn't leave (kicked, banned).
	Ended(why string)
}
