package sdk

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Profile is one SDK version: switches and numbers that its code follows.
type Profile struct {
	// Version names the profile in messages to people; no code compares it.
	Version string `yaml:"version"`

	// LookupDomains are asked for gateways, all at the same instant; the first good
	// answer counts. Source: release notes 1.1.2 (miniapp-1..4.agoraio.cn) and the
	// SDK file of 1.0.0 (miniapp.agoraio.cn); fidelity: documented.
	LookupDomains []string `yaml:"lookupDomains"`
	// LookupPath is the path of the lookup POST. Source: SDK files 1.0.0 and 2.3.2;
	// fidelity: observed there, inferred for the versions between.
	LookupPath string `yaml:"lookupPath"`
	// LookupCommand is the body's command; empty leaves out command, appId and cname,
	// as the single-domain form does. Source: SDK files 1.0.0 and 2.3.2; fidelity: inferred.
	LookupCommand string `yaml:"lookupCommand"`
	// LabelAddress: a gateway's address stands in the first label of its name, with
	// dashes (1-2-3-4.example), instead of in the last four dot-parts.
	// Source: SDK files 1.0.0 (label) and 2.3.2 (parts); fidelity: inferred.
	LabelAddress bool `yaml:"labelAddress"`
	// GatewayDomain fronts all gateways; which one is meant stands in the URL's path.
	// Source: SDK files 1.0.0 to 2.4.2; fidelity: observed.
	GatewayDomain string `yaml:"gatewayDomain"`
	// Protocol is the sdkVersion field of requests, the only one gateways accept.
	// Source: SDK file 2.4.2; fidelity: observed.
	Protocol string `yaml:"protocol"`
	// SIDPerJoin makes a new session id for each join instead of one a Client.
	// Source: SDK files 1.0.0 (per join) and 2.4.2 (per Client); fidelity: inferred.
	SIDPerJoin bool `yaml:"sidPerJoin"`

	// GatewayOpenTimeout is how long one gateway's WebSocket may take to open before
	// the next is tried. Source: SDK files 2.3.2 to 2.6.4, run: 5 s; fidelity: observed.
	GatewayOpenTimeout time.Duration `yaml:"gatewayOpenTimeout"`
	// RequestTimeout ends a request without answer with code 903.
	// Source: SDK files 2.3.2 and 2.4.2, run: 10 s; fidelity: observed.
	RequestTimeout time.Duration `yaml:"requestTimeout"`
	// PingInterval is the time between pings, counted from the WebSocket's opening.
	// Source: SDK files 2.3.2 and 2.4.2, run: 3 s; fidelity: observed.
	PingInterval time.Duration `yaml:"pingInterval"`
	// PingRequest: with each ping goes a request of that name, whose answer is ignored.
	// Source: SDK file 2.3.2, run; 2.4.2 has none; fidelity: observed.
	PingRequest bool `yaml:"pingRequest"`
	// SuccessDelay defers every success callback but init's.
	// Source: SDK file 2.4.2: a 1 ms timer; fidelity: observed there, inferred before.
	SuccessDelay time.Duration `yaml:"successDelay"`

	// LookupTimeout ends the lookups with code 901; 0: they take as long as the host
	// lets them. Source: SDK files 2.3.2 to 2.6.4, run: none; fidelity: observed there,
	// assumed for 1.1.x, where a bounded time is what a page must be able to rely on.
	LookupTimeout time.Duration `yaml:"lookupTimeout"`
	// GatewayFailover is what becomes of a join at the second or a later gateway:
	// works (it is as good as the first), answers-dropped (join is sent, but nothing
	// that this gateway says is heard) or hangs (join isn't even sent; that pings
	// are is assumed).
	// Source: SDK files 2.3.2 (answers-dropped) and 2.4.2 (hangs), run; fidelity:
	// observed there, inferred for 1.1.x, which is given what the documents promise.
	GatewayFailover string `yaml:"gatewayFailover"`
	// JoinUID: join and rejoin give the page its uid; otherwise they give nothing.
	// Source: SDK files 2.3.2, 2.4.2 (nothing) and 2.6.4, run; fidelity: observed
	// there, inferred for 1.1.x.
	JoinUID bool `yaml:"joinUID"`
	// SharedSession: what is left of a session that has ended acts on the session that
	// the Client has by then, as if there had only ever been one. See session.acting
	// for what gets lost that way. Source: release notes 1.1.3 (repeated joins failed
	// now and then before); fidelity of the mechanism: inferred.
	SharedSession bool `yaml:"sharedSession"`

	// DefaultRole is the role of a Client whose page never called setRole.
	// Source: SDK files 2.3.2 to 2.5.2 and API typings: broadcaster; fidelity: documented.
	DefaultRole string `yaml:"defaultRole"`
	// SetRole: the method exists. Source: release notes 1.1.1; fidelity: documented.
	SetRole bool `yaml:"setRole"`
	// SetRoleInChannel: setRole acts after join too; otherwise it is only kept for the
	// next join. Source: release notes 2.3.2; fidelity: documented.
	SetRoleInChannel bool `yaml:"setRoleInChannel"`
	// SetRoleAnswersEarly: setRole calls back when it is only kept for the next join;
	// otherwise neither callback is ever called then.
	// Source: SDK files 2.3.2, 2.4.2 (silent) and 2.6.4, run; fidelity: inferred for 1.1.x.
	SetRoleAnswersEarly bool `yaml:"setRoleAnswersEarly"`
	// SetRoleGivesURL: setRole in a channel passes on a new push URL, if the gateway
	// gives one. Source: SDK file 2.4.2; fidelity: observed.
	SetRoleGivesURL bool `yaml:"setRoleGivesURL"`
	// Mute: mute and unmute exist. Source: release notes 1.1.2; fidelity: documented.
	Mute bool `yaml:"mute"`
	// MuteLocal: muteLocal and unmuteLocal exist. Source: release notes 2.4.0; fidelity:
	// documented.
	MuteLocal bool `yaml:"muteLocal"`
	// MuteAudioEvent: the gateway's audio-mute becomes mute-audio or unmute-audio;
	// otherwise it is passed on as it is. Source: release notes 2.4.2 and SDK files 2.3.2
	// (passed on) and 2.4.2; fidelity: observed.
	MuteAudioEvent bool `yaml:"muteAudioEvent"`
	// MuteVideoEvent: the same for video-mute. Source: release notes 2.4.5; SDK file 2.4.2
	// has it already; fidelity: observed.
	MuteVideoEvent bool `yaml:"muteVideoEvent"`
	// LeaveCallbacks: leave waits for the gateway's answer and calls back, and destroy
	// calls back; otherwise both end the session at once and in silence.
	// Source: release notes 2.3.2; fidelity: documented.
	LeaveCallbacks bool `yaml:"leaveCallbacks"`
	// LeaveCallbacksClosed: they also call back when the socket has closed before.
	// Source: SDK files 2.3.2, 2.4.2 (silent) and 2.6.4, run; fidelity: observed.
	LeaveCallbacksClosed bool `yaml:"leaveCallbacksClosed"`
	// Raise503: a gateway that stops in order (503) raises an error event.
	// Source: SDK files 2.3.2 (raised) and 2.4.2 (swallowed), run; fidelity: inferred for 1.1.x.
	Raise503 bool `yaml:"raise503"`
	// Connected: isConnected exists. Source: SDK files 2.3.2 (no) and 2.4.2; fidelity: observed.
	Connected bool `yaml:"connected"`
	// RawRequests: send and updatePushUrl exist. Source: SDK files 2.3.2 and 2.4.2;
	// fidelity: observed.
	RawRequests bool `yaml:"rawRequests"`
	// Telemetry: calls are reported to the vendor's collector, and the methods that
	// report the components' states exist. Source: SDK files 2.3.2 and 2.4.2; fidelity:
	// observed.
	Telemetry bool `yaml:"telemetry"`

	// Defects are planted by tests; no version's data name one.
	Defects Defects
}

