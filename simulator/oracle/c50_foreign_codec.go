package oracle

import (
	"minilab/simulator/trace"
)

// C50: pictures of a Web member that doesn't send H.264 are not shown at a
// mini-program, and not sent to it; its sound is heard.
var _ = register(judge{id: "C50", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for from, sender := range f.rec.Head.Members {
		if sender.Codec == "" {
			continue
		}
		for to := range f.of {
			p := pair{from: trace.ActorID(from), to: trace.ActorID(to)}
			if from == to || !f.page(p.to) {
				continue
			}
			t := f.track(p)
			if len(t.shown) > 0 {
				found = append(found, f.find(p.to, t.shown[0].At, "shows pictures of %s, which sends %s", f.name(p.from), sender.Codec))
			}
			for _, ev := range t.relayed {
				if n := relayed(ev, video); n > 0 {
					found = append(found, f.find(p.to, ev.At, "is sent pictures of %s, which are %s", f.name(p.from), sender.Codec))
					break
				}
			}
			for _, o := range t.open.spans {
				came := messages(f.of[from].mediaIn, audio, []span{o})
				applies = applies || messages(f.of[from].mediaIn, video, []span{o}) >= flowFewest
				if o.length() < meetLate || came < flowFewest || len(in(t.played, o)) > 0 || !f.calm(p.to, o) || len(f.due(t, audio, o)) == 0 {
					continue
				}
				found = append(found, f.find(p.to, o.from+meetLate, "hears nothing of %s, whose sound it can play", f.name(p.from)))
			}
		}
	}
	return found, applies || len(found) > 0
}})
