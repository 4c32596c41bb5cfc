package rtmp

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"minilab/simulator/rtmp/amf0"
)

// handshakeBytes is what each side sends first: version, 1536 bytes, their echo.
const handshakeBytes = 1 + 2*1536

// rtmpVersion is the only version both go-rtmp and we speak: plain RTMP.
const rtmpVersion = 3

// FromPeer takes bytes the peer sent. After an error the connection must be closed;
// the error is repeated.
func (g *Guard) FromPeer(p []byte) error {
	if g.err != nil || len(p) == 0 {
		return g.err
	}
	g.received += uint32(len(p))
	rest, err := passHandshake(p, &g.handshake.peer, g.o.ToLibrary)
	if err != nil {
		return g.fail(err)
	}
	if err := g.in.Feed(rest, g.fromPeer); err != nil {
		return g.fail(err)
	}
	if g.received-g.acked >= max(1, g.ackWindow/2) {
		g.acked = g.received
		g.toPeer(g.out.Append(nil, controlMessage(typeAck, g.received)))
	}
	if len(g.held) > g.limits.MaxCommandBytes {
		return g.fail(fmt.Errorf("%w: %d bytes of answers before the handshake has ended", errLimit, len(g.held)))
	}
	return nil
}

// passHandshake hands handshake bytes on and returns those behind it.
func passHandshake(p []byte, done *int, to func([]byte)) ([]byte, error) {
	if *done == handshakeBytes || len(p) == 0 {
		return p, nil
	}
	if *done == 0 && p[0] != rtmpVersion {
		return nil, fmt.Errorf("%w: %d", errVersion, p[0])
	}
	n := min(len(p), handshakeBytes-*done)
	*done += n
	to(p[:n:n])
	return p[n:], nil
}

func (g *Guard) fromPeer(m Message) error {
	switch m.Type {
	case TypeAudio, TypeVideo:
		g.media(m)
	case TypeData, typeDataAMF3:
		g.data(m)
	case TypeCommand, typeCommandAMF3:
		return g.command(m)
	case typeUserControl:
		if len(m.Payload) >= 6 && binary.BigEndian.Uint16(m.Payload) == eventPingRequest {
			g.toPeer(g.out.Append(nil, userControl(eventPingResponse, binary.BigEndian.Uint32(m.Payload[2:]))))
		}
	case typeWindowAckSize:
		window, err := controlValue(m)
		if err != nil {
			return err
		}
		if window > 0 { // zero would ask for an acknowledgement of each chunk
			g.ackWindow = window
		}
	}
	// The rest ends here: chunk size and abort are the Reader's, acknowledgements and
	// bandwidth change nothing for us, shared objects and unknown types nobody reads.
	return nil
}

func (g *Guard) media(m Message) {
	if s := g.stream(m.Stream); s != nil && s.publishes && g.o.OnMedia != nil {
		m.CSID = csidOf(m.Type)
		g.o.OnMedia(m)
	}
}

// plain turns an AMF3 command or data message into the AMF0 one that it is for all
// senders we know: a zero byte, then AMF0.
func plain(m Message, typ uint8) Message {
	if m.Type != typ && len(m.Payload) > 0 && m.Payload[0] == 0 {
		m.Payload = m.Payload[1:]
	}
	m.Type = typ
	return m
}

// data passes well-formed data messages on as players want them.
func (g *Guard) data(m Message) {
	m = plain(m, TypeData)
	values, err := amf0.Parse(m.Payload, g.limits.amf())
	if err != nil || len(values) == 0 {
		return
	}
	switch values[0] {
	case "@setDataFrame":
		_, n, _ := amf0.First(m.Payload, g.limits.amf())
		m.Payload = m.Payload[n:]
		if len(values) < 2 {
			return
		}
	case "@clearDataFrame":
		return
	}
	g.media(m)
}

// command checks a command and passes on what go-rtmp can answer, in its form.
func (g *Guard) command(m Message) error {
	c, err := ParseCommand(plain(m, TypeCommand).Payload, g.limits)
	if err != nil {
		return err
	}
	if c.Name != "connect" && !g.connected {
		if libraryAnswers[c.Name] {
			return fmt.Errorf("%w: %s before connect", errCommand, c.Name)
		}
		return nil
	}
	switch c.Name {
	case "connect":
		return g.connect(c)
	case "createStream":
		g.createStream(c)
		return nil
	case "deleteStream":
		g.deleteStream(c)
		return nil
	case "closeStream":
		// go-rtmp doesn't know it: the stream stays as it is there, but rests here.
		g.rest(m.Stream)
		return nil
	case "releaseStream", "FCPublish", "FCUnpublish":
		for i := range g.streams {
			if c.Name == "FCUnpublish" && g.playing != uint32(i+1) {
				g.rest(uint32(i + 1))
			}
		}
		if name, ok := c.arg(1).(string); ok {
			g.toLibrary(0, c, nil, text(name))
		}
		return nil
	case "publish", "play":
		return g.publishOrPlay(c, m.Stream)
	}
	return nil
}

