package foreign

import (
	"fmt"
	"slices"
	"strings"
)

// Names of the steps' arguments, as the mini-program's page calls them.
const (
	ArgRole   = "role"
	ArgSwitch = "switch"
)

// Word is a step that scripts may use.
type Word struct {
	Name string
	Arg  string   // the name of its argument, or empty
	Args []string // what that may be
	Doc  string
	do   func(m *Member, arg string)
}

// Steps is the vocabulary, in the order in which it is best read.
func Steps() []Word {
	roles, switches := []string{Broadcaster, Audience}, []string{"on", "off"}
	return []Word{
		{"join", "", nil, "join the channel, and publish as a broadcaster; streams are subscribed as they come",
			func(m *Member, _ string) { m.join() }},
		{"leave", "", nil, "leave the channel",
			func(m *Member, _ string) { m.leave() }},
		{"setRole", ArgRole, roles, "change the role, now or for the next join; who becomes broadcaster publishes",
			func(m *Member, arg string) { m.setRole(arg) }},
		{"publish", "", nil, "publish, whatever the role",
			func(m *Member, _ string) { m.publish() }},
		{"unpublish", "", nil, "publish no more",
			func(m *Member, _ string) { m.unpublish("unpublished") }},
		{"mic", ArgSwitch, switches, "switch the microphone, now or for when it publishes",
			func(m *Member, arg string) { m.mic = arg == "on"; m.switched() }},
		{"camera", ArgSwitch, switches, "switch the camera, now or for when it publishes",
			func(m *Member, arg string) { m.camera = arg == "on"; m.switched() }},
	}
}

// Do has the member do a step now; args holds its argument by name. An error means
// that there is no such step; what becomes of it is in the trace.
func (m *Member) Do(step string, args map[string]string) error {
	words := Steps()
	i := slices.IndexFunc(words, func(w Word) bool { return w.Name == step })
	if i < 0 {
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = w.Name
		}
		return fmt.Errorf("%s: a %s member has no step %q: want one of %s", m.o.Name, m.o.Origin, step, strings.Join(names, ", "))
	}
	w := words[i]
	arg := args[w.Arg]
	switch {
	case w.Arg != "" && !slices.Contains(w.Args, arg):
		return fmt.Errorf("%s: step %s: %s is %q: want one of %s", m.o.Name, step, w.Arg, arg, strings.Join(w.Args, ", "))
	case w.Arg == "" && len(args) > 0, len(args) > 1:
		return fmt.Errorf("%s: step %s: too many arguments", m.o.Name, step)
	}
	w.do(m, arg)
	return nil
}
