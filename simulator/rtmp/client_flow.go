package rtmp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"minilab/simulator/rtmp/amf0"
)

// errClosed stops parsing when a callback has closed the session; it never leaves Feed.
var errClosed = errors.New("rtmp: closed")

// connect sends the first request. Source: FFmpeg rtmpproto.c, gen_connect, for the
// fields and their order; fidelity: documented.
func (c *Client) connect() {
	c.state = clientConnecting
	o := amf0.Object{{Name: "app", Value: c.o.App}}
	if c.o.Publish {
		o = append(o, amf0.Property{Name: "type", Value: "nonprivate"})
	}
	o = append(o, amf0.Property{Name: "flashVer", Value: c.o.FlashVersion}, amf0.Property{Name: "tcUrl", Value: c.o.TCURL})
	if !c.o.Publish {
		o = append(o,
			amf0.Property{Name: "fpad", Value: false},
			amf0.Property{Name: "capabilities", Value: 15},
			amf0.Property{Name: "audioCodecs", Value: 4071},
			amf0.Property{Name: "videoCodecs", Value: 252},
			amf0.Property{Name: "videoFunction", Value: 1})
	}
	c.call(0, "connect", transactionConnect, o)
}

func (c *Client) fromServer(m Message) error {
	switch m.Type {
	case TypeAudio, TypeVideo, TypeData:
		if c.o.OnMedia != nil && !c.o.Publish && c.stream != 0 && m.Stream == c.stream {
			c.o.OnMedia(m)
		}
	case TypeCommand:
		cmd, err := ParseCommand(m.Payload, c.limits)
		if err != nil {
			return err
		}
		if err := c.answered(cmd); err != nil {
			return err
		}
	case typeUserControl:
		if len(m.Payload) >= 6 && binary.BigEndian.Uint16(m.Payload) == eventPingRequest {
			c.send(userControl(eventPingResponse, binary.BigEndian.Uint32(m.Payload[2:])))
		}
	case typeWindowAckSize:
		window, err := controlValue(m)
		if err != nil {
			return err
		}
		if window > 0 {
			c.ackWindow = window
		}
	}
	if c.state == clientClosed {
		return errClosed
	}
	return nil
}

// answered acts on an answer of the server.
func (c *Client) answered(cmd Command) error {
	_, code, description := cmd.Status()
	switch {
	case cmd.Name == "onStatus":
		if c.state == clientStarting && (code == "NetStream.Publish.Start" || code == "NetStream.Play.Start") {
			c.state = clientReady
		}
		c.status(code, description)
	case cmd.Name == "_error" && c.awaits(cmd.Transaction):
		c.status(code, description)
		return fmt.Errorf("%w: %s (%s)", ErrRejected, code, description)
	case cmd.Name == "_result" && c.awaits(cmd.Transaction):
		if c.state == clientConnecting {
			c.status(code, description)
			if c.state == clientConnecting {
				c.create()
			}
			return nil
		}
		id, ok := cmd.arg(1).(float64)
		if !ok || id < 1 || id > 0xffffffff {
			return fmt.Errorf("%w: createStream answered %v", errCommand, cmd.arg(1))
		}
		c.stream = uint32(id)
		c.begin()
	}
	return nil
}

// awaits reports whether an answer to this transaction moves the session on.
func (c *Client) awaits(transaction float64) bool {
	return c.state == clientConnecting && transaction == transactionConnect ||
		c.state == clientCreating && transaction == transactionCreate
}

func (c *Client) status(code, description string) {
	if c.o.OnStatus != nil {
		c.o.OnStatus(code, description)
	}
}

// create asks for a stream; a publisher first says what it will publish.
func (c *Client) create() {
	c.state = clientCreating
	if c.o.Publish {
		c.send(controlMessage(typeSetChunkSize, uint32(c.o.ChunkSize)))
		c.out.SetChunkSize(c.o.ChunkSize)
		c.call(0, "releaseStream", transactionRelease, nil, c.o.StreamName)
		c.call(0, "FCPublish", transactionFCPublish, nil, c.o.StreamName)
	} else {
		c.send(controlMessage(typeWindowAckSize, windowAckBytes))
	}
	c.call(0, "createStream", transactionCreate, nil)
}

// begin publishes or plays on the stream just created.
func (c *Client) begin() {
	c.state = clientStarting
	if c.o.Publish {
		c.call(c.stream, "publish", transactionStart, nil, c.o.StreamName, "live")
		return
	}
	// -2000: live, else recorded, as FFmpeg asks.
	c.call(c.stream, "play", transactionStart, nil, c.o.StreamName, -2000)
	m := userControl(eventSetBufferLength, c.stream)
	m.Payload = binary.BigEndian.AppendUint32(m.Payload, uint32(c.o.BufferLength/time.Millisecond))
	c.send(m)
}
