package relay

// ring is a queue of units that keeps its memory.
type ring struct {
	buf  []*unit // its length is a power of two
	head int
	n    int
}

func (r *ring) len() int { return r.n }

func (r *ring) at(i int) *unit { return r.buf[(r.head+i)&(len(r.buf)-1)] }

func (r *ring) push(u *unit) {
	if r.n == len(r.buf) {
		grown := make([]*unit, max(8, 2*len(r.buf)))
		for i := range r.n {
			grown[i] = r.at(i)
		}
		r.buf, r.head = grown, 0
	}
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = u
	r.n++
}

func (r *ring) pop() *unit {
	u := r.buf[r.head]
	r.buf[r.head] = nil
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	return u
}

// filter keeps those for which keep is true, in order.
func (r *ring) filter(keep func(*unit) bool) {
	kept := 0
	for i := range r.n {
		u := r.at(i)
		if keep(u) {
			r.buf[(r.head+kept)&(len(r.buf)-1)] = u
			kept++
		}
	}
	for i := kept; i < r.n; i++ {
		r.buf[(r.head+i)&(len(r.buf)-1)] = nil
	}
	r.n = kept
}
