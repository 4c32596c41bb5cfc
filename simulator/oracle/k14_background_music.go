package oracle

// K14: with background music sound stalls and its loudness swings (声音卡顿、忽大忽小):
// while a phone of the two plays music, a talker is heard louder or quieter than usual,
// or breaks off.
var _ = register(judge{id: "K14", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		t := f.tracks[p]
		music, quiet := f.musical(t)
		applies = applies || len(music)+len(quiet) > 0
		for _, s := range swings(quiet, music) {
			if s.gone {
				found = append(found, f.find(p.to, s.known, "hears %s break off while there is music", f.name(p.from)))
			} else {
				found = append(found, f.find(p.to, s.known, "hears %s %s while there is music", f.name(p.from), louder(s.by)))
			}
		}
	}
	return found, applies
}})
