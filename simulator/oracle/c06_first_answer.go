package oracle

import (
	"slices"
	"strings"
)

// C06: of several lookups that answer, the gateways of the first are dialled and no
// others. Only a record that says what each was told can show it.
var _ = register(judge{id: "C06", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		first, listed := a.found(), a.listed()
		if a.standing != free || first == nil || len(listed) == 0 {
			continue
		}
		for _, d := range a.dials {
			if !slices.Contains(listed, label(d.url)) && d.at >= first.ended {
				found = append(found, f.find(a.Actor, d.at, "dialled %s, which the first answer (%s) did not name", d.url, first.host))
			}
		}
		applies = applies || len(a.dials) > 0 && f.otherList(a, first)
	}
	return found, applies || len(found) > 0
}})

// otherList tells whether a later answer named other gateways.
func (f *facts) otherList(a *attempt, first *ask) bool {
	for _, x := range a.asks {
		if x != first && x.good(a.At+joinBound) && x.gateways != "" && x.gateways != first.gateways {
			return true
		}
	}
	return false
}

// label is a gateway's address as it stands in the path of its URL.
func label(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	_, path, _ := strings.Cut(rest, "/")
	path, _, _ = strings.Cut(path, "/")
	return path
}
