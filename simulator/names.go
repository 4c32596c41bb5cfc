package simulator

import (
	"fmt"
	"slices"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
)

// UsageError is a mistake in what was asked for rather than in a file.
type UsageError struct{ Problem, Nearest, Remedy string }

func (e *UsageError) Error() string {
	s := e.Problem
	if e.Nearest != "" {
		s += fmt.Sprintf("; did you mean %q?", e.Nearest)
	}
	if e.Remedy != "" {
		s += "\n     " + e.Remedy
	}
	return s
}

func unknown(what, name string, valid []string) *UsageError {
	e := &UsageError{Problem: fmt.Sprintf("unknown %s %q", what, name), Nearest: yamlfile.Nearest(name, valid)}
	switch {
	case len(valid) == 0:
		e.Remedy = "there are none here"
	case slices.Contains([]string{"network", "scenario", "mutant"}, what):
		e.Remedy = fmt.Sprintf("minilab list %ss says which there are", what)
	case len(valid) <= 20:
		e.Remedy = "valid: " + join(valid)
	}
	return e
}

func join(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}

// oneOf notes a word that is not valid; one that is missing or no text was noted
// before.
func oneOf(v yamlfile.Value[string], what string, valid []string) bool {
	if !v.At.Known() || v.V == "" {
		return false
	}
	if !slices.Contains(valid, v.V) {
		v.At.FailWord(what, v.V, valid)
		return false
	}
	return true
}

func refs(all []yamlfile.Value[string], what string, valid []string) []string {
	var out []string
	for _, v := range all {
		if oneOf(v, what, valid) {
			out = append(out, v.V)
		}
	}
	return out
}

func names[T any](all []T, name func(*T) string) []string {
	out := make([]string, len(all))
	for i := range all {
		out[i] = name(&all[i])
	}
	return out
}

func deviceNames() []string {
	return names(fixtures.Devices(), func(d *fixtures.Device) string { return d.Name })
}

func networkNames() []string {
	return names(fixtures.Networks(), func(n *fixtures.Network) string { return n.Name })
}

func sdkNames() []string {
	return names(fixtures.SDKs(), func(s *fixtures.SDK) string { return s.Name })
}

func issueIDs() []string {
	return names(fixtures.Issues(), func(i *fixtures.Issue) string { return i.ID })
}

func promiseIDs() []string {
	return names(fixtures.Promises(), func(p *fixtures.Promise) string { return p.ID })
}

func wechatNames() []string {
	return names(fixtures.WeChats(), func(w *fixtures.WeChat) string { return w.Name })
}

func cameras() []string { return append([]string{CameraPattern, CameraOff}, fixtures.Clips()...) }

func findDevice(name string) (fixtures.Device, bool) {
	for _, d := range fixtures.Devices() {
		if d.Name == name {
			return d, true
		}
	}
	return fixtures.Device{}, false
}

func findNetwork(name string) (fixtures.Network, bool) {
	for _, n := range fixtures.Networks() {
		if n.Name == name {
			return n, true
		}
	}
	return fixtures.Network{}, false
}
