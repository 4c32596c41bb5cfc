package simulator

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
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
	Server   rawServer                                `yaml:"server"`
	App      rawApp                                   `yaml:"app"`
	Audio    yamlfile.Value[string]                   `yaml:"audio"`
	Media    yamlfile.Value[string]                   `yaml:"media"`
	Members  yamlfile.Value[yamlfile.Map[*rawMember]] `yaml:"members,required"`
	Script   []rawStep                                `yaml:"script,required"`
	Expect   []rawExpectation                         `yaml:"expect"`
}

type rawChannel struct {
	Profile yamlfile.Value[string] `yaml:"profile"`
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
	p := &parser{Scenario: &Scenario{File: file, Profile: Communication, Audio: audioStamps, Media: mediaFull}}
	if err := yamlfile.Decode(file, src, &p.raw, p.check); err != nil {
		return nil, err
	}
	return p.Scenario, nil
}

// check turns the raw scenario into one, noting what is wrong at its place. It runs
// even when the file has mistakes, so that one go tells them all.
func (p *parser) check() {
	s, r := p.Scenario, &p.raw
	s.Name, s.Title, s.Source, s.Fidelity = r.Name.V, r.Title, r.Source, r.Fidelity
	if r.Name.OK && !word.MatchString(s.Name) {
		r.Name.At.Fail(fmt.Sprintf("the name %q is no plain word", s.Name), wordRule)
	}
	s.Length, s.SDK = r.Length.V, r.SDK.V
	switch {
	case !r.Length.OK:
	case s.Length <= 0:
		r.Length.At.Fail("the length must be more than nothing", "write a time such as 90s")
	case s.Length > maxLength:
		r.Length.At.Fail(fmt.Sprintf("the length %v is more than %v", s.Length, maxLength), "write less: a longer run is several")
	}
	oneOf(r.SDK, "SDK version", sdkNames())
	if r.Channel.Profile.At.Known() && oneOf(r.Channel.Profile, "channel profile", []string{Communication, Live}) {
		s.Profile = r.Channel.Profile.V
	}
	s.Server, s.App = r.Server.setup(), r.App.setup()
	if oneOf(r.Audio, "audio", audios) {
		s.Audio = r.Audio.V
	}
	if oneOf(r.Media, "media", medias) {
		s.Media = r.Media.V
	}
	if s.Media == mediaSparse && s.Audio == audioSamples {
		r.Media.At.Fail("sparse sound has no samples", "leave audio: samples or media: sparse out")
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
