package channel

import (
	"fmt"
	"net/netip"
	"time"

	"minilab/simulator/mediaserver/relay"
)

// Profile is a channel's profile.
type Profile string

// In Live, members are broadcasters or audience; in Communication they usually all
// publish. The rule that an audience may not publish holds in both.
const (
	Communication Profile = "communication"
	Live          Profile = "live"
)

// Presence says when the others are told of a publisher.
type Presence string

const (
	// OnFirstMedia announces a stream when its first coded audio or video arrives.
	// It is what makes members who enter silent and without camera unknown to others
	// until they speak, as the release notes of 1.1.x say.
	OnFirstMedia Presence = "first-media"
	// OnPublish announces a stream as soon as publish is granted.
	OnPublish Presence = "publish"
)

// Known says what a member that rejoins hears of streams which it says it knows.
type Known string

const (
	// KnownAgain announces every stream that is there, known or not. The demo app
	// replaces URL and key of a tile that exists when stream-added comes again, which
	// it would have no reason to do otherwise; and old play URLs died with the session.
	KnownAgain Known = "again"
	// KnownSilent announces only the differences.
	KnownSilent Known = "silent"
)

// Binding says who may use a media URL.
type Binding string

const (
	// BoundToAddress lets a URL open connections only from the network address that
	// its session's WebSocket has. A phone whose network changed gets new URLs with its
	// new session: an early version of the vendor's demo asked for a new push URL when
	// Wi-Fi gave way to 4G.
	BoundToAddress Binding = "address"
	// Bearer lets whoever holds a URL use it.
	Bearer Binding = "bearer"
)

// Options are the switches and numbers of the channel rules.
type Options struct {
	// Profile of every channel.
	Profile Profile
	// Presence. Source: release notes 1.1.0-1.1.3, known issue of members that enter
	// muted; fidelity: inferred.
	Presence Presence
	// Rejoin. Source: what the demo app does with a second stream-added; fidelity: inferred.
	Rejoin Known
	// Binding of media URLs. Source: the vendor's demo of July 2018; fidelity: inferred.
	Binding Binding
	// Own are addresses of one computer besides the loopback ones, for a server whose
	// clients share its computer: which of them such a client has depends on the address
	// that it calls.
	Own []netip.Addr
	// LateMutes has those who learn of a stream late hear, behind stream-added, that its
	// publisher has stopped sending a medium; otherwise mutes are told only when they
	// happen. The events are described as news; no document says that they are repeated.
	// Source: none; fidelity: assumed.
	LateMutes bool
	// RoleURL has the answer to a change of role to broadcaster hold a publish URL, which
	// clients from 2.4.x on understand. Source: SDK file 2.4.2 reads the field, what fills
	// it isn't known; fidelity: assumed.
	RoleURL bool
	// AppIDs that may use the service; nil admits any.
	AppIDs []string
	// MaxMembers of a channel. Source: release notes, channels of 10,000; fidelity: documented.
	MaxMembers int
	// URLLife is how long after its issue a media URL opens connections; one that is
	// open stays. Source: none; fidelity: assumed.
	URLLife time.Duration
	// OldURLLife is how long a media URL that was replaced by a new one still opens
	// connections, if the new one isn't used before: a player that is just connecting
	// isn't cut off. Source: none; fidelity: assumed.
	OldURLLife time.Duration
	// Host is the RTMP host in media URLs. Source: a constant in the shipped SDK
	// 2.4.2; fidelity: observed.
	Host string

	Defects Defects
}

// DefaultOptions are those of the 1.1.x era.
func DefaultOptions() Options {
	return Options{
		Profile:    Communication,
		Presence:   OnFirstMedia,
		Rejoin:     KnownAgain,
		Binding:    BoundToAddress,
		MaxMembers: 10000,
		URLLife:    24 * time.Hour,
		OldURLLife: 10 * time.Second,
		Host:       "mini-app.broadcastapp.agoraio.cn",
	}
}

// Validate tells what is wrong with the options.
func (o Options) Validate() error {
	switch {
	case o.Profile != Communication && o.Profile != Live:
		return fmt.Errorf("channel: profile %q, want %s or %s", o.Profile, Communication, Live)
	case o.Presence != OnFirstMedia && o.Presence != OnPublish:
		return fmt.Errorf("channel: presence %q, want %s or %s", o.Presence, OnFirstMedia, OnPublish)
	case o.Rejoin != KnownAgain && o.Rejoin != KnownSilent:
		return fmt.Errorf("channel: rejoin %q, want %s or %s", o.Rejoin, KnownAgain, KnownSilent)
	case o.Binding != BoundToAddress && o.Binding != Bearer:
		return fmt.Errorf("channel: URL binding %q, want %s or %s", o.Binding, BoundToAddress, Bearer)
	case o.MaxMembers <= 0:
		return fmt.Errorf("channel: %d members at most", o.MaxMembers)
	case o.URLLife <= 0:
		return fmt.Errorf("channel: URL life %v", o.URLLife)
	case o.OldURLLife < 0:
		return fmt.Errorf("channel: life of replaced URLs %v", o.OldURLLife)
	case o.Host == "":
		return fmt.Errorf("channel: no RTMP host")
	}
	return nil
}

// Deps are what a registry works with.
type Deps struct {
	Relay    *relay.World
	Token    func() string // a fresh random token for a URL
	Listener Listener      // of members whose Login names none
}
