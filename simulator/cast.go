package simulator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"minilab/devices/app"
	"minilab/devices/foreign"
	"minilab/devices/phone/sound"
	"minilab/devices/wechat"
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/media/flv"
)

// rawMember is one of the cast as it is written.
type rawMember struct {
	node yamlfile.Node
	rawMemberFields
}

type rawMemberFields struct {
	Origin     yamlfile.Value[string]        `yaml:"origin" doc:"native or web: a member of the vendor's other SDKs, without a phone and a network of its own; left out: a mini-program"`
	Device     yamlfile.Value[string]        `yaml:"device" doc:"the phone, one of minilab list devices"`
	Network    rawNetwork                    `yaml:"network" doc:"how it is connected: one of minilab list networks, or values of a link such as {rate: 2M, delay: 20ms, loss: 1%}"`
	Role       yamlfile.Value[string]        `yaml:"role,required" doc:"broadcaster or audience, at its first join"`
	Camera     yamlfile.Value[string]        `yaml:"camera" doc:"pattern (as if left out), off, or a recording: lobby.flv or a file beside the scenario"`
	Mic        onOff                         `yaml:"mic" doc:"on (as if left out) or off, at the start"`
	Voice      yamlfile.Value[string]        `yaml:"voice" doc:"with audio: samples, what its user says: talk (as if left out) or tone"`
	Codec      yamlfile.Value[string]        `yaml:"codec" doc:"of a web member: h264 (as if left out) or vp8, which no mini-program shows"`
	UID        yamlfile.Value[uint32]        `yaml:"uid" doc:"left out: drawn from the seed"`
	Shares     yamlfile.Value[string]        `yaml:"shares" doc:"a member named before, whose uid this one has too"`
	Channel    yamlfile.Value[string]        `yaml:"channel" doc:"the channel that it joins; left out: the scenario's"`
	WeChat     yamlfile.Value[string]        `yaml:"wechat" doc:"one of minilab list wechats; left out: the device's"`
	WebSockets yamlfile.Value[int]           `yaml:"websockets" doc:"how many WebSockets its mini-program may have at once; left out: as many as its WeChat allows, 2 or 5"`
	PathDelay  yamlfile.Value[time.Duration] `yaml:"path_delay" doc:"of a native or web member: how long everything takes between it and the channel, each way; left out: 40ms (assumed)"`
	Pusher     yamlfile.Node                 `yaml:"pusher" doc:"attributes of its live-pusher, such as {min-bitrate: 300, mode: HD}; left out: the vendor's demo's"`
	Player     yamlfile.Node                 `yaml:"player" doc:"attributes of its live-players, such as {mode: live, max-cache: 2.5}; left out: the vendor's demo's"`
}

// MemberWords are what a scenario can say of one of its cast.
func MemberWords() []app.Word {
	var out []app.Word
	t := reflect.TypeFor[rawMemberFields]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		w := app.Word{Name: name, Doc: t.Field(i).Tag.Get("doc")}
		switch name {
		case "pusher":
			w.Args = attributeArgs("live-pusher", wechat.DefaultPusherAttributes())
		case "player":
			w.Args = attributeArgs("live-player", wechat.DefaultPlayerAttributes())
		}
		out = append(out, w)
	}
	return out
}

// attributeArgs are a component's attributes: what each is when it isn't written, and
// which base library it came with.
func attributeArgs(of string, defaults any) []app.Arg {
	kinds := map[reflect.Kind]app.Kind{reflect.Bool: "true or false", reflect.Int: "a number", reflect.Float64: "a number", reflect.String: app.KindText}
	var out []app.Arg
	v := reflect.ValueOf(defaults)
	for i := range v.NumField() {
		a := app.Arg{Name: v.Type().Field(i).Tag.Get("yaml"), Kind: kinds[v.Field(i).Kind()], Optional: true}
		a.Doc = fmt.Sprintf("by itself %v", v.Field(i).Interface())
		if v.Field(i).Kind() == reflect.String {
			a.Doc = fmt.Sprintf("by itself %q", v.Field(i).String())
		}
		for _, known := range fixtures.Attributes() {
			if known.Of == of && known.Name == a.Name {
				a.Doc += ", known to base libraries from " + known.Since + " on"
			}
		}
		out = append(out, a)
	}
	return out
}

// UnmarshalNode implements yamlfile.Unmarshaler.
func (r *rawMember) UnmarshalNode(n yamlfile.Node) {
	r.node = n
	n.Decode(&r.rawMemberFields)
}

