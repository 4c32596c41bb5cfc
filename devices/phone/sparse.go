package phone

// sparseFPS is the rate of pictures where a phone's media are sparse. Fidelity: assumed,
// for speed alone.
const sparseFPS = 3

// Sparse makes the traits those of a phone whose media are sized rather than made, so
// that hours of them can be afforded: fewer pictures, of which one a second can be
// decoded, and fewer, larger units of sound. Each message is larger than it would be, so
// that they are meant for networks that are no trouble.
func (t Traits) Sparse() Traits {
	t.Thin, t.CameraFPS = true, sparseFPS
	return t
}
