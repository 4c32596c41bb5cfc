package picture

import (
	"math/bits"
	"strconv"
)

// cell is a macroblock's place in the upright square.
type cell struct{ col, row int }

// Where things stand in the upright square.
var (
	dataAt = cell{1, 0}
	ballIn = cell{5, 3}
)

const (
	digitsRow = 3
	trackRow  = 4
)

// Luma levels of what is drawn. None is 0, which PCM macroblocks must not carry.
const (
	lumaLow   = 40  // a data cell or mark pixel that is off
	lumaHigh  = 216 // one that is on
	lumaBack  = 60
	lumaWhite = 235
)

// Draw draws the whole picture of s into dst.
func Draw(dst *Picture, s Stamp) {
	var p Painter
	p.Paint(s)
	*dst = p.out
}

// Painter draws one member's pictures one after another and says what changed.
// The zero value is ready.
type Painter struct {
	upright Picture // the picture before turning and darkening, its CRC left out
	out     Picture
	stamp   Stamp
	drawn   bool
}

// All is the set of all macroblocks, as Paint reports it: bit row*Cols+col.
const All = uint64(1)<<(Cols*Rows) - 1

// Paint draws the picture of s. It returns the picture, which the Painter keeps and
// changes with the next call, and the set of macroblocks that differ from before; the
// same stamp once more changes none.
func (p *Painter) Paint(s Stamp) (*Picture, uint64) {
	s.Rotation = turn(s.Rotation) * 90
	last := p.stamp
	if p.drawn && s == last {
		return &p.out, 0
	}
	whole := !p.drawn || s.UID != last.UID || s.Rotation != last.Rotation || s.Black != last.Black
	p.stamp, p.drawn = s, true
	if whole {
		p.paintStill()
	}
	var dirty uint64 // of the upright square, bit row*side+col
	if whole || s.Seconds() != last.Seconds() {
		dirty |= p.paintSecond(last, whole)
	}
	if whole || s.Frame%12 != last.Frame%12 {
		p.paintBall()
		dirty |= squareBit(ballIn)
	}
	p.paintData()
	dirty |= squareBit(dataAt)
	if whole {
		p.placeAll()
		p.seal()
		return &p.out, All
	}
	changed := uint64(0)
	for d := dirty; d != 0; d &= d - 1 {
		i := bits.TrailingZeros64(d)
		c := cell{i % side, i / side}
		p.place(c)
		changed |= frameBit(turned(c, turn(s.Rotation)))
	}
	p.seal()
	return &p.out, changed
}

func squareBit(c cell) uint64 { return 1 << (c.row*side + c.col) }
func frameBit(c cell) uint64  { return 1 << (c.row*Cols + c.col + left) }

// turn is a rotation in quarter turns clockwise, 0 to 3.
func turn(degrees int) int { return ((degrees/90)%4 + 4) % 4 }

// turned is where a cell of the upright square stands after q quarter turns clockwise.
func turned(c cell, q int) cell {
	for range q {
		c = cell{side - 1 - c.row, c.col}
	}
	return c
}

// fill paints a rectangle of the upright picture; x and y in samples of the square.
func (p *Painter) fill(x, y, w, h int, luma byte) {
	for j := y; j < y+h; j++ {
		row := p.upright.Y[j*Width+left*Block+x:][:w]
		for i := range row {
			row[i] = luma
		}
	}
}

// tint colours a rectangle of the upright frame; in samples of the frame, even.
func (p *Painter) tint(x, y, w, h int, cb, cr byte) {
	for j := y / 2; j < (y+h)/2; j++ {
		for i := x / 2; i < (x+w)/2; i++ {
			p.upright.Cb[j*Width/2+i], p.upright.Cr[j*Width/2+i] = cb, cr
		}
	}
}

// glyph draws a digit at a scale.
func (p *Painter) glyph(x, y, scale int, digit byte) {
	for r, row := range digitRows[digit] {
		for c := range 5 {
			if row>>(4-c)&1 != 0 {
				p.fill(x+c*scale, y+r*scale, scale, scale, lumaWhite)
			}
		}
	}
}

