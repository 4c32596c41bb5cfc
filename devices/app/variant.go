package app

import (
	"fmt"
	"slices"
	"strings"
)

// DefaultPage is the page that is the vendor's demo, as it is since September 2019.
const DefaultPage = "demo"

// variant is what a page does otherwise than the vendor's demo, which shows when its user
// leaves it and returns.
type variant struct {
	name string
	// sameKey: a new URL is put on the component that is there, whose key stays, so that
	// it isn't made anew. What runs then goes on with the old URL.
	// Source: vendor's demo before 2019-09-19, whose returning page kept a dead player;
	// live-pusher documentation's samples, which stop and start for a new URL; fidelity:
	// documented for the key, inferred for what the components make of it.
	sameKey bool
	// addsTiles: stream-added makes a tile, also where the member has one: it is heard
	// again after every rejoin. Source: none, it is what the demo's look for a tile of
	// that uid keeps away; fidelity: assumed.
	addsTiles bool
	// keepsClients: back on the screen the page joins anew, as the vendor's FAQ has it do
	// after a loss, but at every return, and it never destroys a client. The session that
	// still lives is thrown out by the new one, hears of that as of any loss, and joins
	// anew in turn. Source: vendor's demo, which warns that the old client must be
	// destroyed first; fidelity: assumed.
	keepsClients bool
	// restarts: told that the host has stopped its push (5000), the page starts it again.
	// Source: another vendor's sample page, which does; the demo does nothing; fidelity:
	// documented.
	restarts bool
}

var variants = []variant{
	{name: DefaultPage},
	{name: "demo-2018", sameKey: true},
	{name: "adds-tiles", addsTiles: true},
	{name: "keeps-clients", keepsClients: true},
	{name: "restarts-push", restarts: true},
}

// Pages are the words for Options.Page.
func Pages() []string {
	out := make([]string, len(variants))
	for i, v := range variants {
		out[i] = v.name
	}
	return out
}

// variantOf finds the variant behind a word; the empty one is the demo.
func variantOf(name string) (variant, error) {
	if name == "" {
		name = DefaultPage
	}
	i := slices.IndexFunc(variants, func(v variant) bool { return v.name == name })
	if i < 0 {
		return variant{}, fmt.Errorf("page %q: want one of %s", name, strings.Join(Pages(), ", "))
	}
	return variants[i], nil
}