// The ways of GatewayFailover.
const (
	failoverWorks = "works"
	failoverDeaf  = "answers-dropped"
	failoverHangs = "hangs"
)

// Common is what every known version has in common; a version's data add the rest.
func Common() Profile {
	return Profile{
		GatewayDomain:      "miniapp.agoraio.cn",
		Protocol:           "1.1.0",
		GatewayOpenTimeout: 5 * time.Second,
		RequestTimeout:     10 * time.Second,
		PingInterval:       3 * time.Second,
		SuccessDelay:       time.Millisecond,
		DefaultRole:        Broadcaster,
	}
}

// Validate tells what a profile lacks.
func (p Profile) Validate() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, fmt.Errorf("SDK profile %q: %s", p.Version, what))
		}
	}
	need(len(p.LookupDomains) > 0, "lookupDomains is empty")
	need(p.LookupPath != "" && p.LookupPath[0] == '/', "lookupPath must begin with /")
	need(p.GatewayDomain != "", "gatewayDomain is missing")
	need(p.Protocol != "", "protocol is missing")
	need(p.GatewayOpenTimeout > 0, "gatewayOpenTimeout must be positive")
	need(p.RequestTimeout > 0, "requestTimeout must be positive")
	need(p.PingInterval > 0, "pingInterval must be positive")
	need(p.SuccessDelay >= 0, "successDelay must not be negative")
	need(p.LookupTimeout >= 0, "lookupTimeout must not be negative")
	need(slices.Contains([]string{failoverWorks, failoverDeaf, failoverHangs}, p.GatewayFailover), "gatewayFailover must be works, answers-dropped or hangs")
	need(p.DefaultRole == Broadcaster || p.DefaultRole == Audience, "defaultRole must be broadcaster or audience")
	need(p.SetRole || !p.SetRoleInChannel && !p.SetRoleAnswersEarly && !p.SetRoleGivesURL, "switches of setRole are on but setRole is off")
	need(p.LeaveCallbacks || !p.LeaveCallbacksClosed, "leaveCallbacksClosed is on but leaveCallbacks is off")
	return errors.Join(errs...)
}
