package foreign

// Rotate has the member hold its phone another way, so many degrees clockwise from
// upright: its pictures are turned from now on, and others are told a little later. How
// a picture is turned travels beside it: the SDK adapts to the phone, which its users
// can forbid. Source: vendor's FAQ (adaptive and fixed orientation modes); fidelity: documented.
func (m *Member) Rotate(degrees int) { m.lens.Turn(degrees) }

// onTurned is called by the camera when it can be told how its pictures are turned.
func (m *Member) onTurned(degrees int) {
	if s := m.session; s != nil {
		s.up(func(seat Seat) { seat.Rotate(degrees) })
	}
}

// Rotated implements Events: an SDK of this kind turns what it shows by itself.
func (s *session) Rotated(uid uint32, degrees int) {
	s.down(func() {
		if v := s.m.view(uid); v != nil {
			v.turned = (360 - degrees) % 360
		}
	})
}
