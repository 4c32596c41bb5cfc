package rtmp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// guardChunkBytes is the chunk size a Guard announces: nearly every message is one
// chunk then. Source: SRS full.conf, chunk_size 60000, lowered below the 32768 from
// which on Wireshark's RTMP dissector ignores it; fidelity: inferred.
const guardChunkBytes = 32000

// GuardOptions configure a Guard. Callbacks run inside the call that caused them; only
// ToLibrary and ToPeer are required.
type GuardOptions struct {
	Limits    Limits // zero: DefaultLimits
	ChunkSize int    // announced to the peer; zero: 32000

	// ToLibrary and ToPeer take bytes to pass on; the slices are immutable.
	ToLibrary func([]byte)
	ToPeer    func([]byte)
	// OnMedia gets what a publisher sends on a stream that the library has accepted:
	// audio, video and data (type 18, without "@setDataFrame"), each type with a CSID
	// of its own.
	OnMedia func(Message)
	// OnRest hears of a message stream that the peer wants to publish or play on no more.
	OnRest func(stream uint32)
	// OnEgress sees each command of the library after it went to the peer. On
	// "NetStream.Play.Start" the stream is ready for media.
	OnEgress func(c Command, stream uint32)
}

// Validate reports missing or impossible options.
func (o GuardOptions) Validate() error {
	if o.ToLibrary == nil || o.ToPeer == nil {
		return errors.New("rtmp: guard needs ToLibrary and ToPeer")
	}
	if o.ChunkSize < 0 || o.ChunkSize > maxMessageBytes {
		return fmt.Errorf("rtmp: chunk size %d, must be 1 to %d", o.ChunkSize, maxMessageBytes)
	}
	if o.Limits != (Limits{}) {
		return o.Limits.Validate()
	}
	return nil
}

// Guard stands between a peer and a go-rtmp server session and parses both directions.
// The handshake passes. Then the library gets only commands it can answer, rewritten
// to the form it expects, and the peer gets the library's answers. Media goes around
// the library; chunk size, acknowledgements and pings are the guard's own.
//
// So a peer can't reach what go-rtmp v0.0.7 dies of: AMF0 arrays and nesting without
// bound, values go-amf0 doesn't read, zero-length messages, type 3 on a fresh chunk
// stream, extended timestamps on type 3, three-byte basic headers, unknown message
// and user control types, answers to no question, streams that don't exist.
//
// The caller keeps the rest of it away: only the library's own read loop may write on
// its connection (two writers corrupt it, a stalled one blocks for ever), one closer,
// listeners closed by Server.Close alone (else Serve spins), a deadline for handshake
// and connect (it has none). Its Close may take 3 s when it can't write any more.
type Guard struct {
	o      GuardOptions
	limits Limits
	err    error

	handshake struct{ peer, library int } // bytes passed so far

	// From the peer.
	in        *Reader
	received  uint32 // bytes, wraps as the acknowledgement does
	acked     uint32
	ackWindow uint32
	connected bool // a connect went to the library
	connectID float64
	streams   []guardStream // index+1 is the message stream id

	// To the library.
	commands Writer

	// From the library.
	answers *Reader

	// To the peer.
	out       Writer
	announced bool
	held      []byte // until the library's handshake has passed
	playing   uint32 // message stream that plays, 0: none
}

// guardStream is a message stream as go-rtmp has it: ids are the lowest free ones.
type guardStream struct {
	open      bool
	wanted    bool // the peer has asked to publish or play, and not taken it back
	publishes bool
	refused   bool // the peer was told so by Refuse: the library's own words are dropped
}

// NewGuard returns the guard of one connection. It panics when options don't validate.
func NewGuard(o GuardOptions) *Guard {
	if err := o.Validate(); err != nil {
		panic(err)
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	if o.ChunkSize == 0 {
		o.ChunkSize = guardChunkBytes
	}
	return &Guard{o: o, limits: o.Limits, in: NewReader(o.Limits), answers: NewReader(o.Limits), ackWindow: windowAckBytes}
}

// SendMedia sends media on the stream that plays, behind all that the library has
// sent, with the time that it has for this subscriber. It reports whether it did: nothing plays before "NetStream.Play.Start".
func (g *Guard) SendMedia(c *Chunked, timestamp uint32) bool {
	if g.playing == 0 || g.err != nil {
		return false
	}
	g.announce()
	g.out.Send(c, g.playing, timestamp, g.o.ToPeer)
	return true
}

// SendMessage sends a message of its own to the peer, as it is; CSID 0 is replaced by
// the usual chunk stream of its type.
func (g *Guard) SendMessage(m Message) {
	if m.CSID == 0 {
		m.CSID = csidOf(m.Type)
	}
	if g.err == nil {
		g.announce()
		g.toPeer(g.out.Append(nil, m))
	}
}

// SendStatus sends an onStatus of its own on a message stream. After level "error" the
// library's statuses on that stream are dropped: so a server says
// NetStream.Publish.BadName, which go-rtmp can't, and then lets the library fail.
func (g *Guard) SendStatus(stream uint32, level, code, description string) {
	if level == "error" {
		if s := g.stream(stream); s != nil {
			s.refused = true
		}
	}
	g.SendMessage(Message{CSID: csidCommand, Type: TypeCommand, Stream: stream,
		Payload: AppendCommand(nil, "onStatus", 0, nil, map[string]any{"level": level, "code": code, "description": description})})
}

// announce tells the peer once which chunk size and windows hold from here on.
func (g *Guard) announce() {
	if g.announced {
		return
	}
	g.announced = true
	b := g.out.Append(nil, controlMessage(typeWindowAckSize, windowAckBytes))
	bandwidth := controlMessage(typeSetPeerBandwidth, windowAckBytes)
	bandwidth.Payload = append(bandwidth.Payload, 2) // limit type dynamic
	b = g.out.Append(b, bandwidth)
	b = g.out.Append(b, controlMessage(typeSetChunkSize, uint32(g.o.ChunkSize)))
	g.out.SetChunkSize(g.o.ChunkSize)
	g.toPeer(b)
}

// toPeer passes bytes of our own on; they wait while the library's handshake lacks.
func (g *Guard) toPeer(p []byte) {
	if g.handshake.library < handshakeBytes {
		g.held = append(g.held, p...)
		return
	}
	g.o.ToPeer(p)
}

// Wants tells whether the peer has asked to publish or play on a message stream and
// still wants to: the library's question about it may come later than a change of mind.
func (g *Guard) Wants(stream uint32) bool {
	s := g.stream(stream)
	return s != nil && s.wanted
}

func (g *Guard) stream(id uint32) *guardStream {
	if id == 0 || id > uint32(len(g.streams)) || !g.streams[id-1].open {
		return nil
	}
	return &g.streams[id-1]
}

func (g *Guard) fail(err error) error {
	if g.err == nil {
		g.err = err
	}
	return g.err
}

func controlMessage(typ uint8, value uint32) Message {
	return Message{CSID: csidControl, Type: typ, Payload: binary.BigEndian.AppendUint32(make([]byte, 0, 8), value)}
}

func userControl(event uint16, value uint32) Message {
	p := binary.BigEndian.AppendUint16(make([]byte, 0, 6), event)
	return Message{CSID: csidControl, Type: typeUserControl, Payload: binary.BigEndian.AppendUint32(p, value)}
}
