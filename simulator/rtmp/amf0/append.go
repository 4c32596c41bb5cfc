package amf0

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Append writes v behind dst: nil, bool, any int, uint32 or float64, string,
// Object, Array, map[string]any (as an object, names sorted) or []any. Another
// type is a programming error and panics. A property without a name can't be
// written in AMF0 and is left out.
func Append(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, markerNull)
	case bool:
		if v {
			return append(dst, markerBoolean, 1)
		}
		return append(dst, markerBoolean, 0)
	case int:
		return appendNumber(dst, float64(v))
	case uint32:
		return appendNumber(dst, float64(v))
	case float64:
		return appendNumber(dst, v)
	case string:
		return appendString(dst, v)
	case Object:
		return appendProperties(append(dst, markerObject), v)
	case Array:
		dst = append(dst, markerECMAArray)
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(v)))
		return appendProperties(dst, v)
	case map[string]any:
		dst = append(dst, markerObject)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			dst = appendProperty(dst, name, v[name])
		}
		return append(dst, 0, 0, markerObjectEnd)
	case []any:
		dst = append(dst, markerStrictArray)
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(v)))
		for _, e := range v {
			dst = Append(dst, e)
		}
		return dst
	}
	panic(fmt.Sprintf("amf0: no AMF0 form for %T", v))
}

func appendNumber(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, markerNumber), math.Float64bits(f))
}

func appendString(dst []byte, s string) []byte {
	if len(s) > maxShortString {
		dst = binary.BigEndian.AppendUint32(append(dst, markerLongString), uint32(len(s)))
		return append(dst, s...)
	}
	dst = binary.BigEndian.AppendUint16(append(dst, markerString), uint16(len(s)))
	return append(dst, s...)
}

func appendProperties(dst []byte, properties []Property) []byte {
	for _, p := range properties {
		dst = appendProperty(dst, p.Name, p.Value)
	}
	return append(dst, 0, 0, markerObjectEnd)
}

func appendProperty(dst []byte, name string, v any) []byte {
	if name == "" {
		return dst
	}
	if len(name) > maxShortString {
		panic("amf0: property name too long")
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(name)))
	dst = append(dst, name...)
	return Append(dst, v)
}
