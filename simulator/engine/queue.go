package engine

import "math/bits"

// node is one pending event. It holds no pointers, so that the garbage collector
// never looks into the queue: the handler is found by the actor's index and the
// payload lies with the actor.
type node struct {
	at  int64  // virtual time, ns
	key uint64 // actor<<32 | the actor's own sequence
	op  uint64
}

func (a node) before(b node) bool {
	return a.at < b.at || (a.at == b.at && a.key < b.key)
}

// less is before as a number, 1 or 0: the borrow of one 128-bit number taken from
// another. No time is negative.
func (a *node) less(b *node) uint64 {
	_, borrow := bits.Sub64(a.key, b.key, 0)
	_, borrow = bits.Sub64(uint64(a.at), uint64(b.at), borrow)
	return borrow
}

// queue is a 4-ary min-heap of values: flatter than a binary heap, and the four
// children share a cache line or two.
type queue struct{ nodes []node }

func (q *queue) push(n node) {
	q.nodes = append(q.nodes, n)
	h := q.nodes
	i := len(h) - 1
	for i > 0 {
		p := (i - 1) / 4
		if !n.before(h[p]) {
			break
		}
		h[i] = h[p]
		i = p
	}
	h[i] = n
}

func (q *queue) pop() node {
	h := q.nodes
	top := h[0]
	last := len(h) - 1
	n := h[last]
	h = h[:last]
	q.nodes = h
	if last > 0 {
		q.sink(n)
	}
	return top
}

// sink places n, starting from the root's hole. Which child is the least is a toss-up
// that no processor foresees, so it is reckoned and not branched on.
func (q *queue) sink(n node) {
	h := q.nodes
	i := 0
	for {
		c := 4*i + 1
		if c+4 > len(h) {
			break
		}
		x := (*[4]node)(h[c:])
		left, right := x[1].less(&x[0]), 2+x[3].less(&x[2])
		least := left + (right-left)*x[right&3].less(&x[left&3])
		if !x[least&3].before(n) {
			h[i] = n
			return
		}
		h[i] = x[least&3]
		i = c + int(least)
	}
	if c := 4*i + 1; c < len(h) { // the last family may have fewer children
		least := c
		for j := c + 1; j < len(h); j++ {
			if h[j].before(h[least]) {
				least = j
			}
		}
		if h[least].before(n) {
			h[i] = h[least]
			i = least
		}
	}
	h[i] = n
}
