package rtmp

import (
	"fmt"
	"math"

	"minilab/simulator/rtmp/amf0"
)

// Command is a remote call or its answer: Name "_result", "_error" or "onStatus", or
// what is called. Args are AMF0 values as amf0.Parse returns them; Args[0] is the
// command object, mostly nil.
type Command struct {
	Name        string
	Transaction float64
	Args        []any
}

// ParseCommand reads the payload of a command message (type 20).
func ParseCommand(payload []byte, l Limits) (Command, error) {
	if len(payload) > l.MaxCommandBytes {
		return Command{}, fmt.Errorf("%w: command of %d bytes", errLimit, len(payload))
	}
	values, err := amf0.Parse(payload, l.amf())
	if err != nil {
		return Command{}, fmt.Errorf("%w: %w", errCommand, err)
	}
	if len(values) == 0 {
		return Command{}, fmt.Errorf("%w: empty", errCommand)
	}
	name, ok := values[0].(string)
	if !ok {
		return Command{}, fmt.Errorf("%w: name is a %T", errCommand, values[0])
	}
	c := Command{Name: name}
	if len(values) > 1 {
		c.Transaction, _ = values[1].(float64)
		c.Args = values[2:]
	}
	// Anything else could come back as another number than the peer waits for.
	if t := c.Transaction; t != math.Trunc(t) || t < 0 || t > math.MaxInt32 {
		c.Transaction = 0
	}
	return c, nil
}

// AppendCommand writes the payload of a command message behind dst. Args are what
// amf0.Append takes.
func AppendCommand(dst []byte, name string, transaction float64, args ...any) []byte {
	dst = amf0.Append(dst, name)
	dst = amf0.Append(dst, transaction)
	for _, a := range args {
		dst = amf0.Append(dst, a)
	}
	return dst
}

// arg returns argument i, nil when there is none.
func (c Command) arg(i int) any {
	if i < len(c.Args) {
		return c.Args[i]
	}
	return nil
}

// Status reads the information object that onStatus and _result carry.
func (c Command) Status() (level, code, description string) {
	info, _ := c.arg(1).(amf0.Object)
	return info.Text("level"), info.Text("code"), info.Text("description")
}
