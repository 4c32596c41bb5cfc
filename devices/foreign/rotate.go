package foreign

import "time"

// rotationTold is how long after its phone was turned an SDK tells the channel.
// Source: an orientation sensor's usual debouncing; fidelity: assumed.
const rotationTold = 200 * time.Millisecond

// Rotate has the member hold its phone another way, so many degrees clockwise from
// upright: its pictures are turned from now on, and others are told a little later. How
// a picture is turned travels beside it: the SDK adapts to the phone, which its users
// can forbid. Source: vendor's FAQ (adaptive and fixed orientation modes); fidelity: documented.
func (m *Member) Rotate(degrees int) {
	m.lens.Turn(degrees)
	s := m.session
	m.proc.After(rotationTold, func() {
		if s != nil && m.session == s {
			s.up(func(seat Seat) { seat.Rotate(degrees) })
		}
	})
}

// Rotated implements Events: an SDK of this kind turns what it shows by itself.
func (s *session) Rotated(uid uint32, degrees int) {
	s.down(func() {
		if v := s.m.view(uid); v != nil {
			v.turned = (360 - degrees) % 360
		}
	})
}
