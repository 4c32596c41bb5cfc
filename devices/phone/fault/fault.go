package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Fault is something that a script does to a phone on purpose. What follows from it is
// the phone's affair; those who judge see only what the phone then sends, shows, plays
// and says.
type Fault struct {
	Kind    string        // the name of one of Kinds
	Arg     string        // which way; "" where the kind has one way only
	Length  time.Duration // after which it is over; 0: it is no state, or lasts until the opposite comes
	Degrees int           // of rotate: how the phone is held, clockwise from upright
	URL     string        // of play-bgm; "": a file that is there
}

// Kind says what a fault of a kind takes.
type Kind struct {
	Name string
	Doc  string
	// Ways are the valid Args, the first as if left out unless WayNeeded; WayDoc says
	// what they are.
	Ways      []string
	WayNeeded bool
	WayDoc    string
	Length    LengthRule
	Degrees   bool
	URL       bool // may have one
}

// LengthRule says whether a fault of a kind lasts.
type LengthRule int

// The rules of lengths: none is taken, one may be given, one must be.
const (
	NoLength LengthRule = iota
	MayLast
	MustLast
)

// What plays a page's music.
const (
	ByPage   = "page"
	ByPusher = "live-pusher"
)

// Kinds are the faults there are, in the order in which they are best read.
func Kinds() []Kind {
	return []Kind{
		{Name: "background", Doc: "the user leaves the mini-program and comes back", Ways: []string{"home", "lock", "capsule"}, WayDoc: "by the home button, by locking the screen, or by the capsule's button that closes the mini-program", Length: MustLast},
		{Name: "lock", Doc: "the screen is locked: background by lock", Length: MustLast},
		{Name: "phone-call", Doc: "a phone call takes the sound away until it ends", Length: MustLast},
		{Name: "kill", Doc: "the whole host ends at once, without a word to the page or the network, until it is opened anew", Length: MayLast},
		{Name: "memory-pressure", Doc: "the system warns of too little memory", Ways: []string{"moderate", "low", "critical"}, WayDoc: "how much is free (Android tells the page, iOS does not)"},
		{Name: "encoder", Doc: "the hardware video encoder fails", Ways: []string{"dies", "fails-to-start", "stalls", "corrupts", "truncates"}, WayNeeded: true, WayDoc: "its session is lost, the next session can't be made, it gives nothing and says nothing, its pictures are wrong, or the second half of each is missing", Length: MayLast},
		{Name: "camera", Doc: "the camera delivers no new pictures, or is lost", Ways: []string{"stalls", "lost"}, WayNeeded: true, WayDoc: "the same picture again and again, or none: another app has it", Length: MayLast},
		{Name: "rotate", Doc: "the phone is held another way", Degrees: true},
		{Name: "deny", Doc: "the user takes back, or doesn't give, a permission", Ways: []string{"camera", "mic"}, WayNeeded: true, WayDoc: "which permission", Length: MayLast},
		{Name: "play-bgm", Doc: "the page plays background music", Ways: []string{ByPage, ByPusher}, WayDoc: "with an audio player of its own, or through its live-pusher, whose base library must have playBGM (2.4.0)", Length: MustLast, URL: true},
		{Name: "route", Doc: "sound goes another way", Ways: []string{"speaker", "ear", "headset"}, WayNeeded: true, WayDoc: "where it comes out"},
	}
}

// Validate tells what makes no sense.
func (f Fault) Validate() error {
	kinds := Kinds()
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == f.Kind })
	if i < 0 {
		return fmt.Errorf("fault %q: there is none of that kind", f.Kind)
	}
	k := kinds[i]
	switch {
	case f.Arg == "" && k.WayNeeded, f.Arg != "" && !slices.Contains(k.Ways, f.Arg):
		return fmt.Errorf("fault %s %q: want one of %s", f.Kind, f.Arg, strings.Join(k.Ways, ", "))
	case f.Length < 0, f.Length == 0 && k.Length == MustLast:
		return fmt.Errorf("fault %s of length %v: want more than nothing", f.Kind, f.Length)
	case f.Length > 0 && k.Length == NoLength:
		return fmt.Errorf("fault %s: it has no length", f.Kind)
	case !k.Degrees && f.Degrees != 0:
		return fmt.Errorf("fault %s: it has no degrees", f.Kind)
	case f.Degrees%90 != 0, f.Degrees < 0, f.Degrees > 270:
		return fmt.Errorf("fault %s by %d degrees: want 0, 90, 180 or 270", f.Kind, f.Degrees)
	case f.URL != "" && !k.URL:
		return fmt.Errorf("fault %s: it has no URL", f.Kind)
	}
	return nil
}

// String is the fault in words, without its kind.
func (f Fault) String() string {
	var words []string
	if f.Arg != "" {
		words = append(words, f.Arg)
	}
	if f.Kind == "rotate" {
		words = append(words, fmt.Sprintf("%d degrees", f.Degrees))
	}
	if f.URL != "" {
		words = append(words, f.URL)
	}
	if f.Length > 0 {
		words = append(words, f.Length.String())
	}
	return strings.Join(words, " ")
}
