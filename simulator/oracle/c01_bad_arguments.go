package oracle

import (
	"strconv"
	"strings"
)

// C01: init without a usable app id throws, and nothing leaves the phone.
var _ = register(judge{id: "C01", promise: true, look: func(f *facts) ([]Finding, bool) {
	return f.thrown("Invalid appId", func(c *call) bool {
		return c.name == "init" && c.args != "" && !usableText(literals(c.args)[0])
	})
}})

// C22: subscribe with a uid that is no number, or 0, throws, and nothing is sent.
var _ = register(judge{id: "C22", promise: true, look: func(f *facts) ([]Finding, bool) {
	return f.thrown("Invalid uid type", func(c *call) bool {
		if c.name != "subscribe" || c.args == "" || !f.connected(c) {
			return false
		}
		n, err := strconv.ParseFloat(literals(c.args)[0], 64)
		return err != nil || n == 0
	})
}})

// C27: mute and unmute of anything but audio, video or all throw, and nothing is sent.
var _ = register(judge{id: "C27", promise: true, look: func(f *facts) ([]Finding, bool) {
	return f.thrown("", func(c *call) bool {
		if c.name != "mute" && c.name != "unmute" || !f.connected(c) {
			return false
		}
		all := literals(c.args)
		target := strings.Trim(all[len(all)-1], `"`)
		on := muteTargets(target)
		return len(all) == 2 && !on[audio] && !on[video]
	})
}})

// thrown looks at calls with wrong arguments: each must throw with a message and send
// nothing.
func (f *facts) thrown(message string, wrong func(c *call) bool) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if !wrong(c) {
			continue
		}
		applies = true
		if !c.thrown() || !strings.Contains(c.reason(f), message) {
			found = append(found, f.find(c.Actor, c.At, "%s(%s) did not throw %q at once", c.name, c.args, message))
		}
		for _, ev := range f.wire.within[c] {
			found = append(found, f.find(c.Actor, ev.At, "%s(%s) sent something: %s %s", c.name, c.args, f.text(ev.Text), f.text(ev.Note)))
		}
	}
	return found, applies
}

// connected tells whether the caller's client has an open socket, without which every
// call of media throws anyway.
func (f *facts) connected(c *call) bool { return f.wire.socket(c.client(), c.At) != nil }

// literals are the arguments of a call as JavaScript writes them.
func literals(args string) []string {
	var out []string
	for args != "" {
		n := strings.Index(args, ", ")
		if q, err := strconv.QuotedPrefix(args); err == nil {
			n = len(q)
			if n == len(args) {
				n = -1
			}
		}
		if n < 0 {
			return append(out, args)
		}
		out = append(out, args[:n])
		args = strings.TrimPrefix(args[n:], ", ")
	}
	return append(out, "")
}

// usableText tells whether a literal is a string that is neither empty nor "null".
func usableText(literal string) bool {
	s, err := strconv.Unquote(literal)
	return err == nil && s != "" && s != "null"
}
