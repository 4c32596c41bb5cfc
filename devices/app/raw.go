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
	call callbacks
}

type callbacks func(c *sdk.Client, arg func(int) any, done sdk.Done) error

// none, one and two make a method of one that takes so many arguments.
func none(f func(*sdk.Client, sdk.Done) error) callbacks {
	return func(c *sdk.Client, _ func(int) any, done sdk.Done) error { return f(c, done) }
}

func one(f func(*sdk.Client, any, sdk.Done) error) callbacks {
	return func(c *sdk.Client, arg func(int) any, done sdk.Done) error { return f(c, arg(0), done) }
}

func two(f func(_ *sdk.Client, _, _ any, _ sdk.Done) error) callbacks {
	return func(c *sdk.Client, arg func(int) any, done sdk.Done) error { return f(c, arg(0), arg(1), done) }
}

var methods = []method{
	{"init", one((*sdk.Client).Init)},
	{"setRole", one((*sdk.Client).SetRole)},
	{"join", func(c *sdk.Client, arg func(int) any, done sdk.Done) error {
		return c.Join(arg(0), arg(1), arg(2), done)
	}},
	// The uids that rejoin knows stand in one text, with spaces between.
	{"rejoin", func(c *sdk.Client, arg func(int) any, done sdk.Done) error {
		known, _ := arg(3).(string)
		return c.Rejoin(arg(0), arg(1), arg(2), strings.Fields(known), done)
	}},
	{"publish", none((*sdk.Client).Publish)},
	{"unpublish", none((*sdk.Client).Unpublish)},
	{"subscribe", one((*sdk.Client).Subscribe)},
	{"unsubscribe", one((*sdk.Client).Unsubscribe)},
	{"mute", two((*sdk.Client).Mute)},
	{"unmute", two((*sdk.Client).Unmute)},
	{"muteLocal", one((*sdk.Client).MuteLocal)},
	{"unmuteLocal", one((*sdk.Client).UnmuteLocal)},
	{"updatePushUrl", none((*sdk.Client).UpdatePushURL)},
	{"leave", none((*sdk.Client).Leave)},
	{"destroy", none(func(c *sdk.Client, done sdk.Done) error { c.Destroy(done); return nil })},
}

func methodNames() []string {
	out := make([]string, len(methods))
	for i, m := range methods {
		out[i] = m.name
	}
	return out
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
