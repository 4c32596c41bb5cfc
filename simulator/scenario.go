package simulator

import (
	"time"

	"minilab/devices/phone/fault"
	"minilab/devices/phone/sound"
	"minilab/devices/wechat"
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/media/flv"
	"minilab/simulator/mediaserver"
)

// Limits of what a scenario may ask for, so that a slip of the pen doesn't occupy
// the machine for days.
const (
	maxLength  = 24 * time.Hour
	maxMembers = 20000
)

// Roles of a member, and profiles of a channel.
const (
	Broadcaster   = "broadcaster"
	Audience      = "audience"
	Communication = "communication"
	Live          = "live"
)

// Cameras that are no recording.
const (
	CameraPattern = "pattern"
	CameraOff     = "off"
)

// How close to the real thing sound and pictures are made, for what it costs.
const (
	// audioStamps: each unit of sound says whose it is, when it was heard and how loud.
	audioStamps = "stamps"
	// audioSamples: samples beside it are recorded, cancelled, mixed and played.
	audioSamples = "samples"
	// mediaFull: every picture is encoded and decoded.
	mediaFull = "full"
	// mediaSparse: one a second is; the others only have their size.
	mediaSparse = "sparse"
)

var (
	audios = []string{audioStamps, audioSamples}
	medias = []string{mediaFull, mediaSparse}
	voices = []string{sound.Talk, sound.Tone}
)

// Scenario is what to run: a cast, a script, and what is expected of the run.
type Scenario struct {
	File     string // for messages
	Name     string
	Title    fixtures.Text
	Source   string
	Fidelity fixtures.Fidelity
	Issues   []string // it is about
	Promises []string
	Length   time.Duration
	SDK      string
	Profile  string
	Server   serverSetup
	App      appSetup
	Audio    string // audioStamps or audioSamples
	Media    string // mediaFull or mediaSparse
	Mutant   string // the defect planted; "": none
	Members  []Member
	Script   []Step
	Expect   []Expectation

	overrides []override
	traces    traces // of its own files
}

// Member is one of the cast.
type Member struct {
	ID      string
	Origin  string // foreign.Native or foreign.Web; "": a mini-program
	UID     uint32 // 0: drawn
	Shares  string // the member whose uid it has; "": none
	Channel string // "": the scenario's name
	Codec   string // of a member of another SDK; "": H.264
	Device  fixtures.Device
	Network fixtures.Network
	Role    string
	WeChat  string // the version that the phone has; "": its device's
	// WebSockets is how many its mini-program may have; 0: what its WeChat allows.
	WebSockets int
	// PathDelay is that of a member of another SDK, each way; 0: the usual.
	PathDelay time.Duration
	Camera    string // CameraPattern, CameraOff or the name of a clip
	Mic       bool
	Voice     string // of its user, where sound has samples: one of voices
	// Pusher and Player are the attributes in the page's markup; those of the vendor's
	// demo where nothing else is written.
	Pusher wechat.PusherAttributes
	Player wechat.PlayerAttributes

	clip    *flv.Clip
	network yamlfile.Node // where its network is written
	chances chances       // of its phone, where they aren't the device's
}

// Step is something that members do or suffer at a time.
type Step struct {
	ID      string // how overrides name it; "" if it has no name
	At      time.Duration
	Members []int // indices into Scenario.Members
	Action  Action
}

// Action is what a step does: a word of the page's vocabulary, a fault, or something
// that the server does.
type Action struct {
	Word   string
	Args   map[string]argument // of the page's words and the server's
	Server mediaserver.Command // server; its uids are known only when the world runs
	Length time.Duration       // outage
	Change networkChange       // network
	Fault  *fault.Fault        // of the phone, if it is one
}

// Expectation is what a scenario says of its run beyond the invariants. One of
// Symptom, Absent, Promise, FirstFrame, Freezes and Frames is set.
type Expectation struct {
	Line        int
	Symptom     string // this issue must show ...
	Absent      string // ... or must not
	On          string // whom it shows on; "": anybody
	From, Until time.Duration
	Promise     string // must be held
	FirstFrame  bool   // Publisher's first picture reaches Viewer before Until
	Publisher   string
	Viewer      string
	Freezes     *int // at most so many in each view
	Frames      bool // every expected frame is shown in each view
}

// member is the index of the member of that id, or -1.
func (s *Scenario) member(id string) int {
	for i := range s.Members {
		if s.Members[i].ID == id {
			return i
		}
	}
	return -1
}

// Cast is the members' ids in the order of the file.
func (s *Scenario) Cast() []string {
	out := make([]string, len(s.Members))
	for i := range s.Members {
		out[i] = s.Members[i].ID
	}
	return out
}
