package h264

import (
	"bytes"

	"minilab/simulator/media/picture"
)

// node is a decoded picture and how it came about. It never changes.
type node struct {
	picture  picture.Picture
	reading  picture.Reading
	frameNum uint32
	hash     uint64
	id       uint64 // unique in its Memo; 0 without one
	nal      []byte // the slice it was decoded from; for comparing
}

// Memo keeps decoded pictures, so that decoders which are fed the same bytes in the
// same state decode each picture once and share it. A hit compares all bytes of the
// slice. What a decoder returns does not depend on what the memo holds. One goroutine
// at a time may use it.
type Memo struct {
	nodes map[memoKey]*node
	ring  []memoSlot // in the order of arrival; the oldest makes room
	next  int
	ids   uint64
}

type memoKey struct {
	parent uint64 // the picture referred to; 0 for a key frame
	hash   uint64
}

type memoSlot struct {
	key  memoKey
	node *node
}

// memoPictures of about 20 kB each are 10 MB: seven members at 15 fps, 5 s deep.
const memoPictures = 512

// NewMemo makes an empty memo, which keeps up to 10 MB.
func NewMemo() *Memo { return newMemo(memoPictures) }

func newMemo(pictures int) *Memo {
	return &Memo{nodes: make(map[memoKey]*node), ring: make([]memoSlot, pictures)}
}

func (m *Memo) find(key memoKey, nal []byte) *node {
	if m == nil {
		return nil
	}
	n := m.nodes[key]
	if n == nil || !bytes.Equal(n.nal, nal) {
		return nil
	}
	return n
}

func (m *Memo) add(key memoKey, n *node, nal []byte) {
	if m == nil {
		return
	}
	m.ids++
	n.id = m.ids
	n.nal = bytes.Clone(nal)
	slot := &m.ring[m.next]
	m.next = (m.next + 1) % len(m.ring)
	if slot.node != nil && m.nodes[slot.key] == slot.node {
		delete(m.nodes, slot.key)
	}
	*slot = memoSlot{key, n}
	m.nodes[key] = n
}
