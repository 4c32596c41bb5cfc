package app

import (
	"fmt"
	"slices"
	"strings"

	"minilab/devices/sdk"
)

// Step is one thing that a script has a page do.
type Step struct {
	Name   string
	Target uint32            // the uid it is about, for words with a member
	Args   map[string]string // the other arguments by name
}

// Word is a step that scripts may use: the vocabulary for parsers and for people.
type Word struct {
	Name string
	Args []Arg
	Doc  string
	do   func(a *App, s Step)
}

// Arg is an argument of a Word. One named uid is a member, and goes into
// Step.Target; any other has one of Words and goes into Step.Args.
type Arg struct {
	Name  string
	Words []string
	Doc   string
}

// ArgUID names the argument that is a member.
const ArgUID = "uid"

var (
	argUID    = Arg{Name: ArgUID, Doc: "the member it is about"}
	argTarget = Arg{Name: "target", Words: []string{"audio", "video", "all"}, Doc: "what of that member's stream"}
	argRole   = Arg{Name: "role", Words: []string{sdk.Broadcaster, sdk.Audience}, Doc: "the role to have"}
	argSwitch = Arg{Name: "switch", Words: []string{"on", "off"}, Doc: "on or off"}
)

// Steps is the vocabulary, in the order in which it is best read.
func Steps() []Word {
	return []Word{
		{"join", nil, "open the page: listeners, setRole, init, join, and publish for a broadcaster; streams are subscribed as they come, and errors 501 and 904 recovered from",
			func(a *App, _ Step) { a.join() }},
		{"leave", nil, "close the page: unpublish, leave, and no more pusher and players",
			func(a *App, _ Step) { a.leave("") }},
		{"rejoin", nil, "setRole, init, rejoin with the uids of all tiles, and publish for a broadcaster, without the destroy that recovery does first",
			func(a *App, _ Step) { a.rejoin() }},
		{"setRole", []Arg{argRole}, "one call of setRole, which the page also wants at its next join",
			func(a *App, s Step) { a.setRole(s.Args[argRole.Name]) }},
		{"publish", nil, "one call of publish, whatever the role; its URL is pushed to",
			func(a *App, _ Step) { a.publish(nil) }},
		{"unpublish", nil, "one call of unpublish; on success the pusher goes",
			func(a *App, _ Step) { a.unpublish() }},
		{"subscribe", []Arg{argUID}, "one call of subscribe; its URL is played",
			func(a *App, s Step) { a.subscribe(s.Target) }},
		{"unsubscribe", []Arg{argUID}, "one call of unsubscribe; on success the player goes",
			func(a *App, s Step) { a.unsubscribe(s.Target) }},
		{"mute", []Arg{argUID, argTarget}, "one call of mute: stop receiving a member's sound, picture or both",
			func(a *App, s Step) { a.mute(s.Target, s.Args[argTarget.Name]) }},
		{"unmute", []Arg{argUID, argTarget}, "one call of unmute: receive it again",
			func(a *App, s Step) { a.unmute(s.Target, s.Args[argTarget.Name]) }},
		{"destroy", nil, "one call of destroy; tiles stay, and the next call has a new client",
			func(a *App, _ Step) { a.destroy(); a.become(stateIdle, "destroyed") }},
		{"mic", []Arg{argSwitch}, "switch the live-pusher's microphone, now or for when it starts",
			func(a *App, s Step) { a.setMic(s.Args[argSwitch.Name] == "on") }},
		{"camera", []Arg{argSwitch}, "switch the live-pusher's camera, now or for when it starts",
			func(a *App, s Step) { a.setCamera(s.Args[argSwitch.Name] == "on") }},
	}
}

// Do has the page do a step now. An error means that there is no such step; what the
// SDK says to it is in the trace.
func (a *App) Do(s Step) error {
	words := Steps()
	i := slices.IndexFunc(words, func(w Word) bool { return w.Name == s.Name })
	if i < 0 {
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = w.Name
		}
		return fmt.Errorf("%s: unknown step %q: want one of %s", a.o.Name, s.Name, strings.Join(names, ", "))
	}
	if err := words[i].check(s); err != nil {
		return fmt.Errorf("%s: step %s: %w", a.o.Name, s.Name, err)
	}
	words[i].do(a, s)
	return nil
}

// check compares a step's arguments with those of its word.
func (w Word) check(s Step) error {
	known := 0
	member := false
	for _, arg := range w.Args {
		if arg.Name == ArgUID {
			member = true
			continue
		}
		v, there := s.Args[arg.Name]
		if !there || !slices.Contains(arg.Words, v) {
			return fmt.Errorf("%s is %q: want one of %s", arg.Name, v, strings.Join(arg.Words, ", "))
		}
		known++
	}
	switch {
	case member && s.Target == 0:
		return fmt.Errorf("lacks a member")
	case !member && s.Target != 0:
		return fmt.Errorf("is about no member, but %d is given", s.Target)
	case len(s.Args) > known:
		return fmt.Errorf("%d arguments too many", len(s.Args)-known)
	}
	return nil
}