// libraryAnswers lists the commands whose sender waits for go-rtmp's answer.
var libraryAnswers = map[string]bool{"createStream": true, "publish": true, "play": true}

// connect passes the fields go-rtmp knows, each with the type it expects: another
// type, or a value it can't decode, would end the connection.
func (g *Guard) connect(c Command) error {
	o, ok := c.arg(0).(amf0.Object)
	if !ok {
		return fmt.Errorf("%w: connect without object", errCommand)
	}
	if g.connected {
		return fmt.Errorf("%w: second connect", errCommand)
	}
	g.connected, g.connectID = true, c.Transaction
	var fields amf0.Object
	for _, name := range [...]string{"app", "type", "flashVer", "tcUrl"} {
		fields = append(fields, amf0.Property{Name: name, Value: text(o.Text(name))})
	}
	fpad, _ := o.Get("fpad").(bool)
	fields = append(fields, amf0.Property{Name: "fpad", Value: fpad})
	for _, name := range [...]string{"capabilities", "audioCodecs", "videoCodecs", "videoFunction"} {
		fields = append(fields, amf0.Property{Name: name, Value: wholeNumber(o.Get(name), 0)})
	}
	// The library speaks AMF0 only; what comes as AMF3 is converted here.
	fields = append(fields, amf0.Property{Name: "objectEncoding", Value: 0.0})
	c.Transaction = 1
	g.toLibrary(0, c, fields)
	return nil
}

func (g *Guard) createStream(c Command) {
	free := 0
	for free < len(g.streams) && g.streams[free].open {
		free++
	}
	if free >= g.limits.MaxMessageStreams {
		g.SendMessage(Message{CSID: csidCommand, Type: TypeCommand,
			Payload: AppendCommand(nil, "_error", c.Transaction, nil, map[string]any{
				"level": "error", "code": "NetConnection.Call.Failed", "description": "Too many streams."})})
		return
	}
	if free == len(g.streams) {
		g.streams = append(g.streams, guardStream{})
	}
	g.streams[free] = guardStream{open: true}
	g.toLibrary(0, c, nil)
}

// deleteStream passes on a stream that exists, on stream 0: go-rtmp ignores the
// command elsewhere, ends the connection for an unknown id and would delete stream 0.
func (g *Guard) deleteStream(c Command) {
	id := wholeNumber(c.arg(1), 0)
	s := g.stream(uint32(max(id, 0)))
	if s == nil {
		return
	}
	g.rest(uint32(id))
	s.open = false
	g.toLibrary(0, c, nil, id)
}

// rest ends media of a message stream in both directions.
func (g *Guard) rest(id uint32) {
	s := g.stream(id)
	if s == nil || !s.wanted {
		return
	}
	s.wanted, s.publishes = false, false
	if g.playing == id {
		g.playing = 0
	}
	if g.o.OnRest != nil {
		g.o.OnRest(id)
	}
}

func (g *Guard) publishOrPlay(c Command, stream uint32) error {
	s := g.stream(stream)
	if s == nil {
		return fmt.Errorf("%w: %s on stream %d, which does not exist", errCommand, c.Name, stream)
	}
	name, ok := c.arg(1).(string)
	if !ok {
		return fmt.Errorf("%w: %s without a stream name", errCommand, c.Name)
	}
	s.wanted = true
	if c.Name == "publish" {
		kind, ok := c.arg(2).(string)
		if !ok {
			kind = "live"
		}
		g.toLibrary(stream, c, nil, text(name), text(kind))
		return nil
	}
	// -2: live, else recorded (RTMP specification 1.0, section 7.2.2.1).
	g.toLibrary(stream, c, nil, text(name), wholeNumber(c.arg(2), -2))
	return nil
}

// toLibrary writes a command as one message on a chunk stream and with a timestamp
// that keep go-rtmp's reader and writer on their well-trodden paths.
func (g *Guard) toLibrary(stream uint32, c Command, args ...any) {
	g.o.ToLibrary(g.commands.Append(nil, Message{CSID: csidCommand, Type: TypeCommand, Stream: stream,
		Payload: AppendCommand(nil, c.Name, c.Transaction, args...)}))
}

// text makes s a string that go-amf0 accepts: valid UTF-8 with a 16-bit length.
func text(s string) string {
	return strings.ToValidUTF8(s, "?")
}

// wholeNumber makes v a number that survives go-amf0's conversion to an integer.
func wholeNumber(v any, otherwise float64) float64 {
	f, ok := v.(float64)
	if !ok || math.IsNaN(f) {
		return otherwise
	}
	return math.Trunc(max(math.MinInt32, min(math.MaxInt32, f)))
}
