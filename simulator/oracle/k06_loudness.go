package oracle

// swingsLeast is how often a loudness must swing: once may be anything.
// Fidelity: assumed.
const swingsLeast = 2

// K6: on a weak network loudness swings (声音忽大忽小): without any music about, a talker
// is heard again and again louder or quieter than it speaks.
var _ = register(judge{id: "K6", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		t := f.tracks[p]
		_, quiet := f.musical(t)
		if _, spoken := usual(quiet); !spoken {
			continue
		}
		applies = true
		var all []Finding
		for _, s := range swings(quiet, quiet) {
			if !s.gone && s.from >= quiet[0].from+gainSettles {
				all = append(all, f.find(p.to, s.known, "hears %s %s than it speaks for %s", f.name(p.from), louder(s.by), seconds(s.length())))
			}
		}
		if len(all) >= swingsLeast {
			found = append(found, all...)
		}
	}
	return found, applies
}})
