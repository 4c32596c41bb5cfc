package rtmp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// ClientOptions configure a Client. Callbacks run inside the call that caused them.
type ClientOptions struct {
	App        string
	TCURL      string
	StreamName string
	Publish    bool // else play
	// OnStatus gets the code of connect's answer and of each onStatus.
	OnStatus func(code, description string)
	// OnMedia gets audio, video and data of the stream that plays.
	OnMedia func(Message)
	// Out takes the bytes to send; the slices are immutable.
	Out func([]byte)
	// Rand gives the handshake's bytes; nil: zeros.
	Rand *rand.Rand

	Limits       Limits        // zero: DefaultLimits
	ChunkSize    int           // announced by a publisher; zero: 32000
	BufferLength time.Duration // announced by a player; zero: 3 s
	FlashVersion string        // zero: as FFmpeg says it
}

// What a device announces when its options say nothing.
// Source: FFmpeg rtmpproto.c (flashVer for publishing and playing, buffer time 3000 ms);
// its chunk size is 60,000, here it is one that Wireshark's RTMP dissector follows, which
// ignores 32,768 and more; the phone's own component publishes none of these; fidelity:
// assumed.
const (
	clientChunkBytes   = 32000
	clientBufferLength = 3 * time.Second
	publishVersion     = "FMLE/3.0 (compatible; minilab)"
	playVersion        = "LNX 9,0,124,2"
)

// slabBytes is how much is allocated at once for outgoing messages.
const slabBytes = 32 << 10

// Validate reports missing or impossible options.
func (o ClientOptions) Validate() error {
	if o.Out == nil {
		return errors.New("rtmp: client needs Out")
	}
	if o.ChunkSize < 0 || o.ChunkSize > maxMessageBytes {
		return fmt.Errorf("rtmp: chunk size %d, must be 1 to %d", o.ChunkSize, maxMessageBytes)
	}
	if o.BufferLength < 0 {
		return fmt.Errorf("rtmp: buffer length %v is negative", o.BufferLength)
	}
	if o.Limits != (Limits{}) {
		return o.Limits.Validate()
	}
	return nil
}

type clientState uint8

const (
	clientIdle clientState = iota
	clientHandshake
	clientConnecting
	clientCreating
	clientStarting // publish or play is out
	clientReady
	clientClosed
)

// Transaction ids of the requests whose answers matter. Source: FFmpeg numbers its
// calls from 1; fidelity: documented.
const (
	transactionConnect = 1 + iota
	transactionRelease
	transactionFCPublish
	transactionCreate
	transactionStart
	transactionClose
)

// Client is the device's side of a session: it connects, creates a stream and
// publishes or plays on it.
type Client struct {
	o         ClientOptions
	limits    Limits
	state     clientState
	err       error
	greeting  []byte // the server's handshake as it comes
	in        *Reader
	out       Writer
	slab      []byte
	stream    uint32
	received  uint32
	acked     uint32
	ackWindow uint32
}

// NewClient returns a session that hasn't begun. It panics when options don't validate.
func NewClient(o ClientOptions) *Client {
	if err := o.Validate(); err != nil {
		panic(err)
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	if o.ChunkSize == 0 {
		o.ChunkSize = clientChunkBytes
	}
	if o.BufferLength == 0 {
		o.BufferLength = clientBufferLength
	}
	if o.FlashVersion == "" {
		o.FlashVersion = playVersion
		if o.Publish {
			o.FlashVersion = publishVersion
		}
	}
	return &Client{o: o, limits: o.Limits, in: NewReader(o.Limits), ackWindow: windowAckBytes}
}

// Start sends the handshake, when the connection stands.
func (c *Client) Start() {
	if c.state == clientIdle {
		c.state = clientHandshake
		c.o.Out(firstHandshake(c.o.Rand))
	}
}

// Ready reports whether the server has accepted publish or play.
func (c *Client) Ready() bool { return c.state == clientReady }

// Send sends media on the stream that publishes. CSID and Stream are the session's to
// choose. Before the server has accepted it, and after Close, nothing is sent.
func (c *Client) Send(m Message) {
	if c.state != clientReady || !c.o.Publish {
		return
	}
	m.Stream = c.stream
	m.CSID = csidOf(m.Type)
	c.send(m)
}

// send chunks m into the slab: what is handed out is never written again.
func (c *Client) send(m Message) {
	need := chunkedBytes(len(m.Payload), c.out.size())
	if cap(c.slab)-len(c.slab) < need {
		c.slab = make([]byte, 0, max(slabBytes, need))
	}
	at := len(c.slab)
	c.slab = c.out.Append(c.slab, m)
	c.o.Out(c.slab[at:len(c.slab):len(c.slab)])
}

func (c *Client) call(stream uint32, name string, transaction float64, args ...any) {
	c.send(Message{CSID: csidCommand, Type: TypeCommand, Stream: stream,
		Payload: AppendCommand(nil, name, transaction, args...)})
}

// Close says goodbye; nothing is sent after it and no callback comes. The caller then
// closes the connection.
func (c *Client) Close() {
	if c.stream != 0 && c.state != clientClosed && c.err == nil {
		if c.o.Publish {
			c.call(0, "FCUnpublish", transactionClose, nil, c.o.StreamName)
		}
		c.call(0, "deleteStream", transactionClose+1, nil, c.stream)
	}
	c.state = clientClosed
}

// Feed takes bytes the server sent. After an error the connection must be closed; the
// error is repeated. ErrRejected wraps the server's refusal of connect or createStream.
func (c *Client) Feed(p []byte) error {
	if c.err != nil || c.state == clientClosed || len(p) == 0 {
		return c.err
	}
	c.received += uint32(len(p))
	if c.state == clientIdle {
		c.err = fmt.Errorf("%w: server speaks first", errVersion)
		return c.err
	}
	if c.state == clientHandshake {
		rest, err := c.greet(p)
		if err != nil {
			c.err = err
			return err
		}
		p = rest
	}
	if c.err = c.in.Feed(p, c.fromServer); c.err != nil {
		if c.state == clientClosed {
			c.err = nil // closed by a callback in the middle of p
		}
		return c.err
	}
	if c.received-c.acked >= max(1, c.ackWindow/2) {
		c.acked = c.received
		c.send(controlMessage(typeAck, c.received))
	}
	return nil
}

// greet collects the server's handshake and answers its parts.
func (c *Client) greet(p []byte) (rest []byte, err error) {
	before := len(c.greeting)
	n := min(len(p), handshakeBytes-before)
	c.greeting = append(c.greeting, p[:n]...)
	if before == 0 && p[0] != rtmpVersion {
		return nil, fmt.Errorf("%w: %d", errVersion, p[0])
	}
	const first = 1 + 1536
	if before < first && len(c.greeting) >= first {
		echo := append([]byte(nil), c.greeting[1:first]...)
		binary.BigEndian.PutUint32(echo[4:], 0) // when we read it, on a clock that stands
		c.o.Out(echo)
	}
	if len(c.greeting) == handshakeBytes {
		c.greeting = nil
		c.connect()
	}
	return p[n:], nil
}
