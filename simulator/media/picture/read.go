package picture

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// Luma between an off and an on cell, in a normal and in a black picture.
const (
	threshold      = (lumaLow + lumaHigh) / 2
	thresholdBlack = 26
)

// marksNeeded is how many samples of a mark must agree for it to count as seen.
const marksNeeded = Block * Block * 9 / 10

// Reading is what stands in a picture.
type Reading struct {
	Stamp    Stamp // what the data block says; trust it when OK
	OK       bool  // the checksum fits every luma and chroma sample
	Black    bool  // at least 98 % of luma at or below 38
	Rotation int   // how far the content is turned clockwise, by the orientation marks
	Readable bool  // at least three orientation marks were found, so Rotation means something
}

// Read reads a picture, whatever it holds.
func Read(p *Picture) Reading {
	r := Reading{Black: isBlack(p)}
	limit := byte(threshold)
	if r.Black {
		limit = thresholdBlack
	}
	q, seen := orientation(p, limit)
	r.Rotation, r.Readable = q*90, seen >= 3
	words := readWords(p, q, limit)
	r.Stamp = Stamp{
		UID: words[wordUID], Frame: words[wordFrame],
		Captured: time.Duration(words[wordCaptured]) * time.Millisecond,
		Rotation: r.Rotation, Black: r.Black,
	}
	r.OK = words[wordCRC] == sum(p, q)
	return r
}

// isBlack counts bright samples eight at a time and stops when there are too many.
func isBlack(p *Picture) bool {
	const (
		high = 0x8080808080808080
		add  = 0x0101010101010101 * (127 - blackLuma)
	)
	bright := 0
	for i := 0; i < len(p.Y); i += 8 {
		v := binary.LittleEndian.Uint64(p.Y[i:])
		over := ((v &^ high) + add) | v // bit 7 of each byte: the sample is above blackLuma
		bright += bits.OnesCount64(over & high)
		if bright > brightAllowed {
			return false
		}
	}
	return true
}

// orientation finds the turn at which most marks are in their places.
func orientation(p *Picture, limit byte) (q, seen int) {
	for try := range 4 {
		n := 0
		for i := range markAt {
			if hasMark(p, i, try, limit) {
				n++
			}
		}
		if n > seen {
			q, seen = try, n
		}
		if n == len(markAt) {
			break
		}
	}
	return q, seen
}

func hasMark(p *Picture, i, q int, limit byte) bool {
	at := turned(markAt[i], q)
	mark := &marksTurned[q][i]
	same := 0
	for y := range Block {
		row := p.Y[(at.row*Block+y)*Width+(left+at.col)*Block:][:Block]
		seen := uint16(0)
		for _, v := range row {
			seen <<= 1
			if v > limit {
				seen |= 1
			}
		}
		same += Block - bits.OnesCount16(seen^mark[y])
	}
	return same >= marksNeeded
}

// marksTurned are the marks after 0 to 3 quarter turns.
var marksTurned = func() (out [4][4][Block]uint16) {
	for q := range out {
		for i, rows := range markRows {
			for y, row := range rows {
				for x := range Block {
					tx, ty := turnedSample(x, y, Block, q)
					out[q][i][ty] |= row >> (15 - x) & 1 << (15 - tx)
				}
			}
		}
	}
	return out
}()

// readWords reads the data block of a picture turned by q quarter turns.
func readWords(p *Picture, q int, limit byte) (words [4]uint32) {
	at := turned(dataAt, q)
	base := at.row*Block*Width + (left+at.col)*Block
	for i := range 128 {
		x, y := turnedSample(i%8*2, i/8, Block, q)
		bit := uint32(0)
		if p.Y[base+y*Width+x] > limit {
			bit = 1
		}
		words[i/32] = words[i/32]<<1 | bit
	}
	return words
}
