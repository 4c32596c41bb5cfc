package main

import (
	"fmt"
	"strings"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
)

// asWritten are the switches and times of a profile in the words of its file; those of
// one system have its name before theirs.
type asWritten []struct{ system, name, value string }

// UnmarshalNode implements yamlfile.Unmarshaler.
func (p *asWritten) UnmarshalNode(n yamlfile.Node) { p.add("", n) }

func (p *asWritten) add(system string, n yamlfile.Node) {
	for _, x := range n.Entries() {
		if x.Value.IsMap() {
			p.add(x.Key+" ", x.Value)
			continue
		}
		value, ok := x.Value.Scalar()
		if !ok {
			var all []string
			for _, item := range x.Value.Items() {
				word, _ := item.Scalar()
				all = append(all, word)
			}
			value = "[" + strings.Join(all, ", ") + "]"
		}
		*p = append(*p, struct{ system, name, value string }{system, x.Key, value})
	}
}

// explainWeChat tells what a version of WeChat has, each with how well it is known.
func (e *env) explainWeChat(w fixtures.WeChat) error {
	var profile asWritten
	if err := fixtures.WeChatProfile(w.Name, &profile); err != nil {
		return err
	}
	inProfile := map[string]bool{}
	for _, x := range profile {
		inProfile[x.name] = true
	}
	for _, part := range w.Parts() {
		if !inProfile[part.Name] {
			e.field("", part.Name+" is "+part.V)
		}
	}
	for _, x := range profile {
		e.field("", fmt.Sprintf("%s%s %s (%s)", x.system, x.name, x.value, w.Fidelity.For(x.name)))
	}
	return nil
}
