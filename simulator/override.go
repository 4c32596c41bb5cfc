package simulator

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"minilab/devices/app"
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
)

// override is one change of a scenario, as it stands in a run's key.
type override struct{ key, value string }

// The settings that Override knows; those with a dot take a member's or a step's
// name in the place of the star.
var settings = []string{"network", "network.*", "device.*", "role.*", "camera.*", "mic.*", "wechat.*", "camera-stalls.*", "encoder-unrecovered.*", "encoder-silent.*", "encoder-corrupt.*", "sdk", "length", "profile", "audio", "media", "mutant", "page", "overflow", "at.*", "without"}

// What can be switched is on or off.
const switchOn = "on"

var switchPositions = []string{switchOn, "off"}

// Settings are the keys that Override knows, with a star for a member's or step's name.
func Settings() []string { return slices.Clone(settings) }

// Override changes one setting: network=good, network.doctor=4g, device.patient=...,
// role.*, camera.*, mic.*, wechat.*, a phone's chances (camera-stalls.*), sdk, length, profile, audio, media, mutant, page, overflow, at.STEP=12s, without=STEP,STEP.
// What it changed becomes part of the run's key. A changed scenario is no longer
// expected to show its symptoms: their cause may be gone.
func (s *Scenario) Override(key, value string) error {
	group, who, named := strings.Cut(key, ".")
	if !named && !slices.Contains(settings, key) || named && !slices.Contains(settings, group+".*") {
		return &UsageError{Problem: fmt.Sprintf("unknown setting %q", key), Nearest: nearestSetting(key), Remedy: "valid: " + join(settings) + " (* a member, for at a step's id)"}
	}
	if err := s.override(group, who, value); err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	if err := s.fits(); err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	s.Expect = slices.DeleteFunc(s.Expect, func(e Expectation) bool { return e.Symptom != "" })
	s.overrides = slices.DeleteFunc(s.overrides, func(o override) bool { return o.key == key && key != "without" })
	s.overrides = append(s.overrides, override{key, value})
	return nil
}

func nearestSetting(key string) string {
	group, who, named := strings.Cut(key, ".")
	var groups []string
	for _, k := range settings {
		groups = append(groups, strings.TrimSuffix(k, ".*"))
	}
	near := yamlfile.Nearest(group, groups)
	if near != "" && named {
		near += "." + who
	}
	if near == key {
		return ""
	}
	return near
}

func (s *Scenario) override(group, who, value string) error {
	switch group {
	case "sdk":
		return choose(&s.SDK, "SDK version", value, sdkNames())
	case "profile":
		return choose(&s.Profile, "channel profile", value, []string{Communication, Live})
	case "mutant":
		err := choose(&s.Mutant, "mutant", value, mutantNames())
		if s.Mutant == noMutant {
			s.Mutant = ""
		}
		return err
	case "page":
		return choose(&s.App.Page, "page", value, app.Pages())
	case "overflow":
		return choose(&s.Server.Overflow, "overflow", value, overflows)
	case "audio":
		return choose(&s.Audio, "audio", value, audios)
	case "media":
		return choose(&s.Media, "media", value, medias)
	case "length":
		return s.overrideLength(value)
	case "at":
		return s.overrideTime(who, value)
	case "without":
		return s.without(strings.Split(value, ","))
	case "network":
		if who == "" {
			return s.overrideNetworks(value)
		}
	}
	i := s.member(who)
	if i < 0 {
		return unknown("member", who, s.Cast())
	}
	return s.Members[i].override(group, value, s.File)
}

func (m *Member) override(group, value, file string) error {
	if m.Origin != "" && slices.Contains([]string{"network", "device", "wechat"}, group) || m.Origin != "" && isChance(group) {
		return &UsageError{Problem: fmt.Sprintf("%s is a member of the %s SDK: it has no %s here", m.ID, m.Origin, group)}
	}
	if isChance(group) {
		c, err := m.chances.with(group, value)
		m.chances = c
		return err
	}
	switch group {
	case "network":
		n, ok := findNetwork(value)
		if !ok {
			return unknown("network", value, networkNames())
		}
		m.Network = n
	case "device":
		d, ok := findDevice(value)
		if !ok {
			return unknown("device", value, deviceNames())
		}
		m.Device = d
	case "wechat":
		return choose(&m.WeChat, "WeChat version", value, wechatNames())
	case "role":
		return choose(&m.Role, "role", value, []string{Broadcaster, Audience})
	case "mic":
		var position string
		if err := choose(&position, "switch position", value, switchPositions); err != nil {
			return err
		}
		m.Mic = position == switchOn
	case "camera":
		clip, err := loadClip(file, value)
		if errors.Is(err, fs.ErrNotExist) {
			return unknown("camera", value, cameras())
		} else if err != nil {
			return &UsageError{Problem: err.Error()}
		}
		m.Camera, m.clip = value, clip
	}
	return nil
}

