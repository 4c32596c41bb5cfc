package simulator

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/media/flv"
)

// rawScenario is the file as it is written; Parse turns names into what they name.
type rawScenario struct {
	Name     yamlfile.Value[string]                   `yaml:"name,required"`
	Title    fixtures.Text                            `yaml:"title"`
	Source   string                                   `yaml:"source"`
	Fidelity fixtures.Fidelity                        `yaml:"fidelity"`
	Issues   []yamlfile.Value[string]                 `yaml:"issues"`
	Promises []yamlfile.Value[string]                 `yaml:"promises"`
	Length   yamlfile.Value[time.Duration]            `yaml:"length,required"`
	SDK      yamlfile.Value[string]                   `yaml:"sdk,required"`
	Channel  rawChannel                               `yaml:"channel"`
	Members  yamlfile.Value[yamlfile.Map[*rawMember]] `yaml:"members,required"`
	Script   []rawStep                                `yaml:"script,required"`
	Expect   []rawExpectation                         `yaml:"expect"`
}

type rawChannel struct {
	Profile yamlfile.Value[string] `yaml:"profile"`
}

type rawMember struct {
	Device  yamlfile.Value[string] `yaml:"device,required"`
	Network rawNetwork             `yaml:"network,required"`
	Role    yamlfile.Value[string] `yaml:"role,required"`
	Camera  yamlfile.Value[string] `yaml:"camera"`
	Mic     onOff                  `yaml:"mic"`
	UID     yamlfile.Value[uint32] `yaml:"uid"`
}

// parser carries what the parts of a scenario need of one another.
type parser struct {
	*Scenario
	raw rawScenario
}

// Find reads a scenario by name (one of fixtures.Scenarios) or by path (anything
// with a slash or an extension).
func Find(nameOrPath string) (*Scenario, error) {
	if strings.ContainsAny(nameOrPath, `/\`) || strings.HasSuffix(nameOrPath, ".yaml") || strings.HasSuffix(nameOrPath, ".yml") {
		src, err := read(nameOrPath)
		if err != nil {
			return nil, &UsageError{Problem: err.Error()}
		}
		return Parse(nameOrPath, src)
	}
	file, src, err := fixtures.Scenario(nameOrPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unknown("scenario", nameOrPath, fixtures.Scenarios())
	}
	if err != nil {
		return nil, err
	}
	return Parse(file, src)
}

// read is a file that is no longer than Parse takes; /dev/zero has no end.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, yamlfile.MaxBytes+8))
}

// Parse reads a scenario file. The error, if any, is of type yamlfile.Errors.
func Parse(file string, src []byte) (*Scenario, error) {
	p := &parser{Scenario: &Scenario{File: file, Profile: Communication}}
	if err := yamlfile.Decode(file, src, &p.raw, p.check); err != nil {
		return nil, err
	}
	return p.Scenario, nil
}

// check turns the raw scenario into one, noting what is wrong at its place. It runs
// even when the file has mistakes, so that one go tells them all.
func (p *parser) check() {
	s, r := p.Scenario, &p.raw
	s.Name, s.Title, s.Source, s.Fidelity = r.Name.V, r.Title, r.Source, r.Fidelity.All
	if r.Name.OK && !word.MatchString(s.Name) {
		r.Name.At.Fail(fmt.Sprintf("the name %q is no plain word", s.Name), wordRule)
	}
	s.Length, s.SDK = r.Length.V, r.SDK.V
	switch {
	case !r.Length.OK:
	case s.Length <= 0:
		r.Length.At.Failf("the length must be more than nothing")
	case s.Length > maxLength:
		r.Length.At.Failf("the length %v is more than %v", s.Length, maxLength)
	}
	oneOf(r.SDK, "SDK version", sdkNames())
	if r.Channel.Profile.At.Known() && oneOf(r.Channel.Profile, "channel profile", []string{Communication, Live}) {
		s.Profile = r.Channel.Profile.V
	}
	s.Issues = refs(r.Issues, "issue", issueIDs())
	s.Promises = refs(r.Promises, "promise", promiseIDs())
	p.cast()
	for i := range r.Script {
		p.step(&r.Script[i])
	}
	slices.SortStableFunc(s.Script, func(a, b Step) int { return int(a.At - b.At) })
	p.links()
	for i := range r.Expect {
		p.expectation(&r.Expect[i])
	}
}

// word is how scenarios, members and steps are called: as file names, in keys and
// in columns.
var word = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,39}$`)

const wordRule = "use a-z, 0-9, dots and dashes, beginning with a letter, at most 40"

// reserved are the words of a step that can't be a member's name.
var reserved = []string{"at", "id", "all", "server"}

func (p *parser) cast() {
	members := p.raw.Members
	if members.At.Known() && members.At.IsMap() && len(members.V) == 0 {
		members.At.Fail("the cast is empty", "name at least one member, such as  doctor: {device: iphone-8-ios-11.4, network: good, role: broadcaster}")
	}
	if len(members.V) > maxMembers {
		members.At.Failf("%d members are more than %d", len(members.V), maxMembers)
		return
	}
	uids := map[uint32]string{}
	for _, e := range members.V {
		if !word.MatchString(e.Name) || slices.Contains(reserved, e.Name) {
			e.At.Fail(fmt.Sprintf("a member can't be called %q", e.Name), wordRule+"; at, id, all and server mean something else")
		}
		m := Member{ID: e.Name, Camera: CameraPattern, Mic: true}
		if e.V != nil {
			p.castMember(&m, e.V)
			if other, twice := uids[m.UID]; twice && m.UID != 0 {
				e.V.UID.At.Failf("uid %d is that of %s already", m.UID, other)
			}
			uids[m.UID] = m.ID
		}
		p.Members = append(p.Members, m)
	}
}

func (p *parser) castMember(m *Member, r *rawMember) {
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
	m.UID = r.UID.V
	if r.UID.OK && m.UID == 0 {
		r.UID.At.Failf("uid 0 means none")
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