// paintStill draws what stays while uid, rotation and darkness stay.
func (p *Painter) paintStill() {
	colour := Colour(p.stamp.UID)
	for i := range p.upright.Y {
		p.upright.Y[i] = colour.Y
	}
	p.tint(0, 0, Width, Height, colour.Cb, colour.Cr)
	p.fill(0, 0, side*Block, side*Block, lumaBack)
	p.tint(left*Block, 0, side*Block, side*Block, byte((int(colour.Cb)+3*128)/4), byte((int(colour.Cr)+3*128)/4))
	for i, at := range markAt {
		p.tint((left+at.col)*Block, at.row*Block, Block, Block, 128, 128)
		for y, row := range markRows[i] {
			for x := range Block {
				luma := byte(lumaLow)
				if row>>(15-x)&1 != 0 {
					luma = lumaHigh
				}
				p.fill(at.col*Block+x, at.row*Block+y, 1, 1, luma)
			}
		}
	}
	p.tint((left+dataAt.col)*Block, dataAt.row*Block, Block, Block, 128, 128)
	for x := range 3 * Block { // the ramp
		p.fill(2*Block+x, 0, 1, Block, byte(40+x*4))
	}
	bars := [4][3]byte{{145, 54, 34}, {82, 90, 240}, {41, 240, 110}, {210, 16, 146}} // green, red, blue, yellow
	for i, bar := range bars {
		p.fill((1+i)*Block, (side-1)*Block, Block, Block, bar[0])
		p.tint((left+1+i)*Block, (side-1)*Block, Block, Block, bar[1], bar[2])
	}
	p.paintUID()
}

// paintUID draws the uid as large as two rows of blocks allow.
func (p *Painter) paintUID() {
	text := strconv.FormatUint(uint64(p.stamp.UID), 10)
	scale := min(4, side*Block/(6*len(text)))
	x := (side*Block - (6*len(text)-1)*scale) / 2
	y := Block + (2*Block-7*scale)/2
	for i := range len(text) {
		p.glyph(x+i*6*scale, y, scale, text[i]-'0')
	}
}

// clock are the digits for a number of seconds: mm:ss, the colon as -1.
func clock(seconds int) [5]int {
	m, s := seconds/60%100, seconds%60
	return [5]int{m / 10, m % 10, -1, s / 10, s % 10}
}

// paintSecond redraws what changes once a second and returns the cells that did.
func (p *Painter) paintSecond(last Stamp, whole bool) (dirty uint64) {
	now, before := clock(p.stamp.Seconds()), clock(last.Seconds())
	for i, digit := range now {
		if !whole && digit == before[i] {
			continue
		}
		x, y := i*Block, digitsRow*Block
		p.fill(x, y, Block, Block, lumaBack)
		if digit < 0 {
			p.fill(x+6, y+4, 3, 3, lumaWhite)
			p.fill(x+6, y+9, 3, 3, lumaWhite)
		} else {
			p.glyph(x+3, y+1, 2, byte(digit))
		}
		dirty |= squareBit(cell{i, digitsRow})
	}
	here, there := p.stamp.Seconds()%side, last.Seconds()%side
	for col := range side {
		if !whole && col != here && col != there {
			continue
		}
		x, y := col*Block, trackRow*Block
		p.fill(x, y, Block, Block, lumaBack)
		p.fill(x, y+7, Block, 2, 150)
		if col == here {
			p.fill(x+3, y+3, 10, 10, lumaWhite)
		}
		dirty |= squareBit(cell{col, trackRow})
	}
	return dirty
}

func (p *Painter) paintBall() {
	x, y := ballIn.col*Block, ballIn.row*Block
	at := ballAt[p.stamp.Frame%12]
	p.fill(x, y, Block, Block, lumaLow)
	p.fill(x+at[0], y+at[1], 4, 4, lumaWhite)
}
