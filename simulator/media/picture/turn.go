package picture

// placeAll turns the whole upright picture into the frame.
func (p *Painter) placeAll() {
	p.out = p.upright
	if p.stamp.Black {
		dim(p.out.Y[:])
		neutral(p.out.Cb[:])
		neutral(p.out.Cr[:])
	}
	for row := range side {
		for col := range side {
			p.place(cell{col, row})
		}
	}
}

// place turns one block of the upright square into the frame.
func (p *Painter) place(c cell) {
	q := turn(p.stamp.Rotation)
	to := turned(c, q)
	p.placePlane(p.out.Y[:], p.upright.Y[:], Width, Block, c, to, q)
	p.placePlane(p.out.Cb[:], p.upright.Cb[:], Width/2, Block/2, c, to, q)
	p.placePlane(p.out.Cr[:], p.upright.Cr[:], Width/2, Block/2, c, to, q)
	if !p.stamp.Black {
		return
	}
	for y := range Block {
		dim(p.out.Y[(to.row*Block+y)*Width+(left+to.col)*Block:][:Block])
	}
	for y := range Block / 2 {
		at := (to.row*Block/2+y)*Width/2 + (left+to.col)*Block/2
		neutral(p.out.Cb[at:][:Block/2])
		neutral(p.out.Cr[at:][:Block/2])
	}
}

func (p *Painter) placePlane(dst, src []byte, stride, size int, from, to cell, q int) {
	src = src[from.row*size*stride+(left+from.col)*size:]
	dst = dst[to.row*size*stride+(left+to.col)*size:]
	if q == 0 {
		for y := range size {
			copy(dst[y*stride:][:size], src[y*stride:][:size])
		}
		return
	}
	for y := range size {
		for x := range size {
			tx, ty := turnedSample(x, y, size, q)
			dst[ty*stride+tx] = src[y*stride+x]
		}
	}
}

// turnedSample is where a sample of a square stands after q quarter turns clockwise.
func turnedSample(x, y, size, q int) (int, int) {
	switch q {
	case 0:
		return x, y
	case 1:
		return size - 1 - y, x
	case 2:
		return size - 1 - x, size - 1 - y
	default:
		return y, size - 1 - x
	}
}

// dim maps luma 16..235 to 16..36: black by definition, and still legible to Read.
func dim(luma []byte) {
	for i, v := range luma {
		luma[i] = byte(16 + (int(v)-16)*20/219)
	}
}

func neutral(chroma []byte) {
	for i := range chroma {
		chroma[i] = 128
	}
}
