package app

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"minilab/devices/sdk"
)

// method is a client's method that takes whatever arguments a script writes; missing
// ones are nil, as undefined is.
type method struct {
	name string
	call func(c *sdk.Client, arg func(int) any, done sdk.Done) error
}

var methods = []method{
	{"init", func(c *sdk.Client, arg func(int) any, done sdk.Done) error { return c.Init(arg(0), done) }},
	{"setRole", func(c *sdk.Client, arg func(int) any, done sdk.Done) error { return c.SetRole(word(arg(0)), done) }},
	{"join", func(c *sdk.Client, arg func(int) any, done sdk.Done) error {
		return c.Join(arg(0), arg(1), arg(2), done)
	}},
	{"rejoin", func(c *sdk.Client, arg func(int) any, done sdk.Done) error {
		return c.Rejoin(arg(0), arg(1), arg(2), strings.Fields(word(arg(3))), done)
	}},
	{"publish", func(c *sdk.Client, _ func(int) any, done sdk.Done) error { return c.Publish(done) }},
	{"unpublish", func(c *sdk.Client, _ func(int) any, done sdk.Done) error { return c.Unpublish(done) }},
	{"subscribe", func(c *sdk.Client, arg func(int) any, done sdk.Done) error { return c.Subscribe(arg(0), done) }},
	{"unsubscribe", func(c *sdk.Client, arg func(int) any, done sdk.Done) error { return c.Unsubscribe(arg(0), done) }},
	{"mute", func(c *sdk.Client, arg func(int) any, done sdk.Done) error {
		return c.Mute(arg(0), word(arg(1)), done)
	}},
	{"unmute", func(c *sdk.Client, arg func(int) any, done sdk.Done) error {
		return c.Unmute(arg(0), word(arg(1)), done)
	}},
	{"leave", func(c *sdk.Client, _ func(int) any, done sdk.Done) error { return c.Leave(done) }},
	{"destroy", func(c *sdk.Client, _ func(int) any, done sdk.Done) error { c.Destroy(done); return nil }},
}

func methodNames() []string {
	out := make([]string, len(methods))
	for i, m := range methods {
		out[i] = m.name
	}
	return out
}

// word is an argument that the client takes as text.
func word(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// raw makes one call with these arguments and does nothing with its answer.
func (a *App) raw(name string, args []any) {
	c := a.ready()
	about := uint32(0)
	words := make([]string, len(args))
	for i, v := range args {
		words[i] = literal(v)
	}
	if n, ok := first(args).(float64); ok && n > 0 && n <= math.MaxUint32 {
		about = uint32(n)
	}
	arg := func(i int) any {
		if i >= len(args) {
			return nil
		}
		return args[i]
	}
	for _, m := range methods {
		if m.name == name {
			a.call(name, about, strings.Join(words, ", "), func(done sdk.Done) error { return m.call(c, arg, done) }, nil)
		}
	}
}

func first(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// literal is a value as JavaScript writes it.
func literal(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
