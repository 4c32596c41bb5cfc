package relay

// Defects are planted mistakes, all off in a relay that is right. Each names the
// promises that it must break.
type Defects struct {
	// MuteIgnoresVideo goes on sending video to who muted it (C24).
	MuteIgnoresVideo bool `yaml:"muteIgnoresVideo"`
	// MuteIgnoresAudio goes on sending audio to who muted it (C25).
	MuteIgnoresAudio bool `yaml:"muteIgnoresAudio"`
	// MuteForAll stops a medium for all subscribers when one mutes it (C24, C25).
	MuteForAll bool `yaml:"muteForAll"`
	// MuteStopsBoth stops audio and video whichever is muted (C24, C25).
	MuteStopsBoth bool `yaml:"muteStopsBoth"`
	// UnmuteWithoutKey goes on with whatever picture comes next (C25).
	UnmuteWithoutKey bool `yaml:"unmuteWithoutKey"`
	// UnmuteIgnored lets a medium that was muted once never through again (C25).
	UnmuteIgnored bool `yaml:"unmuteIgnored"`
	// LocalMuteIgnored sends what a publisher said that it doesn't send (C28).
	LocalMuteIgnored bool `yaml:"localMuteIgnored"`
}

// mutedOf is a medium of a subscriber's.
type mutedOf struct {
	sub    *Subscriber
	medium Medium
}

// defectiveMute is what a mute of one medium stops: just that, but for defects.
func (sub *Subscriber) defectiveMute(m Medium) []mutedOf {
	flaws := sub.s.w.Options.Defects
	switch {
	case flaws.MuteIgnoresVideo && m == Video, flaws.MuteIgnoresAudio && m == Audio:
		return nil
	case flaws.MuteStopsBoth:
		return []mutedOf{{sub, Audio}, {sub, Video}}
	case flaws.MuteForAll:
		var all []mutedOf
		for _, other := range sub.s.subs {
			all = append(all, mutedOf{other, m})
		}
		return all
	}
	return []mutedOf{{sub, m}}
}
