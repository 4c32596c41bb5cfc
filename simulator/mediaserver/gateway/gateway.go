package gateway

import (
	"fmt"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/trace"
)

// Options are the gateway's numbers.
type Options struct {
	// SessionIdle is how long a session lives without a message from its client,
	// whose pings come every 3 s. Source: Agora Native SDK, onUserOffline: 20 s
	// without a packet in the communication profile; fidelity: inferred.
	SessionIdle time.Duration
	// MaxMessageBytes bounds one message of a client's; a longer one ends the socket.
	// Source: none; fidelity: assumed.
	MaxMessageBytes int64
	// MaxRequests in one second; more are answered with 429, and ten times as many of
	// those, without a quiet second between, end the socket. Source: the code is documented, the number isn't; fidelity: assumed.
	MaxRequests int
	// MaxWaitingBytes bounds what waits for a client that doesn't read.
	// Source: none; fidelity: assumed.
	MaxWaitingBytes int
	// TokenLife is how long a token is good for; 0: for ever, as members that join with
	// the bare App ID have none. Source: none; fidelity: assumed.
	TokenLife time.Duration
	// Expiry is what becomes of a session whose token has expired.
	// Source: Web SDK, token-privilege-did-expire: the user is out of the channel and
	// joins again; fidelity: inferred.
	Expiry Expiry

	Defects Defects
}

// Expiry is what a token's end means for its session.
type Expiry string

const (
	// ExpiryEnds ends the session and closes its socket.
	ExpiryEnds Expiry = "ends"
	// ExpiryTells only tells the member.
	ExpiryTells Expiry = "tells"
)

// DefaultOptions are the standard gateway's.
func DefaultOptions() Options {
	return Options{SessionIdle: 20 * time.Second, MaxMessageBytes: 32 << 10, MaxRequests: 100, MaxWaitingBytes: 1 << 20, Expiry: ExpiryEnds}
}

// Validate tells what is wrong with the options.
func (o Options) Validate() error {
	switch {
	case o.SessionIdle <= 0:
		return fmt.Errorf("gateway: session idle time-out %v", o.SessionIdle)
	case o.MaxMessageBytes <= 0:
		return fmt.Errorf("gateway: messages of %d bytes at most", o.MaxMessageBytes)
	case o.MaxRequests <= 0:
		return fmt.Errorf("gateway: %d requests a second at most", o.MaxRequests)
	case o.MaxWaitingBytes <= 0:
		return fmt.Errorf("gateway: %d bytes waiting at most", o.MaxWaitingBytes)
	case o.TokenLife < 0:
		return fmt.Errorf("gateway: life of a token %v", o.TokenLife)
	case o.Expiry != ExpiryEnds && o.Expiry != ExpiryTells:
		return fmt.Errorf("gateway: expiry %q, want %s or %s", o.Expiry, ExpiryEnds, ExpiryTells)
	}
	return nil
}

// Gateway holds all sessions and tells members what package channel has for them.
type Gateway struct {
	o        Options
	proc     *engine.Proc
	log      *trace.Log // may be nil
	actor    func(uid uint32) trace.ActorID
	registry *channel.Registry
	sessions map[*channel.Member]*Session
	rules    []*Rule
	stale    []string // keys that have expired, oldest first
}

// New makes a gateway without sessions. Its Registry is set by Serve, because the
// registry needs the gateway as its Listener first.
func New(o Options, proc *engine.Proc, log *trace.Log, actor func(uint32) trace.ActorID) (*Gateway, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return &Gateway{o: o, proc: proc, log: log, actor: actor, sessions: map[*channel.Member]*Session{}}, nil
}

// Serve gives the gateway its registry.
func (g *Gateway) Serve(r *channel.Registry) { g.registry = r }

// StreamAdded implements channel.Listener.
func (g *Gateway) StreamAdded(to *channel.Member, uid uint32) { g.push(to, "stream-added", uid) }

// StreamRemoved implements channel.Listener.
func (g *Gateway) StreamRemoved(to *channel.Member, uid uint32) { g.push(to, "stream-removed", uid) }

// Left implements channel.Listener.
func (g *Gateway) Left(m *channel.Member, why string) {
	if s := g.sessions[m]; s != nil {
		s.forget()
		s.end(why)
	}
}

// Notify implements channel.Listener.
func (g *Gateway) Notify(to *channel.Member, n channel.Notice) {
	s := g.sessions[to]
	if s == nil {
		return
	}
	m := status{Command: "serverStatus", Code: n.Code, Reason: n.Reason}
	if n.Action != channel.Failure {
		m.Status = &serverStatus{Action: n.Action, UID: n.UID, URL: n.URL}
	}
	switch n.Action {
	case channel.Rotation:
		m.Status.Rotation = &n.Rotation
	case channel.AudioMute, channel.VideoMute:
		m.Status.Mute = &n.Mute
	case channel.Failure:
		if g.o.Defects.RepeatsErrors {
			s.peer.Send(encode(m))
		}
	}
	s.peer.Send(encode(m))
}

func (g *Gateway) push(to *channel.Member, action channel.Action, uid uint32) {
	if s := g.sessions[to]; s != nil {
		s.peer.Send(encode(status{Command: "serverStatus", Code: channel.CodeOK, Status: &serverStatus{Action: action, UID: uid}}))
	}
}