func choose(to *string, what, value string, valid []string) error {
	if !slices.Contains(valid, value) {
		return unknown(what, value, valid)
	}
	*to = value
	return nil
}

func (s *Scenario) overrideNetworks(value string) error {
	n, ok := findNetwork(value)
	if !ok {
		return unknown("network", value, networkNames())
	}
	for i := range s.Members {
		if s.Members[i].Origin == "" {
			s.Members[i].Network = n
		}
	}
	return nil
}

// overrideLength ends the scenario at another time. What would come later is cut off;
// what was expected up to the end is expected up to the new one.
func (s *Scenario) overrideLength(value string) error {
	d, err := yamlfile.ParseTime(value)
	switch {
	case err != nil:
		return &UsageError{Problem: err.Error()}
	case d <= 0:
		return &UsageError{Problem: "the length must be more than nothing"}
	case d > maxLength:
		return &UsageError{Problem: fmt.Sprintf("the length %v is more than %v", d, maxLength)}
	}
	s.Script = slices.DeleteFunc(s.Script, func(st Step) bool { return st.At > d })
	s.Expect = slices.DeleteFunc(s.Expect, func(e Expectation) bool { return e.From > d })
	for i := range s.Expect {
		e := &s.Expect[i]
		if toTheEnd := e.Until == s.Length && !e.FirstFrame; toTheEnd || e.Until > d {
			e.Until = d
		}
	}
	s.Length = d
	return nil
}

func (s *Scenario) overrideTime(id, value string) error {
	d, err := yamlfile.ParseTime(value)
	if err != nil {
		return &UsageError{Problem: err.Error()}
	}
	if d > s.Length {
		return &UsageError{Problem: fmt.Sprintf("the step would be at %v, but the scenario ends at %v", d, s.Length)}
	}
	if !slices.Contains(s.stepIDs(), id) {
		return unknown("step", id, s.stepIDs())
	}
	for i := range s.Script {
		if s.Script[i].ID == id {
			s.Script[i].At = d
		}
	}
	slices.SortStableFunc(s.Script, func(a, b Step) int { return int(a.At - b.At) })
	return nil
}

// without takes steps out of the script, by id.
func (s *Scenario) without(ids []string) error {
	known := s.stepIDs()
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return unknown("step", id, known)
		}
		s.Script = slices.DeleteFunc(s.Script, func(st Step) bool { return st.ID == id })
	}
	return nil
}

func (s *Scenario) stepIDs() []string {
	var out []string
	for _, st := range s.Script {
		if st.ID != "" && !slices.Contains(out, st.ID) {
			out = append(out, st.ID)
		}
	}
	return out
}

// Key names a run of this scenario with that seed: scenario@seed+k=v...
func (s *Scenario) Key(seed uint64) string {
	sorted := slices.Clone(s.overrides)
	slices.SortStableFunc(sorted, func(a, b override) int { return strings.Compare(a.key, b.key) })
	key := fmt.Sprintf("%s@%d", s.Name, seed)
	for _, o := range sorted {
		key += "+" + o.key + "=" + o.value
	}
	return key
}

// Command is the line that makes the run of Key again.
func (s *Scenario) Command(seed uint64) string {
	line := fmt.Sprintf("minilab run %s --seed %d", s.File, seed)
	if slices.Contains(fixtures.Scenarios(), s.Name) {
		line = fmt.Sprintf("minilab run %s --seed %d", s.Name, seed)
	}
	for _, o := range s.overrides {
		line += fmt.Sprintf(" --set %s=%s", o.key, o.value)
	}
	return line
}

// Variant reads the scenario of an issue's recipe, with its changes made.
func Variant(r fixtures.Recipe) (*Scenario, error) {
	s, err := Find(r.Scenario)
	if err != nil {
		return nil, err
	}
	if len(r.Without) > 0 {
		if err := s.Override("without", strings.Join(r.Without, ",")); err != nil {
			return nil, err
		}
	}
	for _, e := range r.Set {
		if err := s.Override(e.Name, e.V); err != nil {
			return nil, err
		}
	}
	return s, nil
}
