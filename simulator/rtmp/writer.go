package rtmp

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Writer turns the messages of one direction into chunks. The zero value is ready and
// writes chunks of 128 bytes.
type Writer struct {
	chunkSize int
	streams   []outStream
}

// outStream is what the receiver knows of one chunk stream.
type outStream struct {
	id        uint32
	timestamp uint32
	delta     uint32
	hasDelta  bool // the last header was form 1, 2 or 3
	typ       uint8
	stream    uint32
	length    int
}

// SetChunkSize sets the size of the chunks that follow. The caller announces it by a
// Set Chunk Size message written before.
func (w *Writer) SetChunkSize(n int) { w.chunkSize = n }

func (w *Writer) size() int {
	if w.chunkSize == 0 {
		return defaultChunkSize
	}
	return w.chunkSize
}

// Append writes m behind dst, with the shortest header that says it safely: form 3
// never begins a message after form 0, because receivers differ in what it means.
// CSID must be 2 to 65599, the payload below 16 MiB; else Append panics.
func (w *Writer) Append(dst []byte, m Message) []byte {
	checkMessage(m)
	st := w.stream(m.CSID)
	delta := m.Timestamp - st.timestamp
	form := byte(0)
	switch {
	case st.id == 0 || st.stream != m.Stream || delta >= extended:
	case st.length != len(m.Payload) || st.typ != m.Type:
		form = 1
	case !st.hasDelta || st.delta != delta:
		form = 2
	default:
		form = 3
	}
	*st = outStream{id: m.CSID, timestamp: m.Timestamp, delta: delta, hasDelta: form > 0,
		typ: m.Type, stream: m.Stream, length: len(m.Payload)}
	dst = slices.Grow(dst, chunkedBytes(len(m.Payload), w.size()))
	if form == 0 {
		dst = head0(dst, m)
		return appendBody(dst, m, w.size(), m.Timestamp)
	}
	dst = appendBasic(dst, form, m.CSID)
	if form < 3 {
		dst = appendUint24(dst, delta)
	}
	if form < 2 {
		dst = append(appendUint24(dst, uint32(len(m.Payload))), m.Type)
	}
	return appendBody(dst, m, w.size(), 0)
}

// head0 writes the header of m in its full form (type 0) behind dst: with it, Rest of
// a Chunked begins for a receiver that lacks what came before.
func head0(dst []byte, m Message) []byte {
	dst = appendBasic(dst, 0, m.CSID)
	dst = appendUint24(dst, min(m.Timestamp, extended))
	dst = append(appendUint24(dst, uint32(len(m.Payload))), m.Type)
	dst = binary.LittleEndian.AppendUint32(dst, m.Stream)
	if m.Timestamp >= extended {
		dst = binary.BigEndian.AppendUint32(dst, m.Timestamp)
	}
	return dst
}

// appendBody writes the payload, cut by type-3 headers; at is the header's timestamp
// field, which these repeat when it is an extended one.
func appendBody(dst []byte, m Message, chunkSize int, at uint32) []byte {
	p := m.Payload
	for len(p) > chunkSize {
		dst = append(dst, p[:chunkSize]...)
		p = p[chunkSize:]
		dst = appendBasic(dst, 3, m.CSID)
		if at >= extended {
			dst = binary.BigEndian.AppendUint32(dst, at)
		}
	}
	return append(dst, p...)
}

func appendBasic(dst []byte, form byte, id uint32) []byte {
	switch {
	case id < 64:
		return append(dst, form<<6|byte(id))
	case id < 320:
		return append(dst, form<<6, byte(id-64))
	}
	return append(dst, form<<6|1, byte(id-64), byte((id-64)>>8))
}

// chunkedBytes is the most that a message takes on the wire.
func chunkedBytes(payload, chunkSize int) int {
	return maxHeaderBytes + payload + payload/chunkSize*(3+4)
}

// stream finds or makes the state of a chunk stream; a fresh one has id 0.
func (w *Writer) stream(id uint32) *outStream {
	for i := range w.streams {
		if w.streams[i].id == id {
			return &w.streams[i]
		}
	}
	w.streams = append(w.streams, outStream{})
	return &w.streams[len(w.streams)-1]
}

func checkMessage(m Message) {
	if m.CSID < 2 || m.CSID > 65599 || len(m.Payload) > maxMessageBytes {
		panic(fmt.Sprintf("rtmp: can't chunk a message of %d bytes on chunk stream %d", len(m.Payload), m.CSID))
	}
}
