package simulator

import (
	"fmt"
	"slices"
	"strings"

	"minilab/devices/app"
	"minilab/devices/phone/fault"
	"minilab/fixtures/yamlfile"
)

// Faults that a script can inject by links; what else befalls a phone is in FaultWords,
// and what else a member can do is the page's vocabulary, app.Steps.
const (
	faultOutage  = "outage"
	faultNetwork = "network"
)

// The arguments of a phone's faults.
const (
	argHow     = "how"
	argFor     = "for"
	argDegrees = "degrees"
	argURL     = "url"
)

// pageSwitches are what the page's own words take where a fault has the same word: the
// page switches its camera, the fault stalls the phone's.
var pageSwitches = []string{"on", "off"}

// lasts says how long a fault is.
var lasts = map[fault.LengthRule]string{fault.MayLast: "how long; left out: for good", fault.MustLast: "how long"}

// withoutLength says what it means that a fault has no length, where that may be.
var withoutLength = map[fault.LengthRule]string{fault.MayLast: "; one that is for good has no length"}

// FaultWords are what can befall a member's phone in a script.
func FaultWords() []app.Word {
	var out []app.Word
	for _, k := range fault.Kinds() {
		w := faultWord(k)
		if page, shared := pageWord(k.Name); shared {
			w.Args[0].Name = page.Args[0].Name
		}
		out = append(out, w)
	}
	return out
}

// pageWord is the page's own word of that name, if it has one.
func pageWord(name string) (w app.Word, there bool) {
	words := app.Steps()
	i := slices.IndexFunc(words, func(w app.Word) bool { return w.Name == name })
	if i < 0 {
		return app.Word{}, false
	}
	return words[i], true
}

func faultWord(k fault.Kind) app.Word {
	w := app.Word{Name: k.Name, Doc: k.Doc}
	if k.Ways != nil {
		w.Args = append(w.Args, app.Arg{Name: argHow, Kind: app.KindWord, Words: k.Ways, Optional: !k.WayNeeded, Doc: k.WayDoc})
	}
	if k.Degrees {
		w.Args = append(w.Args, app.Arg{Name: argDegrees, Kind: app.KindTurn, Doc: "how it is held, clockwise from upright: 0, 90, 180 or 270"})
	}
	if k.Length != fault.NoLength {
		w.Args = append(w.Args, app.Arg{Name: argFor, Kind: app.KindTime, Optional: k.Length == fault.MayLast, Doc: lasts[k.Length]})
	}
	if k.URL {
		w.Args = append(w.Args, app.Arg{Name: argURL, Kind: app.KindText, Optional: true, Like: "https://example.com/song.mp3", Doc: "of the file; left out: one that is there"})
	}
	return w
}

// pageWords are all that a step of a mini-program member can say. Where the page and a
// fault have the same word, its first argument says which is meant.
func pageWords() []app.Word {
	words := app.Steps()
	for _, f := range FaultWords() {
		i := slices.IndexFunc(words, func(w app.Word) bool { return w.Name == f.Name })
		if i < 0 {
			words = append(words, f)
			continue
		}
		first := words[i].Args[0]
		first.Words = slices.Concat(first.Words, f.Args[0].Words)
		words[i].Args = append([]app.Arg{first}, f.Args[1:]...)
	}
	return append(words,
		app.Word{Name: faultOutage, Args: []app.Arg{{Name: "length", Kind: app.KindTime}}},
		app.Word{Name: faultNetwork, Args: []app.Arg{{Name: "to", Kind: app.KindWord, Words: []string{"{to: 4g}"}}}})
}

// fault tells which fault a step of that word is, if it is one. at is where its value is
// written.
func (p *parser) fault(w app.Word, a Action, at yamlfile.Node) (Action, bool) {
	kinds := fault.Kinds()
	i := slices.IndexFunc(kinds, func(k fault.Kind) bool { return k.Name == a.Word })
	if i < 0 {
		return a, true
	}
	for _, arg := range w.Args {
		if _, there := a.Args[arg.Name]; !arg.Optional && !there {
			return a, false // noted already
		}
	}
	f := fault.Fault{Kind: a.Word, Length: a.Args[argFor].From, Degrees: a.Args[argDegrees].Count, URL: a.Args[argURL].Word}
	if kinds[i].Ways != nil {
		f.Arg = a.Args[w.Args[0].Name].Word
	}
	if slices.Contains(pageSwitches, f.Arg) {
		if f.Length > 0 {
			at.Fail(fmt.Sprintf("%s %s takes no time", a.Word, f.Arg), "write a step for each switch")
		}
		return a, f.Length == 0
	}
	if length, there := a.Args[argFor]; there && f.Length == 0 {
		length.at.Fail(a.Word+" for no time at all", "write how long it lasts, as in "+p.example(w)+withoutLength[kinds[i].Length])
		return a, false
	}
	if err := f.Validate(); err != nil {
		at.Fail(err.Error(), "minilab explain "+a.Word)
		return a, false
	}
	return Action{Word: a.Word, Fault: &f}, true
}

// kindsOf tell what a phone calls a network, by a word of the network's name.
// Source: wx.getNetworkType's values; fidelity: documented. A cable at home is reached
// by Wi-Fi; fidelity: assumed.
var kindsOf = map[string]string{
	"wifi": "wifi", "cable": "wifi", "dsl": "wifi",
	"gprs": "2g", "edge": "2g", "2g": "2g", "umts": "3g", "hspa": "3g", "3g": "3g", "lte": "4g", "cellular": "4g", "4g": "4g", "5g": "5g",
	"connectivity": "none",
}

// networkKind is what a phone calls a network. The first word of its name that tells counts.
func networkKind(name string) string {
	for _, w := range strings.Split(name, "-") {
		if kind, there := kindsOf[w]; there {
			return kind
		}
	}
	return "unknown"
}
