package rtmp

import "fmt"

// aggregateHeadBytes is the size of a part's header: that of an FLV tag.
const aggregateHeadBytes = 11

// splitAggregate emits the parts of an aggregate message (RTMP specification 1.0,
// section 7.1.6): their times are shifted so that the first has the aggregate's.
// Parts that are no media are left out.
func splitAggregate(m Message, emit func(Message) error) error {
	var first uint32
	for p, n := m.Payload, 0; len(p) > 0; n++ {
		if len(p) < aggregateHeadBytes {
			return fmt.Errorf("%w: aggregate part cut off", errChunk)
		}
		size := int(uint24(p[1:]))
		at := uint24(p[4:]) | uint32(p[7])<<24
		if size > len(p)-aggregateHeadBytes {
			return fmt.Errorf("%w: aggregate part of %d bytes in %d", errChunk, size, len(p))
		}
		if n == 0 {
			first = at
		}
		end := aggregateHeadBytes + size
		part := Message{CSID: m.CSID, Type: p[0], Stream: m.Stream, Timestamp: m.Timestamp + at - first,
			Payload: p[aggregateHeadBytes:end:end]}
		switch part.Type {
		case TypeAudio, TypeVideo, TypeData, typeDataAMF3:
			if err := emit(part); err != nil {
				return err
			}
		}
		p = p[end:]
		p = p[min(4, len(p)):] // the back pointer; some senders leave out the last one
	}
	return nil
}
