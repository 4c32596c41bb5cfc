package picture

import (
	"image"
	"image/color"
	"time"
)

// The frame's size in samples, and its grid of macroblocks.
const (
	Width  = 128
	Height = 96
	Block  = 16
	Cols   = Width / Block
	Rows   = Height / Block
)

// The square in the middle, which turns; in macroblocks.
const (
	side  = Rows
	left  = (Cols - side) / 2
	right = left + side
)

// Black is decided by these: a picture is black when at least 98 % of its luma
// samples are at or below 38.
// Source: ffmpeg filter blackdetect (picture_black_ratio_th 0.98, pixel_black_th 0.10: 16 + 0.10 x 219);
// fidelity: documented.
const (
	blackLuma     = 38
	blackPercent  = 98
	brightAllowed = Width * Height * (100 - blackPercent) / 100
)

// Picture is one 4:2:0 frame. A decoded Picture is shared and must not be changed.
type Picture struct {
	Y      [Width * Height]byte
	Cb, Cr [Width * Height / 4]byte
}

// Image returns the picture as a standard image that shares its samples.
func (p *Picture) Image() *image.YCbCr {
	return &image.YCbCr{
		Y: p.Y[:], Cb: p.Cb[:], Cr: p.Cr[:],
		YStride: Width, CStride: Width / 2,
		SubsampleRatio: image.YCbCrSubsampleRatio420,
		Rect:           image.Rect(0, 0, Width, Height),
	}
}

// Stamp is what a picture says about itself.
type Stamp struct {
	UID      uint32
	Frame    uint32
	Captured time.Duration // whole milliseconds, up to 49 days
	Rotation int           // how far the content is turned clockwise: 0, 90, 180, 270
	Black    bool          // drawn so dark that it is black by definition, yet machine-readable
}

// Seconds is the time that the digits show.
func (s Stamp) Seconds() int { return int(s.Captured / time.Second) }

// Colour is the member's colour: distinct for 18 consecutive uids.
func Colour(uid uint32) color.YCbCr { return palette[uid%uint32(len(palette))] }

// palette is 18 hues 20 degrees apart, in an order in which neighbours differ much:
// Cb = 128 + 75 cos(140 n degrees), Cr = 128 + 75 sin(140 n degrees).
var palette = [18]color.YCbCr{
	{Y: 110, Cb: 203, Cr: 128}, {Y: 110, Cb: 71, Cr: 176}, {Y: 110, Cb: 141, Cr: 54},
	{Y: 110, Cb: 166, Cr: 193}, {Y: 110, Cb: 58, Cr: 102}, {Y: 110, Cb: 198, Cr: 102},
	{Y: 110, Cb: 91, Cr: 193}, {Y: 110, Cb: 115, Cr: 54}, {Y: 110, Cb: 185, Cr: 176},
	{Y: 110, Cb: 53, Cr: 128}, {Y: 110, Cb: 185, Cr: 80}, {Y: 110, Cb: 115, Cr: 202},
	{Y: 110, Cb: 90, Cr: 63}, {Y: 110, Cb: 198, Cr: 154}, {Y: 110, Cb: 58, Cr: 154},
	{Y: 110, Cb: 165, Cr: 63}, {Y: 110, Cb: 141, Cr: 202}, {Y: 110, Cb: 71, Cr: 80},
}
