package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"minilab/devices/app"
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
)

// rawNetwork is a name from the catalogue or an inline link: {up: {...}, down: {...}}
// or values for both directions at once.
type rawNetwork struct {
	at     yamlfile.Node
	name   string
	inline *pathValues
}

// pathValues are the values of both directions; up and down go before the others.
type pathValues struct {
	To      yamlfile.Value[string]           `yaml:"to"`
	Address yamlfile.Value[fixtures.Address] `yaml:"address"`
	linkChange
	Up     *linkChange       `yaml:"up"`
	Down   *linkChange       `yaml:"down"`
	NAT    *fixtures.NAT     `yaml:"nat"`
	Lookup *fixtures.Lookup  `yaml:"lookup"`
	Cross  *[]fixtures.Cross `yaml:"cross"`
}

// UnmarshalNode implements yamlfile.Unmarshaler.
func (r *rawNetwork) UnmarshalNode(n yamlfile.Node) {
	r.at = n
	if n.IsMap() {
		r.inline = &pathValues{}
		n.Decode(r.inline)
		return
	}
	n.Decode(&r.name)
}

// network is what a member of the cast is connected by.
func (r *rawNetwork) network() fixtures.Network {
	if r.inline != nil {
		c := r.inline.change()
		inline := c.apply(fixtures.Network{Name: "inline"})
		inline.Fidelity.All = "assumed"
		valid := append(fixtures.LinkFields(), "up", "down", "nat", "lookup", "cross")
		if r.inline.To.At.Known() {
			r.inline.To.At.FailWord("field", "to", valid)
		}
		if r.inline.Address.At.Known() {
			r.inline.Address.At.FailWord("field", "address", valid)
		}
		return inline
	}
	if r.name == "" {
		return fixtures.Network{}
	}
	n, ok := findNetwork(r.name)
	if !ok {
		r.at.FailWord("network", r.name, networkNames())
	}
	return n
}

// change turns values into what changes in each direction.
func (v *pathValues) change() networkChange {
	c := networkChange{up: v.linkChange, down: v.linkChange, nat: v.NAT, lookup: v.Lookup, cross: v.Cross, address: v.Address.V != ""}
	for _, d := range []struct {
		to   *linkChange
		from *linkChange
	}{{&c.up, v.Up}, {&c.down, v.Down}} {
		if d.from == nil {
			continue
		}
		*d.to = d.from.Over(*d.to)
	}
	if v.To.At.Known() && oneOf(v.To, "network", networkNames()) {
		n, _ := findNetwork(v.To.V)
		c.to = &n
	}
	return c
}

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
		r.at.At.Failf("the step is at %v, but the scenario ends at %v", r.at.V, p.Length)
	}
	if r.id.OK && !word.MatchString(r.id.V) {
		r.id.At.Fail(fmt.Sprintf("the id %q is no plain word", r.id.V), wordRule)
	}
	for _, s := range p.Script {
		if r.id.V != "" && s.ID == r.id.V {
			r.id.At.Failf("another step has the id %q", r.id.V)
		}
	}
	if len(r.entries) == 0 {
		r.node.Fail("this step says nobody's name", "say who does what, as in {at: 10s, doctor: join}")
	}
	for _, e := range r.entries {
		var who []int
		if e.Key == "all" {
			for i := range p.Members {
				who = append(who, i)
			}
		} else if i := p.member(e.Key); i >= 0 {
			who = []int{i}
		} else {
			e.At.FailWord("member", e.Key, append([]string{"all"}, p.Cast()...))
			continue
		}
		if a, ok := p.action(e.Value); ok {
			p.Script = append(p.Script, Step{ID: r.id.V, At: r.at.V, Members: who, Action: a})
		}
	}
}

// Faults that a script can inject; what else a step can say is the page's
// vocabulary, app.Steps.
const (
	faultOutage  = "outage"
	faultNetwork = "network"
)

// words are all that a step can say.
func words() []string {
	var out []string
	for _, w := range app.Steps() {
		out = append(out, w.Name)
	}
	return append(out, faultOutage, faultNetwork)
}

