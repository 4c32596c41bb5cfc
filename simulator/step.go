package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"minilab/devices/app"
	"minilab/devices/foreign"
	"minilab/fixtures/yamlfile"
)

// onOff is a switch, written on or off (true and false do as well).
type onOff struct {
	at yamlfile.Node
	on bool
}

// UnmarshalNode implements yamlfile.Unmarshaler.
func (o *onOff) UnmarshalNode(n yamlfile.Node) {
	o.at = n
	text, _ := n.Scalar()
	switch text {
	case "on", "true":
		o.on = true
	case "off", "false":
	default:
		n.FailWord("switch position", text, []string{"on", "off"})
	}
}

// rawStep is {at: TIME, id: WORD, MEMBER or all: WHAT}.
type rawStep struct {
	node    yamlfile.Node
	at      yamlfile.Value[time.Duration]
	id      yamlfile.Value[string]
	entries []yamlfile.Entry // whom and what
}

// UnmarshalNode implements yamlfile.Unmarshaler.
func (r *rawStep) UnmarshalNode(n yamlfile.Node) {
	r.node = n
	for _, e := range n.Entries() {
		switch e.Key {
		case "at":
			r.at.UnmarshalNode(e.Value)
		case "id":
			r.id.UnmarshalNode(e.Value)
		default:
			r.entries = append(r.entries, e)
		}
	}
}

func (p *parser) step(r *rawStep) {
	if !r.node.IsMap() {
		return
	}
	if !r.at.At.Known() {
		r.node.Fail("this step has no time", "say when, as in {at: 10s, doctor: join}")
	} else if p.Length > 0 && r.at.V > p.Length {
		r.at.At.Fail(fmt.Sprintf("the step is at %v, but the scenario ends at %v", r.at.V, p.Length), "write an earlier time, or a greater length at the top")
	}
	if r.id.OK && !word.MatchString(r.id.V) {
		r.id.At.Fail(fmt.Sprintf("the id %q is no plain word", r.id.V), wordRule)
	}
	for _, s := range p.Script {
		if r.id.V != "" && s.ID == r.id.V {
			r.id.At.Fail(fmt.Sprintf("another step has the id %q", r.id.V), "give each step its own")
		}
	}
	if len(r.entries) == 0 {
		r.node.Fail("this step says nobody's name", "say who does what, as in {at: 10s, doctor: join}")
	}
	for _, e := range r.entries {
		who, action, ok := p.does(e)
		if ok {
			p.Script = append(p.Script, Step{ID: r.id.V, At: r.at.V, Members: who, Action: action})
		}
	}
}

// does reads whom a step is about and what it does. A step of the server is about
// nobody.
func (p *parser) does(e yamlfile.Entry) (who []int, a Action, ok bool) {
	switch i := p.member(e.Key); {
	case e.Key == stepServer:
		a, ok = p.serverAction(e.Value)
		return nil, a, ok
	case e.Key == everyone:
		for i := range p.Members {
			who = append(who, i)
		}
	case i >= 0:
		who = []int{i}
	default:
		e.At.FailWord("member", e.Key, append([]string{everyone, stepServer}, p.Cast()...))
		return nil, a, false
	}
	a, ok = p.action(e.Value, who)
	return who, a, ok
}

// foreignFault is what can befall a phone of another SDK: it is held another way.
const foreignFault = "rotate"

// foreignWords are those of the page's words that a member of another SDK has too, with
// what such a member's may say.
func foreignWords() []app.Word {
	var out []app.Word
	all := foreign.Steps()
	for _, w := range pageWords() {
		i := slices.IndexFunc(all, func(f foreign.Word) bool { return f.Name == w.Name })
		if i >= 0 && all[i].Arg != "" {
			arg := w.Args[0]
			arg.Words = all[i].Args
			w.Args = []app.Arg{arg}
		}
		if i >= 0 || w.Name == foreignFault {
			out = append(out, w)
		}
	}
	return out
}

// wordsOf are what all of these members can be told.
func (p *parser) wordsOf(members []int) []app.Word {
	for _, m := range members {
		if p.Members[m].Origin != "" {
			return foreignWords() // which the others have too
		}
	}
	return pageWords()
}

// action reads what a step does: a word, or {word: value}.
func (p *parser) action(n yamlfile.Node, who []int) (Action, bool) {
	words := p.wordsOf(who)
	valid := names(words, func(w *app.Word) string { return w.Name })
	if !n.IsMap() {
		text, scalar := n.Scalar()
		i := slices.Index(valid, text)
		switch {
		case !scalar:
			n.Fail("this is no step", "write a word, as in {at: 10s, doctor: join}, or a word and its value, as in {at: 10s, doctor: {outage: 8s}}")
			return Action{}, false
		case i < 0:
			p.noStep(n, text, who, valid)
			return Action{}, false
		case words[i].Needs():
			n.Fail(text+" needs a value", "as in "+p.example(words[i]))
			return Action{}, false
		}
		return p.fault(words[i], Action{Word: text}, n)
	}
	entries := n.Entries()
	if len(entries) != 1 {
		n.Fail(fmt.Sprintf("a step does one thing, and here are %d", len(entries)), "write a step for each")
		return Action{}, false
	}
	e := entries[0]
	i := slices.Index(valid, e.Key)
	switch {
	case i < 0:
		p.noStep(e.At, e.Key, who, valid)
		return Action{}, false
	case e.Key == faultOutage:
		return p.outage(e.Value)
	case e.Key == faultNetwork:
		if !e.Value.IsMap() || len(e.Value.Entries()) == 0 {
			e.Value.Fail("network says what changes", "as in "+p.example(words[i])+"; minilab explain fault network shows more")
			return Action{}, false
		}
		var v pathValues
		e.Value.Decode(&v)
		c := v.change()
		c.at = e.Value
		return Action{Word: e.Key, Change: c}, true
	case len(words[i].Args) == 0:
		e.At.Fail(e.Key+" takes no value", "write the word alone")
		return Action{}, false
	}
	return p.fault(words[i], Action{Word: e.Key, Args: p.arguments(words[i], e.Value)}, e.Value)
}

// noStep notes that these members have no such step: nobody has, or one of them isn't of
// those that have it.
func (p *parser) noStep(at yamlfile.Node, text string, who []int, valid []string) {
	if slices.ContainsFunc(pageWords(), func(w app.Word) bool { return w.Name == text }) {
		i := slices.IndexFunc(who, func(m int) bool { return p.Members[m].Origin != "" })
		m := p.Members[who[i]]
		at.Fail(fmt.Sprintf("%s is a %s member, which has no step %q", m.ID, m.Origin, text),
			"name mini-program members (without origin), or use "+strings.Join(valid, ", "))
		return
	}
	at.FailWord("step", text, valid)
}

func (p *parser) outage(n yamlfile.Node) (Action, bool) {
	a, ok := p.argument(app.Arg{Name: faultOutage, Kind: app.KindTime}, n, "")
	if ok && a.From == 0 {
		n.Fail("an outage for no time at all", "write how long it lasts, as in {outage: 8s}")
	}
	return Action{Word: faultOutage, Length: a.From}, ok
}
