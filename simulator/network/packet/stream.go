package packet

// Stream is one direction of a TCP connection as bytes: the immutable slices that
// the sender was given, in order. The receiver reads views of them. A slice is let
// go when it was both read and acknowledged.
type Stream struct {
	chunks []chunk // ring; its length is a power of two
	head   uint32  // oldest chunk kept
	tail   uint32  // one past the newest
	cursor uint32  // chunk that the reader is in
	end    uint64  // bytes written
	read   uint64  // bytes that the receiver has taken
	acked  uint64  // bytes that the sender knows to have arrived
}

type chunk struct {
	data  []byte
	start uint64
}

const firstChunks = 8

// End is how many bytes were written so far.
func (s *Stream) End() uint64 { return s.end }

// ReadTo is how many bytes the receiver has taken.
func (s *Stream) ReadTo() uint64 { return s.read }

// Write puts p behind what was written before. It keeps p.
func (s *Stream) Write(p []byte) {
	if len(p) == 0 {
		return
	}
	if int(s.tail-s.head) == len(s.chunks) {
		s.grow()
	}
	s.chunks[s.tail&uint32(len(s.chunks)-1)] = chunk{p, s.end}
	s.tail++
	s.end += uint64(len(p))
}

func (s *Stream) grow() {
	bigger := make([]chunk, max(firstChunks, 2*len(s.chunks)))
	for i := s.head; i != s.tail; i++ {
		bigger[i&uint32(len(bigger)-1)] = s.chunks[i&uint32(len(s.chunks)-1)]
	}
	s.chunks = bigger
}

// Next gives the reader the longest view that begins where it stands and ends at or
// before offset to, and moves past it; nil when there is none.
func (s *Stream) Next(to uint64) []byte {
	if s.read >= to || s.cursor == s.tail {
		return nil
	}
	c := s.chunks[s.cursor&uint32(len(s.chunks)-1)]
	from := int(s.read - c.start)
	n := min(len(c.data)-from, int(to-s.read))
	s.read += uint64(n)
	if from+n == len(c.data) {
		s.cursor++
		s.release()
	}
	return c.data[from : from+n : from+n]
}

// Acked tells the stream that its first n bytes have been acknowledged.
func (s *Stream) Acked(n uint64) {
	s.acked = n
	s.release()
}

func (s *Stream) release() {
	mask := uint32(len(s.chunks) - 1)
	for s.head != s.cursor {
		c := &s.chunks[s.head&mask]
		if c.start+uint64(len(c.data)) > s.acked {
			return
		}
		c.data = nil
		s.head++
	}
}

// View appends views of the bytes from, to to dst without moving the reader, as far
// as they are still kept.
func (s *Stream) View(dst [][]byte, from, to uint64) [][]byte {
	for i := s.head; i != s.tail && from < to; i++ {
		c := s.chunks[i&uint32(len(s.chunks)-1)]
		if end := c.start + uint64(len(c.data)); from >= c.start && from < end {
			last := min(to, end)
			dst = append(dst, c.data[from-c.start:last-c.start])
			from = last
		}
	}
	return dst
}
