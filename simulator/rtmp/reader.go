package rtmp

import (
	"encoding/binary"
	"fmt"
)

// Reader turns the bytes of one direction into messages. It applies Set Chunk Size
// and Abort itself (and still emits them) and splits aggregate messages.
type Reader struct {
	limits    Limits
	chunkSize int
	streams   []chunkStream
	cur       int // whose payload comes next; -1: a header comes next
	left      int // payload bytes of the current chunk still to come
	head      [maxHeaderBytes]byte
	headLen   int
	buffered  int
	habit     extendedHabit
	err       error
}

// chunkStream is what the headers of one chunk stream have said so far.
type chunkStream struct {
	id        uint32
	timestamp uint32
	field     uint32 // timestamp or delta of the last header that had one
	extended  bool   // that header carried it in 32 bits
	typ       uint8
	stream    uint32
	length    int
	open      bool // a message has begun and isn't complete
	got       int
	buf       []byte // nil until payload must be copied
}

// extendedHabit is what the peer does with extended timestamps on type-3 chunks: the
// specification repeats them there, but some senders don't.
type extendedHabit uint8

const (
	habitUnknown extendedHabit = iota
	habitRepeats
	habitOmits
)

// maxHeaderBytes: basic header 3, message header 11, extended timestamp 4.
const maxHeaderBytes = 18

// firstBufferBytes is how much a message gets before its bytes have arrived; a
// larger one grows with them, so that a header alone can't pin memory.
const firstBufferBytes = 64 << 10

// NewReader returns a Reader at the start of a stream, after the handshake.
func NewReader(l Limits) *Reader {
	return &Reader{limits: l, chunkSize: defaultChunkSize, cur: -1}
}

// Feed parses p and calls emit for each complete message, in order. A message that
// lies whole in p as one chunk is emitted as a view of p; else its payload is a fresh
// buffer. Either way the payload stays valid and is never changed. After an error, of
// the stream or of emit, the Reader is finished and repeats it.
func (r *Reader) Feed(p []byte, emit func(Message) error) error {
	if r.err == nil {
		r.err = r.feed(p, emit)
	}
	return r.err
}

func (r *Reader) feed(p []byte, emit func(Message) error) error {
	for len(p) > 0 {
		if r.cur < 0 {
			n, err := r.readHeader(p)
			if err != nil {
				return err
			}
			if n < 0 {
				// Bytes kept as a possible extended timestamp were payload after all.
				var kept [maxHeaderBytes]byte
				size := copy(kept[:], r.head[r.headLen+n:r.headLen])
				r.headLen = 0
				if err := r.feed(append([]byte(nil), kept[:size]...), emit); err != nil {
					return err
				}
				continue
			}
			p = p[n:]
			if r.cur < 0 {
				return nil
			}
		}
		n, err := r.readPayload(p, emit)
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// readPayload takes what p has of the current chunk and emits a completed message.
func (r *Reader) readPayload(p []byte, emit func(Message) error) (int, error) {
	cs := &r.streams[r.cur]
	n := min(r.left, len(p))
	if n == cs.length && cs.got == 0 {
		r.cur, r.left = -1, 0
		cs.open = false
		return n, r.deliver(cs.message(p[:n:n]), emit)
	}
	if err := r.store(cs, p[:n]); err != nil {
		return 0, err
	}
	r.left -= n
	if r.left > 0 {
		return n, nil
	}
	r.cur = -1
	if cs.got < cs.length {
		return n, nil
	}
	payload := cs.buf
	r.drop(cs)
	return n, r.deliver(cs.message(payload), emit)
}

func (cs *chunkStream) message(payload []byte) Message {
	return Message{CSID: cs.id, Type: cs.typ, Stream: cs.stream, Timestamp: cs.timestamp, Payload: payload}
}

func (r *Reader) store(cs *chunkStream, p []byte) error {
	if need := cs.got + len(p); need > cap(cs.buf) {
		size := max(need, min(cs.length, max(2*cap(cs.buf), firstBufferBytes)))
		r.buffered += size - cap(cs.buf)
		if r.buffered > r.limits.MaxBufferedBytes {
			return fmt.Errorf("%w: %d bytes of unfinished messages", errLimit, r.buffered)
		}
		cs.buf = append(make([]byte, 0, size), cs.buf...)
	}
	cs.buf = append(cs.buf, p...)
	cs.got += len(p)
	return nil
}

// drop forgets the unfinished message of cs.
func (r *Reader) drop(cs *chunkStream) {
	r.buffered -= cap(cs.buf)
	cs.buf, cs.got, cs.open = nil, 0, false
}

// deliver applies what concerns the chunk layer and emits.
func (r *Reader) deliver(m Message, emit func(Message) error) error {
	switch m.Type {
	case typeSetChunkSize:
		size, err := controlValue(m)
		if err != nil {
			return err
		}
		if size == 0 || size > 0x7fffffff {
			return fmt.Errorf("%w: chunk size %d", errChunk, size)
		}
		r.chunkSize = int(min(size, maxMessageBytes))
	case typeAbort:
		id, err := controlValue(m)
		if err != nil {
			return err
		}
		if i := r.find(id); i >= 0 {
			r.drop(&r.streams[i])
		}
	case typeAggregate:
		return splitAggregate(m, emit)
	}
	return emit(m)
}

// controlValue is the 32-bit value that protocol control messages begin with.
func controlValue(m Message) (uint32, error) {
	if len(m.Payload) < 4 {
		return 0, fmt.Errorf("%w: control message %d of %d bytes", errChunk, m.Type, len(m.Payload))
	}
	return binary.BigEndian.Uint32(m.Payload), nil
}

func (r *Reader) find(id uint32) int {
	for i := range r.streams {
		if r.streams[i].id == id {
			return i
		}
	}
	return -1
}
