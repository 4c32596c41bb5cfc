package rtmp

import (
	"cmp"
	"fmt"
	"slices"

	"minilab/simulator/rtmp/amf0"
)

// FromLibrary takes bytes the library wrote for the peer. After an error the
// connection must be closed; the error is repeated.
func (g *Guard) FromLibrary(p []byte) error {
	if g.err != nil || len(p) == 0 {
		return g.err
	}
	rest, err := passHandshake(p, &g.handshake.library, g.o.ToPeer)
	if err != nil {
		return g.fail(err)
	}
	if g.handshake.library == handshakeBytes && len(g.held) > 0 {
		g.o.ToPeer(g.held)
		g.held = nil
	}
	if err := g.answers.Feed(rest, g.fromLibrary); err != nil {
		return g.fail(err)
	}
	return g.err
}

func (g *Guard) fromLibrary(m Message) error {
	switch m.Type {
	case typeWindowAckSize:
		// Its first word after connect; chunk size and windows are ours.
		g.announce()
	case typeUserControl, TypeAudio, TypeVideo, TypeData:
		g.SendMessage(m)
	case TypeCommand:
		return g.answer(m)
	}
	return nil
}

// answer passes a command of the library on. It is written anew: the transaction id of
// connect is put back, and go-amf0 writes properties in random order.
func (g *Guard) answer(m Message) error {
	c, err := ParseCommand(m.Payload, g.limits)
	if err != nil {
		return fmt.Errorf("library: %w", err)
	}
	_, code, _ := c.Status()
	s := g.stream(m.Stream)
	if c.Name == "onStatus" && s != nil && s.refused {
		return nil
	}
	switch code {
	case "NetConnection.Connect.Success", "NetConnection.Connect.Failed":
		c.Transaction = g.connectID
	case "NetStream.Publish.Start":
		if s != nil {
			s.publishes = s.wanted
		}
	case "NetStream.Play.Start":
		g.SendMessage(userControl(eventStreamBegin, m.Stream))
	}
	m.Payload = AppendCommand(nil, c.Name, c.Transaction, sorted(c.Args)...)
	g.SendMessage(m)
	if code == "NetStream.Play.Start" && s != nil && s.wanted {
		g.playing = m.Stream
	}
	if g.o.OnEgress != nil {
		g.o.OnEgress(c, m.Stream)
	}
	return nil
}

// sorted puts the properties of objects among args in the order of their names.
func sorted(args []any) []any {
	for _, a := range args {
		if o, ok := a.(amf0.Object); ok {
			slices.SortStableFunc(o, func(a, b amf0.Property) int { return cmp.Compare(a.Name, b.Name) })
			for _, p := range o {
				sorted([]any{p.Value})
			}
		}
	}
	return args
}
