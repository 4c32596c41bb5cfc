package oracle

// K5: on a weak network sound and picture run fast (音视频快放): the player catches
// up after media arrived late and all at once.
var _ = register(judge{id: "K5", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		t := f.tracks[p]
		for _, player := range t.playing.spans {
			all := paces(t, player)
			applies = applies || len(all) > 0
			for _, r := range fastRuns(all) {
				found = append(found, f.find(p.to, r.from, "plays %s at up to %.2fx for %s", f.name(p.from), r.top, seconds(r.fast)))
			}
		}
	}
	return found, applies
}})
