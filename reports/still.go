package reports

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"

	"minilab/simulator/media/picture"
)

// planesChunk is the private PNG chunk that holds a still's decoded samples as they
// were: Y, Cb and Cr, deflated. Viewers skip it (ancillary), and a tool that edits the
// image drops it (not safe to copy).
const planesChunk = "yuVP"

const (
	signature   = "\x89PNG\r\n\x1a\n"
	endLength   = 12 // an IEND chunk
	planesBytes = picture.Width*picture.Height + 2*(picture.Width*picture.Height/4)
)

// EncodeStill makes a PNG of a decoded picture. Any viewer shows it; DecodeStill gives
// back the very samples, which the visible RGB can't.
func EncodeStill(p *picture.Picture) []byte {
	var out, planes bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	// Neither can fail: the image has a valid size and both writers are in memory.
	_ = encoder.Encode(&out, visible(p))
	z, _ := zlib.NewWriterLevel(&planes, zlib.BestCompression)
	for _, plane := range [][]byte{p.Y[:], p.Cb[:], p.Cr[:]} {
		z.Write(plane)
	}
	z.Close()
	file := out.Bytes()
	end := bytes.Clone(file[len(file)-endLength:])
	file = appendChunk(file[:len(file)-endLength], planesChunk, planes.Bytes())
	return append(file, end...)
}

func appendChunk(dst []byte, kind string, data []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(data)))
	start := len(dst)
	dst = append(append(dst, kind...), data...)
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:]))
}

// visible is the picture as a screen shows it: limited-range BT.601, so that black
// (luma 16) is black and not grey.
func visible(p *picture.Picture) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, picture.Width, picture.Height))
	for y := range picture.Height {
		for x := range picture.Width {
			chroma := y/2*(picture.Width/2) + x/2
			out.SetNRGBA(x, y, rgb(int(p.Y[y*picture.Width+x]), int(p.Cb[chroma]), int(p.Cr[chroma])))
		}
	}
	return out
}

// rgb converts a sample by the usual integer form of BT.601.
func rgb(y, cb, cr int) color.NRGBA {
	c, d, e := 298*(y-16)+128, cb-128, cr-128
	clip := func(v int) uint8 { return uint8(max(0, min(255, v>>8))) }
	return color.NRGBA{R: clip(c + 409*e), G: clip(c - 100*d - 208*e), B: clip(c + 516*d), A: 255}
}

// DecodeStill gives the samples that EncodeStill was given.
func DecodeStill(file []byte) (*picture.Picture, error) {
	if !bytes.HasPrefix(file, []byte(signature)) {
		return nil, errors.New("still: not a PNG file")
	}
	for rest := file[len(signature):]; len(rest) > 0; {
		if len(rest) < endLength {
			return nil, errors.New("still: the file ends within a chunk")
		}
		length := uint64(binary.BigEndian.Uint32(rest))
		if length > uint64(len(rest)-endLength) {
			return nil, fmt.Errorf("still: a chunk of %d bytes in a file with %d left", length, len(rest)-endLength)
		}
		body := rest[4 : 8+length]
		if binary.BigEndian.Uint32(rest[8+length:]) != crc32.ChecksumIEEE(body) {
			return nil, fmt.Errorf("still: chunk %q fails its checksum", body[:4])
		}
		if string(body[:4]) == planesChunk {
			return readPlanes(body[4:])
		}
		rest = rest[endLength+length:]
	}
	return nil, fmt.Errorf("still: a PNG without a %s chunk", planesChunk)
}

func readPlanes(deflated []byte) (*picture.Picture, error) {
	z, err := zlib.NewReader(bytes.NewReader(deflated))
	if err != nil {
		return nil, fmt.Errorf("still: %w", err)
	}
	planes, err := io.ReadAll(io.LimitReader(z, planesBytes+1))
	if err != nil {
		return nil, fmt.Errorf("still: %w", err)
	}
	if len(planes) != planesBytes {
		return nil, fmt.Errorf("still: the planes aren't %d bytes", planesBytes)
	}
	p := &picture.Picture{}
	n := copy(p.Y[:], planes)
	n += copy(p.Cb[:], planes[n:])
	copy(p.Cr[:], planes[n:])
	return p, nil
}
