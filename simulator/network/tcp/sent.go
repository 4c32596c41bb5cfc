package tcp

// sent is a segment that was sent and is not acknowledged cumulatively.
type sent struct {
	seq, end   uint64
	at         int64 // last transmission, ns
	prev, next uint32
	flags      sentFlags
}

type sentFlags uint8

const (
	segSacked   sentFlags = 1 << iota // reported by SACK
	segLost                           // believed lost
	segAgain                          // its retransmission is in flight
	segEver                           // was retransmitted at least once
	segFIN                            // carries the FIN, its last sequence number
	segListed                         // is in the list by time
	segGroupEnd                       // ends a group that was handed to the device as one
)

// sentQueue holds the sent segments by sequence number, in a ring, and those whose
// fate is open by time of transmission, in a list through it. Indices are absolute:
// they stay valid while the ring grows.
type sentQueue struct {
	ring         []sent // its length is a power of two
	head, tail   uint32
	oldest, last uint32 // ends of the list by time; none when it is empty
}

const (
	none      = ^uint32(0)
	firstSent = 16
)

func (q *sentQueue) at(i uint32) *sent { return &q.ring[i&uint32(len(q.ring)-1)] }

func (q *sentQueue) empty() bool { return q.head == q.tail }

func (q *sentQueue) len() int { return int(q.tail - q.head) }

// add appends a segment that has just been sent.
func (q *sentQueue) add(s sent) {
	if q.len() == len(q.ring) {
		bigger := make([]sent, max(firstSent, 2*len(q.ring)))
		for i := q.head; i != q.tail; i++ {
			bigger[i&uint32(len(bigger)-1)] = *q.at(i)
		}
		q.ring = bigger
	}
	i := q.tail
	if i == none { // an index that has a meaning of its own
		panic("tcp: connection outlived its segment numbers")
	}
	q.tail++
	*q.at(i) = s
	q.list(i)
}

// list puts segment i at the young end of the list by time.
func (q *sentQueue) list(i uint32) {
	q.unlist(i)
	s := q.at(i)
	s.flags |= segListed
	s.prev, s.next = q.last, none
	if q.last == none {
		q.oldest = i
	} else {
		q.at(q.last).next = i
	}
	q.last = i
}

func (q *sentQueue) unlist(i uint32) {
	s := q.at(i)
	if s.flags&segListed == 0 {
		return
	}
	s.flags &^= segListed
	if s.prev == none {
		q.oldest = s.next
	} else {
		q.at(s.prev).next = s.next
	}
	if s.next == none {
		q.last = s.prev
	} else {
		q.at(s.next).prev = s.prev
	}
}

// pop forgets the oldest segment.
func (q *sentQueue) pop() {
	q.unlist(q.head)
	q.head++
}

// find gives the index of the first segment that ends after seq; tail when none does.
func (q *sentQueue) find(seq uint64) uint32 {
	lo, hi := q.head, q.tail
	for lo != hi {
		mid := lo + (hi-lo)/2
		if q.at(mid).end > seq {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
