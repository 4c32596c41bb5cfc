package rtmp

// Chunked is a message chunked once for all subscribers of a relay that have the same
// chunk size. Its header is form 1: a delta, so that subscribers whose clocks differ
// share it, and no message stream id.
type Chunked struct {
	Message   Message
	Delta     uint32 // ms since the message before it on this chunk stream
	ChunkSize int
	Shared    []byte // form-1 header and body; nil when Delta needs more than 24 bits
	Rest      []byte // what follows the header
}

// Chunk chunks m, which comes delta ms after the message before it on its chunk
// stream. It allocates once.
func Chunk(m Message, delta uint32, chunkSize int) Chunked {
	checkMessage(m)
	c := Chunked{Message: m, Delta: delta, ChunkSize: chunkSize}
	b := make([]byte, 0, chunkedBytes(len(m.Payload), chunkSize))
	if delta < extended {
		b = appendBasic(b, 1, m.CSID)
		b = appendUint24(b, delta)
		b = append(appendUint24(b, uint32(len(m.Payload))), m.Type)
	}
	head := len(b)
	b = appendBody(b, m, chunkSize, 0)
	if delta < extended {
		c.Shared = b[:len(b):len(b)]
	}
	c.Rest = b[head:len(b):len(b)]
	return c
}

// Send gives out the bytes that carry c on this direction, as message stream stream
// and with the receiver's timestamp: the shared bytes alone if the receiver's clock
// stands at the message before (no allocation); else a private header and the shared
// rest; or private chunks, when the timestamp is an extended one (type-3 headers must
// repeat it) or the chunk size differs.
func (w *Writer) Send(c *Chunked, stream, timestamp uint32, out func([]byte)) {
	m := c.Message
	m.Stream, m.Timestamp = stream, timestamp
	if c.ChunkSize != w.size() {
		out(w.Append(nil, m))
		return
	}
	st := w.stream(m.CSID)
	shared := c.Shared != nil && st.id != 0 && st.stream == stream && st.timestamp+c.Delta == timestamp
	if !shared && timestamp >= extended && len(m.Payload) > c.ChunkSize {
		out(w.Append(nil, m))
		return
	}
	*st = outStream{id: m.CSID, timestamp: timestamp, delta: c.Delta, hasDelta: shared,
		typ: m.Type, stream: stream, length: len(m.Payload)}
	if shared {
		out(c.Shared)
		return
	}
	out(head0(make([]byte, 0, maxHeaderBytes), m))
	if len(c.Rest) > 0 {
		out(c.Rest)
	}
}
