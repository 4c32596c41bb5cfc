package engine

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

// sink places n, starting from the root's hole.
func (q *queue) sink(n node) {
	h := q.nodes
	i := 0
	for {
		c := 4*i + 1
		if c >= len(h) {
			break
		}
		end := min(c+4, len(h))
		least := c
		for j := c + 1; j < end; j++ {
			if h[j].before(h[least]) {
				least = j
			}
		}
		if !h[least].before(n) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = n
}