func findWord(name string) (app.Word, bool) {
	for _, w := range app.Steps() {
		if w.Name == name {
			return w, true
		}
	}
	return app.Word{}, false
}

// action reads what a step does: a word, or {word: value}.
func (p *parser) action(n yamlfile.Node) (Action, bool) {
	if !n.IsMap() {
		var text string
		n.Decode(&text)
		w, known := findWord(text)
		switch {
		case text == "":
			return Action{}, false
		case !slices.Contains(words(), text):
			n.FailWord("step", text, words())
			return Action{}, false
		case !known || len(w.Args) > 0:
			n.Fail(text+" needs a value", "as in "+p.example(text, w))
			return Action{}, false
		}
		return Action{Word: text, Target: -1}, true
	}
	entries := n.Entries()
	if len(entries) != 1 {
		n.Fail(fmt.Sprintf("a step does one thing, and here are %d", len(entries)), "write a step for each")
		return Action{}, false
	}
	e := entries[0]
	w, known := findWord(e.Key)
	switch {
	case e.Key == faultOutage:
		return p.outage(e.Value), true
	case e.Key == faultNetwork:
		var v pathValues
		e.Value.Decode(&v)
		c := v.change()
		c.at = e.Value
		return Action{Word: e.Key, Target: -1, Change: c}, true
	case !known:
		e.At.FailWord("step", e.Key, words())
		return Action{}, false
	case len(w.Args) == 0:
		e.At.Fail(e.Key+" takes no value", "write the word alone")
		return Action{}, false
	}
	return p.valued(w, e.Value), true
}

func (p *parser) outage(n yamlfile.Node) Action {
	var v yamlfile.Value[time.Duration]
	v.UnmarshalNode(n)
	if v.OK && v.V == 0 {
		n.Failf("an outage of no length is none")
	}
	return Action{Word: faultOutage, Target: -1, Length: v.V}
}

// example shows how a word that needs a value is written.
func (p *parser) example(name string, w app.Word) string {
	switch name {
	case faultOutage:
		return "{outage: 8s}"
	case faultNetwork:
		return "{network: {to: 4g}}"
	}
	value := func(a app.Arg) string {
		if a.Name == app.ArgUID {
			return p.Cast()[0]
		}
		return a.Words[0]
	}
	if len(w.Args) == 1 {
		return fmt.Sprintf("{%s: %s}", name, value(w.Args[0]))
	}
	var parts []string
	for _, a := range w.Args {
		parts = append(parts, a.Name+": "+value(a))
	}
	return fmt.Sprintf("{%s: {%s}}", name, strings.Join(parts, ", "))
}

// valued reads the value of a step's word: bare when the word takes one argument,
// by name when it takes several.
func (p *parser) valued(w app.Word, n yamlfile.Node) Action {
	a := Action{Word: w.Name, Target: -1, Args: map[string]string{}}
	if len(w.Args) == 1 {
		p.argument(&a, w.Args[0], n)
		return a
	}
	valid := names(w.Args, func(a *app.Arg) string { return a.Name })
	got := 0
	for _, e := range n.Entries() {
		i := slices.Index(valid, e.Key)
		if i < 0 {
			e.At.FailWord("argument", e.Key, valid)
			continue
		}
		p.argument(&a, w.Args[i], e.Value)
		got++
	}
	if got < len(valid) && n.IsMap() {
		n.Fail(w.Name+" lacks an argument", "as in "+p.example(w.Name, w))
	}
	return a
}

func (p *parser) argument(a *Action, arg app.Arg, n yamlfile.Node) {
	if arg.Name == app.ArgUID {
		var who yamlfile.Value[string]
		who.UnmarshalNode(n)
		if oneOf(who, "member", p.Cast()) {
			a.Target = p.member(who.V)
		}
		return
	}
	text, ok := n.Scalar()
	if !ok {
		n.Decode(&text)
		return
	}
	if !slices.Contains(arg.Words, text) {
		n.FailWord(arg.Name, text, arg.Words)
	}
	a.Args[arg.Name] = text
}
