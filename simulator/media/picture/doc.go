// Package picture draws and reads the self-identifying test picture: a small frame
// that tells a machine, from its pixels alone, who sent it, which frame it is, when
// it was captured, which way up it is and whether every sample of it is right; and
// that tells a person the same with digits, a colour and something that moves.
//
// It is not a codec (package h264) and judges nothing: Read reports what stands in
// the pixels.
//
// Start at Draw and Read. An encoder uses a Painter, which redraws only the
// macroblocks that change from frame to frame.
//
// # Layout
//
// The frame has 8x6 macroblocks. The first and last column show the member's colour.
// The six columns between them are a square that can stand in four orientations:
//
//	up    DATA  ramp  ramp  ramp  R      corners: four different orientation marks
//	uid as large digits                  DATA: uid, frame, capture time, CRC-32
//	uid as large digits
//	m     m     :     s     s     ball   the ball moves with every frame
//	track: a marker hops once a second
//	L     four colour bars        B
//
// An ordinary frame changes two macroblocks, DATA and the ball; once a second up to
// four digits and two blocks of the track change too.
package picture
