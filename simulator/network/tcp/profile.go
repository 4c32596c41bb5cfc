package tcp

import (
	"slices"
	"strings"
	"time"
)

// Profile is what an operating system makes of TCP where RFCs leave room.
type Profile struct {
	// Name is "linux", "android" or "ios".
	Name string
	// MinRTO is the floor of the RTT's variance term in the time-out, MaxRTO the
	// ceiling of the time-out.
	MinRTO, MaxRTO time.Duration
	// Tick is the granularity of timers; Wheel says that a timer is the later the
	// longer it waits (see ticks).
	Tick  time.Duration
	Wheel bool
	// SYNRetries is how often a SYN is repeated with doubling gaps, after LinearSYNs
	// repetitions a second apart. SYNTimeout ends the attempt in any case, if not 0.
	SYNRetries, LinearSYNs int
	SYNTimeout             time.Duration
	// Retries is how many retransmissions of one segment end a connection: by count,
	// or by the time that so many take from MinRTO on (Linux).
	Retries int
	// TimeWait is how long a closed connection lingers.
	TimeWait time.Duration
	// KeepIdle, KeepInterval and KeepProbes are SO_KEEPALIVE's defaults.
	KeepIdle, KeepInterval time.Duration
	KeepProbes             int
	// DropsLost says that sockets end when their address goes away. Where it is
	// false they don't notice: the connection is half open until it times out.
	DropsLost bool
	// Source is where these come from, and Fidelity how well that is known.
	Source, Fidelity string
}

// profiles by name. MinRTO of all: Linux TCP_RTO_MIN; XNU TCPTV_REXMTMIN 30 ms and
// TCPTV_REXMTSLOP 200 ms.
var profiles = []Profile{
	{
		Name: "linux", MinRTO: DefaultMinRTO, MaxRTO: maxRTO, Tick: 4 * time.Millisecond, Wheel: true,
		SYNRetries: DefaultSYNRetries, LinearSYNs: 4, Retries: DefaultRetries, TimeWait: timeWait,
		KeepIdle: 2 * time.Hour, KeepInterval: 75 * time.Second, KeepProbes: 9,
		Source:   "Linux 6.18 include/net/tcp.h, kernel/time/timer.c, Documentation/networking/ip-sysctl.rst (tcp_syn_retries, tcp_syn_linear_timeouts); CONFIG_HZ 250 as Debian has it",
		Fidelity: "documented",
	},
	{
		Name: "android", MinRTO: DefaultMinRTO, MaxRTO: maxRTO, Tick: 4 * time.Millisecond, Wheel: true,
		SYNRetries: DefaultSYNRetries, Retries: DefaultRetries, TimeWait: timeWait,
		KeepIdle: 2 * time.Hour, KeepInterval: 75 * time.Second, KeepProbes: 9, DropsLost: true,
		Source:   "Linux before 6.5 (no linear SYNs); Android GKI configuration CONFIG_HZ 250; netd destroys the sockets of a lost network (SOCK_DESTROY)",
		Fidelity: "documented",
	},
	{
		Name: "ios", MinRTO: 230 * time.Millisecond, MaxRTO: 64 * time.Second, Tick: time.Millisecond,
		SYNRetries: 12, SYNTimeout: 75 * time.Second, Retries: 12, TimeWait: 30 * time.Second,
		KeepIdle: 2 * time.Hour, KeepInterval: 75 * time.Second, KeepProbes: 8,
		Source:   "XNU bsd/netinet/tcp_timer.h: TCPTV_REXMTMIN, TCPTV_REXMTSLOP, TCPTV_REXMTMAX, TCPTV_KEEP_INIT, TCP_MAXRXTSHIFT, TCPTV_MSL; that timers are coalesced isn't modelled",
		Fidelity: "inferred",
	},
}

// Profiles are the operating systems that Options.OS can name; the first is the one
// that an empty name stands for.
func Profiles() []Profile { return slices.Clone(profiles) }

// profileOf finds a profile by its name, in any case.
func profileOf(name string) *Profile {
	if name == "" {
		return &profiles[0]
	}
	for i := range profiles {
		if strings.EqualFold(profiles[i].Name, name) {
			return &profiles[i]
		}
	}
	return nil
}
