package h264

import (
	"math/bits"
	"math/rand/v2"

	"minilab/simulator/media/picture"
)

// What a corrupt encoder does to the blocks it sends.
// Source: none, chosen so that a person sees displaced and discoloured blocks at once; fidelity: assumed.
const (
	displaceShare = 0.6 // of the blocks sent: taken from, or put, elsewhere
	shiftShare    = 0.5 // of the blocks sent: samples shifted within the block, chroma off
)

// damage is a corrupt encoder's view of what decoders show.
type damage struct {
	shown   picture.Picture
	lasting bool // shown differs from what the encoder believes to have sent
}

// begin takes what decoders show before the first corrupt frame.
func (d *damage) begin(last *picture.Picture) {
	if !d.lasting && last != nil {
		d.shown = *last
	}
}

// apply puts the changed blocks of p on what is shown, wrongly when corrupt, and
// returns the picture and blocks to write.
func (d *damage) apply(p *picture.Picture, changed uint64, key, corrupt bool, rng *rand.Rand) (*picture.Picture, uint64) {
	if !corrupt && key { // a clean key frame heals everything
		d.lasting = false
		return p, changed
	}
	var written uint64
	var block [blockBytes]byte
	for set := changed; set != 0; set &= set - 1 {
		mb := bits.TrailingZeros64(set)
		from, to := mb, mb
		if corrupt && rng.Float64() < displaceShare {
			if key { // all blocks are written once: take another's content
				from = rng.IntN(blocks)
			} else {
				to = (mb + 1 + rng.IntN(3)) % blocks
			}
		}
		appendBlock(block[:0], p, from)
		if corrupt && rng.Float64() < shiftShare {
			shift(&block, rng)
		}
		setBlock(&d.shown, to, block[:])
		written |= 1 << to
	}
	d.lasting = true
	if corrupt && picture.Read(&d.shown).OK { // by chance nothing went wrong: spoil one block
		mb := bits.TrailingZeros64(written)
		if written == 0 { // a picture in which nothing changes
			mb, written = 0, 1
		}
		appendBlock(block[:0], &d.shown, mb)
		shift(&block, rng)
		setBlock(&d.shown, mb, block[:])
	}
	return &d.shown, written
}

// shift moves the luma samples along and changes the colour. No sample becomes 0.
func shift(block *[blockBytes]byte, rng *rand.Rand) {
	var luma [256]byte
	by := 1 + rng.IntN(200)
	for i := range luma {
		luma[i] = block[(i+by)%256]
	}
	copy(block[:], luma[:])
	off := byte(32 + rng.IntN(64))
	for i := 256; i < blockBytes; i++ {
		block[i] = max(16, (block[i]+off)&0xef)
	}
}
