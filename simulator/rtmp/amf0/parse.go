package amf0

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Parse reads all values of p: nil, bool, float64, string, Object or []any.
// Errors wrap ErrSyntax or ErrLimit.
func Parse(p []byte, l Limits) ([]any, error) {
	r := parser{p: p, limits: l}
	var values []any
	for r.at < len(p) {
		v, err := r.value(0)
		if err != nil {
			return values, err
		}
		values = append(values, v)
	}
	return values, nil
}

// First reads only the first value of p and says how many bytes it took.
func First(p []byte, l Limits) (v any, n int, err error) {
	r := parser{p: p, limits: l}
	v, err = r.value(0)
	return v, r.at, err
}

type parser struct {
	p      []byte
	at     int
	items  int
	limits Limits
}

func (r *parser) value(depth int) (any, error) {
	r.items++
	if r.items > r.limits.MaxItems {
		return nil, fmt.Errorf("%w: more than %d values", ErrLimit, r.limits.MaxItems)
	}
	marker, err := r.take(1)
	if err != nil {
		return nil, err
	}
	switch marker[0] {
	case markerNumber:
		return r.number()
	case markerBoolean:
		b, err := r.take(1)
		if err != nil {
			return nil, err
		}
		return b[0] != 0, nil
	case markerString:
		return r.shortString()
	case markerLongString, markerXML:
		return r.longString()
	case markerNull, markerUndefined, markerUnsupported:
		return nil, nil
	case markerReference:
		_, err := r.take(2)
		return nil, err
	case markerDate:
		ms, err := r.number()
		if err != nil {
			return nil, err
		}
		_, err = r.take(2) // the time zone, which the specification reserves
		return ms, err
	default:
		return r.container(marker[0], depth+1)
	}
}

// container reads what holds other values; depth counts it already.
func (r *parser) container(marker byte, depth int) (any, error) {
	if depth > r.limits.MaxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d", ErrLimit, r.limits.MaxDepth)
	}
	switch marker {
	case markerObject:
		return r.properties(depth)
	case markerECMAArray:
		// The count is a hint that writers often get wrong; the end marker rules.
		if _, err := r.take(4); err != nil {
			return nil, err
		}
		return r.properties(depth)
	case markerTypedObject:
		if _, err := r.shortString(); err != nil {
			return nil, err
		}
		return r.properties(depth)
	case markerStrictArray:
		return r.strictArray(depth)
	}
	return nil, fmt.Errorf("%w: marker 0x%02x at byte %d", ErrSyntax, marker, r.at-1)
}

func (r *parser) properties(depth int) (any, error) {
	o := Object{}
	for {
		name, err := r.shortString()
		if err != nil {
			return nil, err
		}
		if name == "" {
			end, err := r.take(1)
			if err != nil {
				return nil, err
			}
			if end[0] != markerObjectEnd {
				return nil, fmt.Errorf("%w: object without end at byte %d", ErrSyntax, r.at-1)
			}
			return o, nil
		}
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		o = append(o, Property{name, v})
	}
}

func (r *parser) strictArray(depth int) (any, error) {
	head, err := r.take(4)
	if err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(head))
	if n > int64(r.limits.MaxItems-r.items) {
		return nil, fmt.Errorf("%w: array of %d values", ErrLimit, n)
	}
	if n > int64(len(r.p)-r.at) { // each value takes a byte at least
		return nil, fmt.Errorf("%w: array of %d values in %d bytes", ErrSyntax, n, len(r.p)-r.at)
	}
	values := make([]any, 0, n)
	for range n {
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

func (r *parser) number() (float64, error) {
	b, err := r.take(8)
	if err != nil {
		return 0, err
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
}

func (r *parser) shortString() (string, error) {
	b, err := r.take(2)
	if err != nil {
		return "", err
	}
	return r.text(int64(binary.BigEndian.Uint16(b)))
}

func (r *parser) longString() (string, error) {
	b, err := r.take(4)
	if err != nil {
		return "", err
	}
	return r.text(int64(binary.BigEndian.Uint32(b)))
}

func (r *parser) text(n int64) (string, error) {
	if n > int64(r.limits.MaxStringBytes) {
		return "", fmt.Errorf("%w: string of %d bytes", ErrLimit, n)
	}
	b, err := r.take(int(n))
	return string(b), err
}

func (r *parser) take(n int) ([]byte, error) {
	if n > len(r.p)-r.at {
		return nil, fmt.Errorf("%w: cut off at byte %d", ErrSyntax, len(r.p))
	}
	b := r.p[r.at : r.at+n]
	r.at += n
	return b, nil
}
