package h264

import "math/bits"

// bitWriter appends bits, most significant first.
type bitWriter struct {
	buf  []byte
	acc  uint64
	fill uint // bits in acc, < 8 between calls
}

func (w *bitWriter) u(n uint, v uint32) {
	w.acc = w.acc<<n | uint64(v)
	w.fill += n
	for w.fill >= 8 {
		w.fill -= 8
		w.buf = append(w.buf, byte(w.acc>>w.fill))
	}
}

// ue writes an Exp-Golomb code.
func (w *bitWriter) ue(v uint32) {
	n := uint(bits.Len32(v + 1))
	w.u(n-1, 0)
	w.u(n, v+1)
}

// align writes zero bits up to the next byte.
func (w *bitWriter) align() {
	if w.fill > 0 {
		w.u(8-w.fill, 0)
	}
}

// trail writes the stop bit and aligns.
func (w *bitWriter) trail() {
	w.u(1, 1)
	w.align()
}

// bitReader reads bits; after a read past the end bad is set and zeroes come.
type bitReader struct {
	buf []byte
	pos int // in bits
	bad bool
}

func (r *bitReader) u(n int) uint32 {
	if r.pos+n > len(r.buf)*8 {
		r.bad = true
		r.pos = len(r.buf) * 8
		return 0
	}
	v := uint32(0)
	for range n {
		v = v<<1 | uint32(r.buf[r.pos>>3]>>(7-r.pos&7)&1)
		r.pos++
	}
	return v
}

func (r *bitReader) flag() bool { return r.u(1) == 1 }

func (r *bitReader) ue() uint32 {
	zeros := 0
	for r.u(1) == 0 {
		zeros++
		if r.bad || zeros > 31 {
			r.bad = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.u(zeros)
}

func (r *bitReader) se() int32 {
	v := r.ue()
	if v&1 == 1 {
		return int32(v/2) + 1
	}
	return -int32(v / 2)
}

// left is the number of unread bits.
func (r *bitReader) left() int { return len(r.buf)*8 - r.pos }

// atTrail tells whether exactly the stop bit and its zeroes are left.
func (r *bitReader) atTrail() bool {
	n := r.left()
	if r.bad || n < 1 || n > 8 {
		return false
	}
	return r.u(1) == 1 && r.u(n-1) == 0
}
