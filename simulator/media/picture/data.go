package picture

import (
	"hash/crc32"
	"time"
)

// The DATA block holds four 32-bit words, most significant bit first, a word in four
// rows of eight cells; a cell is two samples wide and one high.
const (
	wordUID = iota
	wordFrame
	wordCaptured
	wordCRC
	wordRows = 4
)

// paintData draws uid, frame and time; the CRC's rows stay as they are.
func (p *Painter) paintData() {
	s := p.stamp
	for word, v := range [3]uint32{s.UID, s.Frame, uint32(s.Captured / time.Millisecond)} {
		p.paintWord(word, v)
	}
}

func (p *Painter) paintWord(word int, v uint32) {
	at := (dataAt.row*Block+word*wordRows)*Width + (left+dataAt.col)*Block
	for r := range wordRows {
		row := p.upright.Y[at+r*Width:][:Block]
		for c := 0; c < Block; c += 2 {
			luma := byte(lumaLow)
			if v&(1<<31) != 0 {
				luma = lumaHigh
			}
			row[c], row[c+1] = luma, luma
			v <<= 1
		}
	}
}

// seal computes the CRC over all of the finished picture but the CRC's own cells, and
// draws it.
func (p *Painter) seal() {
	p.paintWord(wordCRC, sum(&p.out, turn(p.stamp.Rotation)))
	p.place(dataAt)
}

// sum is the CRC-32 over luma without the cells of the CRC, then Cb, then Cr.
func sum(p *Picture, q int) uint32 {
	x0, y0, w, h := crcCells(q)
	crc, from := uint32(0), 0
	for y := y0; y < y0+h; y++ {
		crc = crc32.Update(crc, crc32.IEEETable, p.Y[from:y*Width+x0])
		from = y*Width + x0 + w
	}
	crc = crc32.Update(crc, crc32.IEEETable, p.Y[from:])
	crc = crc32.Update(crc, crc32.IEEETable, p.Cb[:])
	return crc32.Update(crc, crc32.IEEETable, p.Cr[:])
}

// crcCells is the rectangle of the CRC's cells in a frame turned by q quarter turns.
func crcCells(q int) (x, y, w, h int) {
	at := turned(dataAt, q)
	x, y = (left+at.col)*Block, at.row*Block
	switch q {
	case 0:
		return x, y + wordCRC*wordRows, Block, wordRows
	case 1:
		return x, y, wordRows, Block
	case 2:
		return x, y, Block, wordRows
	default:
		return x + wordCRC*wordRows, y, wordRows, Block
	}
}