// codecs that members of other SDKs can send pictures in.
// Source: vendor's FAQ, whose web members must send H.264 and not VP8; fidelity: documented.
var codecs = []string{foreign.H264, foreign.VP8}

// word is how scenarios, members and steps are called: as file names, in keys and
// in columns.
var word = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,39}$`)

const wordRule = "use a-z, 0-9, dots and dashes, beginning with a letter, at most 40"

// maxPathDelay bounds what a scenario may write. Source: none; fidelity: assumed.
const maxPathDelay = time.Minute

// reserved are the words of a step that can't be a member's name.
var reserved = []string{"at", "id", "all", "server"}

func (p *parser) cast() {
	members := p.raw.Members
	if members.At.Known() && members.At.IsMap() && len(members.V) == 0 {
		members.At.Fail("the cast is empty", "name at least one member, such as  doctor: {device: iphone-8-ios-11.4, network: good, role: broadcaster}")
	}
	if len(members.V) > maxMembers {
		members.At.Fail(fmt.Sprintf("%d members are more than %d", len(members.V), maxMembers), "leave some out")
		return
	}
	uids := map[uint32]string{}
	for _, e := range members.V {
		if !word.MatchString(e.Name) || slices.Contains(reserved, e.Name) {
			e.At.Fail(fmt.Sprintf("a member can't be called %q", e.Name), wordRule+"; at, id, all and server mean something else")
		}
		m := Member{ID: e.Name, Camera: CameraPattern, Mic: true, Voice: sound.Talk, Pusher: app.DemoPusher(), Player: app.DemoPlayer()}
		if e.V != nil {
			p.castMember(&m, e.V)
			if other, twice := uids[m.UID]; twice && m.UID != 0 {
				e.V.UID.At.Fail(fmt.Sprintf("uid %d is that of %s already", m.UID, other), "give it another, or write shares: "+other+" in its place")
			}
			uids[m.UID] = m.ID
		}
		p.Members = append(p.Members, m)
	}
}

func (p *parser) castMember(m *Member, r *rawMember) {
	p.origin(m, r)
	if oneOf(r.Device, "device", deviceNames()) {
		m.Device, _ = findDevice(r.Device.V)
	}
	if oneOf(r.Role, "role", []string{Broadcaster, Audience}) {
		m.Role = r.Role.V
	}
	m.Network, m.network = r.Network.network(), r.Network.at
	if r.Camera.At.Known() {
		m.Camera = r.Camera.V
		clip, err := loadClip(p.File, m.Camera)
		if errors.Is(err, fs.ErrNotExist) {
			r.Camera.At.FailWord("camera", m.Camera, cameras())
		} else if err != nil {
			r.Camera.At.Fail(err.Error(), "a clip is an FLV file with H.264 (Baseline, no B-frames) and AAC")
		}
		m.clip = clip
	}
	if r.Mic.at.Known() {
		m.Mic = r.Mic.on
	}
	if r.Voice.At.Known() && oneOf(r.Voice, "voice", voices) {
		m.Voice = r.Voice.V
	}
	m.UID = r.UID.V
	if r.UID.OK && m.UID == 0 {
		r.UID.At.Fail("uid 0 means none", "write another, or leave uid out: it is drawn")
	}
	m.Channel = r.Channel.V
	if r.Channel.OK && m.Channel == "" {
		r.Channel.At.Fail("a channel's name can't be empty", "write one, or leave channel out: the scenario's")
	}
	p.shares(m, r)
	if oneOf(r.WeChat, "WeChat version", wechatNames()) {
		m.WeChat = r.WeChat.V
	}
	p.limits(m, r)
	m.attributes(r)
}

// limits reads what a member has in the place of its platform's own number.
func (p *parser) limits(m *Member, r *rawMember) {
	if m.WebSockets = r.WebSockets.V; r.WebSockets.OK && m.WebSockets < 1 {
		r.WebSockets.At.Fail(fmt.Sprintf("%d WebSockets", m.WebSockets), "a mini-program that joins needs one at least")
	}
	m.PathDelay = r.PathDelay.V
	switch {
	case !r.PathDelay.OK:
	case m.Origin == "":
		r.PathDelay.At.Fail("a mini-program's delay is its network's", "write the network's delay, or an origin: native or web")
	case m.PathDelay <= 0 || m.PathDelay > maxPathDelay:
		r.PathDelay.At.Fail(fmt.Sprintf("a path delay of %v", m.PathDelay), fmt.Sprintf("write more than nothing, and up to %v", maxPathDelay))
	}
}

// attributes reads what the page's markup says to its components. What the page itself
// switches is not for the markup to say.
func (m *Member) attributes(r *rawMember) {
	for _, c := range []struct {
		name  string
		at    yamlfile.Node
		into  interface{ Validate() error }
		taken []string
	}{
		{"pusher", r.Pusher, &m.Pusher, []string{"autopush", "muted", "enable-mic", "enable-camera"}},
		{"player", r.Player, &m.Player, []string{"autoplay", "orientation"}},
	} {
		if !c.at.Known() {
			continue
		}
		for _, e := range c.at.Entries() {
			if slices.Contains(c.taken, e.Key) {
				e.At.Fail(e.Key+" is what the page itself sets", "mic, camera and the other words of the script have it do so")
			}
		}
		c.at.Decode(c.into)
		if err := c.into.Validate(); err != nil {
			c.at.Fail(err.Error(), "minilab explain member "+c.name+" shows some; the documentation of the component has them all")
		}
	}
}

// origin looks at what sets the members of the vendor's other SDKs apart: they have no
// phone and no network of ours, but a codec.
func (p *parser) origin(m *Member, r *rawMember) {
	if r.Origin.At.Known() && oneOf(r.Origin, "origin", []string{foreign.Native, foreign.Web}) {
		m.Origin = r.Origin.V
	}
	if r.Codec.At.Known() && oneOf(r.Codec, "codec", codecs) {
		m.Codec = r.Codec.V
	}
	switch {
	case !r.Origin.At.Known() && !r.Device.At.Known():
		r.node.Fail("lacks device", "a device, or an origin for a member of another SDK: native or web")
	case !r.Origin.At.Known() && !r.Network.at.Known():
		r.node.Fail("lacks network", "minilab list networks says which there are")
	case r.Origin.At.Known() && r.Device.At.Known():
		r.Device.At.Fail("a member of another SDK has no device here", "leave device or origin out")
	case r.Origin.At.Known() && r.Network.at.Known():
		r.Network.at.Fail("a member of another SDK has no network here", "leave network or origin out")
	case r.Origin.At.Known() && (r.WeChat.At.Known() || r.WebSockets.At.Known() || r.Pusher.Known() || r.Player.Known()):
		r.Origin.At.Fail("a member of another SDK has no WeChat", "leave wechat, websockets, pusher and player out, or origin")
	case m.Codec == foreign.VP8 && m.Origin == foreign.Native:
		r.Codec.At.Fail("a native member sends H.264", "leave codec out, or say origin: web")
	case !r.Origin.At.Known() && r.Codec.At.Known():
		r.Codec.At.Fail("a mini-program always sends H.264", "leave codec out, or say origin: web")
	}
}

// shares reads whose uid a member has as its own.
func (p *parser) shares(m *Member, r *rawMember) {
	if !r.Shares.At.Known() || r.Shares.V == "" {
		return
	}
	i := p.member(r.Shares.V)
	switch {
	case i < 0:
		r.Shares.At.Fail(fmt.Sprintf("%q is no member named before", r.Shares.V), "the first of two that share a uid stands first, without shares")
	case r.UID.At.Known():
		r.UID.At.Fail(fmt.Sprintf("%s has the uid of %s already", m.ID, r.Shares.V), "leave uid or shares out")
	case p.Members[i].Shares != "":
		r.Shares.At.Fail(fmt.Sprintf("%s shares the uid of %s itself", r.Shares.V, p.Members[i].Shares), "write shares: "+p.Members[i].Shares)
	default:
		m.Shares = r.Shares.V
	}
}

// loadClip finds a recording: one shipped with fixtures, or a file beside the
// scenario. Words that name no recording give none.
func loadClip(scenarioFile, camera string) (*flv.Clip, error) {
	if camera == CameraPattern || camera == CameraOff || camera == "" {
		return nil, nil
	}
	data, err := fixtures.Clip(camera)
	if err != nil {
		path := camera
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(scenarioFile), path)
		}
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("clip %q: %w", camera, err)
	}
	clip, err := flv.LoadClip(data)
	if err != nil {
		return nil, fmt.Errorf("clip %q can't be used: %w", camera, err)
	}
	return clip, nil
}
