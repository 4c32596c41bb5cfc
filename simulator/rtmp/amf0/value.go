package amf0

import "errors"

// Property is one named value of an object.
type Property struct {
	Name  string
	Value any
}

// Object is an anonymous object, properties in wire order. Parse also returns
// ECMA arrays and typed objects as Object.
type Object []Property

// Array is an ECMA array to be appended, as metadata wants it.
type Array []Property

// Get returns the named property, nil when there is none; the last one wins.
func (o Object) Get(name string) any {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].Name == name {
			return o[i].Value
		}
	}
	return nil
}

// Text returns the named property if it is a string, else "".
func (o Object) Text(name string) string {
	s, _ := o.Get(name).(string)
	return s
}

// Limits bound what Parse accepts. Zero means none is accepted.
type Limits struct {
	MaxDepth       int // objects and arrays inside each other
	MaxItems       int // values in all, nested ones included
	MaxStringBytes int // one string or property name
}

var (
	// ErrSyntax: the bytes are not AMF0.
	ErrSyntax = errors.New("amf0: malformed value")
	// ErrLimit: the value is larger than the limits allow.
	ErrLimit = errors.New("amf0: limit exceeded")
)

// The markers of AMF0 (AMF0 specification, section 2.1).
const (
	markerNumber      = 0x00
	markerBoolean     = 0x01
	markerString      = 0x02
	markerObject      = 0x03
	markerNull        = 0x05
	markerUndefined   = 0x06
	markerReference   = 0x07
	markerECMAArray   = 0x08
	markerObjectEnd   = 0x09
	markerStrictArray = 0x0a
	markerDate        = 0x0b
	markerLongString  = 0x0c
	markerUnsupported = 0x0d
	markerXML         = 0x0f
	markerTypedObject = 0x10
)

// maxShortString is the longest string a 16-bit length can carry.
const maxShortString = 0xffff
