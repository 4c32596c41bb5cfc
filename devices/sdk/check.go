package sdk

import (
	"math"
	"strings"
	"unicode/utf16"
)

// ThrowError is an exception thrown by a method instead of calling back: a wrong
// argument, a call at the wrong time, or a method that the version doesn't have.
type ThrowError struct {
	Method  string
	Message string
}

func (e *ThrowError) Error() string { return e.Method + " throws: " + e.Message }

// maxChannelChars is the longest channel name, in UTF-16 units as JavaScript counts.
// Source: SDK file 2.4.2; fidelity: observed.
const maxChannelChars = 128

// What the checks throw. Source: SDK files 2.3.2 and 2.4.2, run, but for
// badChannel, badTarget and notInit, whose wording is assumed.
const (
	badAppID     = "Invalid appId"
	badKey       = "Invalid channelKey"
	badChannel   = "Invalid channel name"
	badUID       = "Invalid uid type"
	badTarget    = "Invalid target"
	disconnected = "Disconnected from server"
	notInit      = "Client is not initialized"
	notAFunction = "is not a function"
)

// text accepts a string that is neither empty nor the word null.
func text(v any) (string, bool) {
	s, ok := v.(string)
	return s, ok && s != "" && s != "null"
}

func channelName(v any) (string, bool) {
	s, ok := text(v)
	return s, ok && len(utf16.Encode([]rune(s))) <= maxChannelChars
}

// key accepts a token; none at all means that the app id is the key.
func key(v any, appID string) (string, bool) {
	if v == nil {
		return appID, true
	}
	s, ok := v.(string)
	return s, ok && s != "null"
}

// number reads what JavaScript would call a number.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint32:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// remoteUID accepts a number that isn't zero and can be a uid: a string throws.
func remoteUID(v any) (uint32, bool) {
	n, ok := number(v)
	if !ok || n == 0 || math.IsNaN(n) {
		return 0, false
	}
	return inUIDRange(n)
}

// ownUID reads join's uid: falsy means that the client picks one (0 is returned),
// anything else goes through parseInt.
func ownUID(v any) (uint32, bool) {
	switch u := v.(type) {
	case nil:
		return 0, true
	case bool:
		return 0, !u // parseInt(true) is no number
	case string:
		if u == "" {
			return 0, true
		}
		n, ok := parseInt(u)
		if !ok {
			return 0, false
		}
		return inUIDRange(n)
	}
	n, ok := number(v)
	if !ok || math.IsNaN(n) {
		return 0, false
	}
	return inUIDRange(n)
}

// isTarget accepts what of a stream can be muted.
func isTarget(v any) bool { return v == "audio" || v == "video" || v == "all" }

func inUIDRange(n float64) (uint32, bool) {
	n = math.Trunc(n)
	if n < 0 || n > math.MaxUint32 {
		return 0, false
	}
	return uint32(n), true
}

// parseInt is JavaScript's, for decimal: the digits that a text begins with.
func parseInt(s string) (float64, bool) {
	s = strings.TrimLeft(s, " \t\r\n")
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	var n float64
	digits := 0
	for ; digits < len(s) && s[digits] >= '0' && s[digits] <= '9'; digits++ {
		n = n*10 + float64(s[digits]-'0')
	}
	if negative {
		n = -n
	}
	return n, digits > 0
}
