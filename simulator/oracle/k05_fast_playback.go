package oracle

// K5: on a weak network sound and picture run fast (音视频快放): the player catches
// up after media arrived late and all at once.
var _ = register(judge{id: "K5", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		stretches := paces(f.played[p], f.shown[p])
		applies = applies || len(stretches) > 0
		for _, s := range fastRuns(stretches) {
			top := 0.0
			for _, x := range stretches {
				if x.within(s) {
					top = max(top, x.speed())
				}
			}
			found = append(found, f.find(p.to, s.from, "plays %s at up to %.2fx for %s", f.name(p.from), top, seconds(s.length())))
		}
	}
	return found, applies
}})
