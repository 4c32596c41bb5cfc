// Package h264 turns test pictures into H.264 Baseline access units and back, in
// pure Go and without loss.
//
// The encoder writes key frames of I_PCM macroblocks and P slices of skipped and I_PCM
// macroblocks, padded with filler to the size that a real encoder would give. Every
// H.264 decoder shows exactly the pictures that this package's Decoder shows, also those
// of a corrupt encoder. It is not a general codec: streams of other encoders are
// recognised as foreign, followed by frame numbers and hashes, and not decoded.
//
// Start at Encoder and Decoder; Memo lets all decoders of a world share their work;
// ParseConfig, IsKey and Hash serve whoever handles access units without decoding.
//
// Access units are AVCC: NAL units with a length of four bytes before each.
package h264
