package rtmp

import "math/rand/v2"

// firstHandshake writes version and the 1536 bytes that open a session: time 0,
// version 0 (which says there is no digest in them), random bytes.
func firstHandshake(r *rand.Rand) []byte {
	b := make([]byte, 1+1536)
	b[0] = rtmpVersion
	if r != nil {
		for i := 9; i < len(b); i++ {
			b[i] = byte(r.Uint32())
		}
	}
	return b
}
