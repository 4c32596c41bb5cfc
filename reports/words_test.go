package reports

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"minilab/fixtures"
)

var (
	saidInPage = regexp.MustCompile(`say "([a-z0-9-]+)"`)
	saidInCode = regexp.MustCompile(`(?:text|newArm)\((?:r\.ID, )?"([a-z0-9-]+)"`)
)

// Every key that is used is in the catalogue, in both languages, and every one in the
// catalogue is used.
func TestCatalogueIsComplete(t *testing.T) {
	used := map[string]bool{}
	for _, m := range saidInPage.FindAllStringSubmatch(pageHTML, -1) {
		used[m[1]] = true
	}
	for _, file := range []string{"view.go", "rows.go"} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range saidInCode.FindAllStringSubmatch(string(src), -1) {
			used[m[1]] = true
		}
	}
	for key := range words() {
		used[key] = true
	}
	for key := range used {
		if _, ok := catalogue[key]; !ok {
			t.Errorf("nothing is said for %q", key)
		}
	}
	for key, text := range catalogue {
		if !used[key] {
			t.Errorf("%q is never said", key)
		}
		if !strings.ContainsFunc(text.ZH, isHan) && text.ZH != "SDK" {
			t.Errorf("%q isn't Chinese: %s", key, text.ZH)
		}
		if text.EN == "" || strings.ContainsFunc(text.EN, isHan) && !strings.HasPrefix(key, "read-") {
			t.Errorf("%q isn't English: %s", key, text.EN)
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// words are those of the data that the page translates.
func words() map[string]bool {
	out := map[string]bool{}
	for _, w := range []string{"reproduced", "absent", "held", "violated", "not-run", "undecided", "observed", "documented", "inferred", "assumed", "always", "sometimes", "rare", "possible"} {
		out[w] = true
	}
	for _, l := range []string{"phone", "host", "component", "sdk", "server", "network"} {
		out["layer-"+l] = true
	}
	for _, i := range fixtures.Issues() {
		out[i.Frequency], out["layer-"+i.Layer] = true, true
	}
	for _, c := range fixtures.Clauses() {
		out["kind-"+c.Kind] = true
		if !strings.ContainsAny(c.Section, "0123456789") {
			out["section-"+c.Section] = true
		}
	}
	return out
}

// A reason in one language only would leave half of the readers without it.
func TestReasonsAreInBothLanguages(t *testing.T) {
	for _, c := range fixtures.Clauses() {
		if (c.Reason == "") != (c.ReasonZH == "") {
			t.Errorf("%s has its reason in one language only", c.ID)
		}
	}
}

// Text can be read on what lies behind it: 4.5 to 1 at least, by WCAG, in light, dark
// and print.
func TestContrast(t *testing.T) {
	themes := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(pageCSS, -1)
	if len(themes) != 3 {
		t.Fatalf("%d themes, want light, dark and print", len(themes))
	}
	for i, theme := range themes {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(theme[1], -1) {
			colour[m[1]] = m[2]
		}
		for _, pair := range [][2]string{
			{"ink", "bg"}, {"ink", "panel"}, {"soft", "bg"}, {"link", "bg"}, {"good", "good-bg"}, {"bad", "bad-bg"}, {"warn", "warn-bg"},
			{"banner", "banner-good"}, {"banner", "banner-bad"},
		} {
			if got := contrast(luminance(t, colour[pair[0]]), luminance(t, colour[pair[1]])); got < 4.5 {
				t.Errorf("theme %d: %s on %s has a contrast of %.2f", i, pair[0], pair[1], got)
			}
		}
	}
	if got := contrast(luminance(t, "#777777"), luminance(t, "#ffffff")); math.Abs(got-4.48) > 0.01 {
		t.Errorf("grey on white: %.3f, known to be 4.48", got)
	}
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// luminance is WCAG's relative luminance of #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	linear := func(c uint64) float64 {
		s := float64(c&255) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
}
