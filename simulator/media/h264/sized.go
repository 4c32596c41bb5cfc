package h264

// Sized makes an access unit of that many bytes, 6 at least, that holds no picture: it
// stands for one of which only the size matters.
func Sized(size int) []byte {
	size = max(size, fillerHead)
	return appendFiller(make([]byte, 0, size), size)
}

// IsSized tells whether an access unit is one of Sized.
func IsSized(au []byte) bool { return len(au) > lengthSize && au[lengthSize]&31 == nalFiller }
