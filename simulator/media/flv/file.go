package flv

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Tag types.
const (
	TypeAudio  = 8
	TypeVideo  = 9
	TypeScript = 18
)

// Tag is one tag of a file.
type Tag struct {
	Type      uint8
	Timestamp uint32 // milliseconds
	Data      []byte
}

const (
	fileHead   = 9
	tagHead    = 11
	tagTrailer = 4
	hasAudio   = 4
	hasVideo   = 1

	// maxData is what the 24-bit size field holds.
	maxData = 1<<24 - 1
)

// Limits bound what a Reader takes; a zero field stands for a limit that suits
// recordings of calls: 4 MiB and 4 GiB.
type Limits struct {
	MaxTagBytes int   // of one tag's data
	MaxBytes    int64 // of the whole file
}

var defaultLimits = Limits{MaxTagBytes: 4 << 20, MaxBytes: 4 << 30}

// Validate says what is wrong with the limits.
func (l Limits) Validate() error {
	if l.MaxTagBytes < 0 || l.MaxTagBytes > maxData || l.MaxBytes < 0 {
		return fmt.Errorf("flv: limits out of range: %+v", l)
	}
	return nil
}

// FormatError says where a file is not as it should be.
type FormatError struct {
	Offset int64 // in bytes, of what is wrong
	What   string
}

func (e *FormatError) Error() string { return fmt.Sprintf("flv: byte %d: %s", e.Offset, e.What) }

// Reader reads tags.
type Reader struct {
	r      *bufio.Reader
	limits Limits
	offset int64
	last   uint32 // size of the last tag, which its trailer repeats
	failed error
}

// NewReader reads the file's head.
func NewReader(r io.Reader, l Limits) (*Reader, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	if l.MaxTagBytes == 0 {
		l.MaxTagBytes = defaultLimits.MaxTagBytes
	}
	if l.MaxBytes == 0 {
		l.MaxBytes = defaultLimits.MaxBytes
	}
	rd := &Reader{r: bufio.NewReader(r), limits: l}
	var head [fileHead]byte
	if n, err := io.ReadFull(rd.r, head[:]); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, &FormatError{int64(n), "not an FLV: too short for its head"}
		}
		return nil, err
	}
	if string(head[:3]) != "FLV" {
		return nil, &FormatError{0, fmt.Sprintf("not an FLV: begins with %q", head[:3])}
	}
	if head[3] != 1 {
		return nil, &FormatError{3, fmt.Sprintf("version %d, want 1", head[3])}
	}
	size := binary.BigEndian.Uint32(head[5:])
	if size < fileHead || size > 1<<16 {
		return nil, &FormatError{5, fmt.Sprintf("head of %d bytes", size)}
	}
	if n, err := rd.r.Discard(int(size) - fileHead); err != nil {
		return nil, rd.short(int64(fileHead+n), err, "the head")
	}
	rd.offset = int64(size)
	return rd, nil
}

// Next reads one tag, in memory of its own. It returns io.EOF after the last tag.
func (r *Reader) Next() (Tag, error) {
	if r.failed != nil {
		return Tag{}, r.failed
	}
	tag, err := r.next()
	r.failed = err
	return tag, err
}

func (r *Reader) next() (Tag, error) {
	var b [tagTrailer + tagHead]byte
	n, err := io.ReadFull(r.r, b[:tagTrailer])
	if n == 0 && err == io.EOF {
		return Tag{}, io.EOF // some writers leave out the last trailer
	}
	if err != nil {
		return Tag{}, r.short(r.offset+int64(n), err, "a tag's trailer")
	}
	if size := binary.BigEndian.Uint32(b[:]); size != r.last {
		return Tag{}, &FormatError{r.offset, fmt.Sprintf("trailer says %d bytes, the tag had %d", size, r.last)}
	}
	r.offset += tagTrailer
	head := b[tagTrailer:]
	n, err = io.ReadFull(r.r, head)
	if n == 0 && err == io.EOF {
		return Tag{}, io.EOF
	}
	if err != nil {
		return Tag{}, r.short(r.offset+int64(n), err, "a tag's head")
	}
	size := int(head[1])<<16 | int(head[2])<<8 | int(head[3])
	tag := Tag{
		Type:      head[0],
		Timestamp: uint32(head[7])<<24 | uint32(head[4])<<16 | uint32(head[5])<<8 | uint32(head[6]),
	}
	switch {
	case tag.Type != TypeAudio && tag.Type != TypeVideo && tag.Type != TypeScript:
		return Tag{}, &FormatError{r.offset, fmt.Sprintf("tag type %d", tag.Type)}
	case size > r.limits.MaxTagBytes:
		return Tag{}, &FormatError{r.offset + 1, fmt.Sprintf("tag of %d bytes, limit %d", size, r.limits.MaxTagBytes)}
	case r.offset+int64(tagHead+size) > r.limits.MaxBytes:
		return Tag{}, &FormatError{r.offset, fmt.Sprintf("file above its limit of %d bytes", r.limits.MaxBytes)}
	case head[8]|head[9]|head[10] != 0:
		return Tag{}, &FormatError{r.offset + 8, "stream id is not 0"}
	}
	r.offset += tagHead
	if tag.Data, err = r.data(size); err != nil {
		return Tag{}, err
	}
	r.last = uint32(tagHead + size)
	return tag, nil
}

// step is how much is set aside before bytes have come to fill it.
const step = 64 << 10

// data reads size bytes. A size that the file does not hold costs no more than it has.
func (r *Reader) data(size int) ([]byte, error) {
	out := make([]byte, 0, min(size, step))
	for len(out) < size {
		from := len(out)
		out = append(out, make([]byte, min(size-from, step))...)
		n, err := io.ReadFull(r.r, out[from:])
		r.offset += int64(n)
		if err != nil {
			return nil, r.short(r.offset, err, "a tag")
		}
	}
	return out, nil
}

func (r *Reader) short(at int64, err error, what string) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return &FormatError{at, "file ends within " + what}
	}
	return err
}

// Writer writes a file.
type Writer struct {
	w   io.Writer
	buf []byte
}

// NewWriter writes the file's head.
func NewWriter(w io.Writer, audio, video bool) (*Writer, error) {
	flags := byte(0)
	if audio {
		flags |= hasAudio
	}
	if video {
		flags |= hasVideo
	}
	_, err := w.Write([]byte{'F', 'L', 'V', 1, flags, 0, 0, 0, fileHead, 0, 0, 0, 0})
	return &Writer{w: w}, err
}

var errTooLarge = errors.New("flv: tag above 16 MiB")

// Write writes one tag in one call of the underlying writer.
func (w *Writer) Write(t Tag) error {
	n := len(t.Data)
	if n > maxData {
		return errTooLarge
	}
	w.buf = append(w.buf[:0], t.Type, byte(n>>16), byte(n>>8), byte(n),
		byte(t.Timestamp>>16), byte(t.Timestamp>>8), byte(t.Timestamp), byte(t.Timestamp>>24), 0, 0, 0)
	w.buf = append(w.buf, t.Data...)
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(tagHead+n))
	_, err := w.w.Write(w.buf)
	return err
}
