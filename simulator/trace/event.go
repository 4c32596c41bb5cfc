package trace

import "time"

// ActorID is a member's, or the server's, place in Record.Actors.
type ActorID uint16

// Nobody is the ActorID of an event's field that names no one.
const Nobody = ActorID(0xffff)

// TextID is the place of a string in Record.Texts; 0 is the empty string.
type TextID uint32

// Event is one thing that happened. What the fields mean is said at each Kind;
// fields that a kind doesn't mention are zero (Peer: Nobody).
type Event struct {
	At    time.Duration // virtual time since the start of the run
	Kind  Kind
	Actor ActorID // to whom it happened
	Peer  ActorID // the other party
	Text  TextID
	Note  TextID
	V     [6]int64
}

// Layer groups kinds by the part of the world that reports them.
type Layer uint8

// The layers of design: who is speaking.
const (
	LayerApp       Layer = iota // the developer's page: calls, answers, events, tiles
	LayerHost                   // the WeChat host: show, hide, suspend, sockets
	LayerComponent              // live-pusher and live-player: state codes, netstatus
	LayerMedia                  // frames captured, dropped, shown; audio played
	LayerRTMP                   // connections, commands and their status
	LayerServer                 // joins, roles, publishes, relay, mutes
	LayerNetwork                // link changes, TCP losses, totals
	LayerFault                  // what a script did on purpose
)

var layerNames = [...]string{"app", "host", "component", "media", "rtmp", "server", "network", "fault"}

func (l Layer) String() string { return layerNames[l] }
