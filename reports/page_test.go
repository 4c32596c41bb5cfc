package reports

import (
	"bytes"
	"encoding/base64"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"minilab/simulator/campaign"
	"minilab/simulator/media/picture"
)

const pageBytes = 5 << 20

func samples() map[string]*campaign.Signoff {
	return map[string]*campaign.Signoff{"passing": passing(), "known": known(), "failing": failing(), "hostile": hostile(), "empty": {SDK: "1.1.3"}}
}

func written(t *testing.T, s *campaign.Signoff, lang string) (string, *html.Node) {
	t.Helper()
	var out bytes.Buffer
	if err := WritePage(&out, s, Options{Build: "a1b2c3d4e5f6", Lang: lang, Made: time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), doc
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func elements(doc *html.Node, kind atom.Atom) []*html.Node {
	var out []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == kind {
			out = append(out, n)
		}
	}
	return out
}

func ofClass(doc *html.Node, class string) []*html.Node {
	var out []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(strings.Fields(attr(n, "class")), class) {
			out = append(out, n)
		}
	}
	return out
}

func byID(t *testing.T, doc *html.Node, id string) *html.Node {
	t.Helper()
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == id {
			return n
		}
	}
	t.Fatalf("nothing on the page is called %q", id)
	return nil
}

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.DataAtom != atom.Style {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// The page needs nothing but itself: no script, no network, nothing out of place.
func TestPagesStandAlone(t *testing.T) {
	for name, s := range samples() {
		for _, lang := range Languages {
			src, doc := written(t, s, lang)
			if len(src) > pageBytes {
				t.Errorf("%s: %d bytes", name, len(src))
			}
			if head := elements(doc, atom.Head)[0]; !strings.Contains(src[:200], `<head>`+"\n"+`<meta charset="utf-8">`) || head.FirstChild == nil {
				t.Errorf("%s: the charset isn't said first", name)
			}
			for _, kind := range []atom.Atom{atom.Script, atom.Link, atom.Iframe, atom.Object, atom.Base, atom.Form, atom.Video} {
				if n := len(elements(doc, kind)); n > 0 {
					t.Errorf("%s: %d %v elements", name, n, kind)
				}
			}
			if style := elements(doc, atom.Style)[0].FirstChild.Data; strings.Contains(style, "url(") || strings.Contains(style, "@import") {
				t.Errorf("%s: the style loads something", name)
			}
			checkAttributes(t, name, doc)
			checkLanguages(t, name, lang, doc)
		}
	}
}

func checkAttributes(t *testing.T, name string, doc *html.Node) {
	t.Helper()
	ids := map[string]bool{}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"):
				t.Errorf("%s: an element has %s", name, a.Key)
			case a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/png;base64,"), a.Key == "href" && !strings.HasPrefix(a.Val, "#"):
				t.Errorf("%s: the page refers to %.80s", name, a.Val)
			case a.Key == "id" && ids[a.Val] && name != "hostile":
				t.Errorf("%s: two elements are called %s", name, a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			}
		}
	}
	for _, a := range elements(doc, atom.A) {
		if id := strings.TrimPrefix(attr(a, "href"), "#"); !ids[id] && name != "hostile" {
			t.Errorf("%s: a link to %q leads nowhere", name, id)
		}
	}
	for _, th := range elements(doc, atom.Th) {
		if attr(th, "scope") == "" || strings.TrimSpace(textOf(th)) == "" {
			t.Errorf("%s: a head cell without scope or text: %q", name, textOf(th))
		}
	}
	for _, img := range elements(doc, atom.Img) {
		if attr(img, "alt") == "" || attr(img, "lang") == "" {
			t.Errorf("%s: a picture without words", name)
		}
	}
	for _, m := range ofClass(doc, "mark") {
		words := strings.TrimSpace(strings.TrimLeft(textOf(m), "✓✗~– "))
		if words == "" {
			t.Errorf("%s: a mark says something by colour or sign alone: %q", name, textOf(m))
		}
	}
}

var number = regexp.MustCompile(`\d+(\.\d+)*`)

// checkLanguages: whatever is said in one language is said in the other, with the
// same numbers, and one choice of them is made.
func checkLanguages(t *testing.T, name, lang string, doc *html.Node) {
	t.Helper()
	pairs := 0
	for _, zh := range ofClass(doc, "zh") {
		en := zh.NextSibling
		if en == nil || attr(en, "class") != "en" || attr(zh, "lang") != "zh-CN" || attr(en, "lang") != "en" {
			t.Errorf("%s: %q stands alone", name, textOf(zh))
			continue
		}
		pairs++
		a, b := number.FindAllString(textOf(zh), -1), number.FindAllString(textOf(en), -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: other numbers in %q than in %q", name, textOf(zh), textOf(en))
		}
		if textOf(zh) == "" || textOf(en) == "" {
			t.Errorf("%s: a missing translation: %q, %q", name, textOf(zh), textOf(en))
		}
	}
	if pairs < 30 {
		t.Errorf("%s: %d pairs of texts", name, pairs)
	}
	var chosen []string
	for _, in := range elements(doc, atom.Input) {
		for _, a := range in.Attr {
			if a.Key == "checked" {
				chosen = append(chosen, attr(in, "id"))
			}
		}
	}
	if !slices.Equal(chosen, []string{"lang-" + lang}) {
		t.Errorf("%s opens in %v, asked for %s", name, chosen, lang)
	}
	for _, l := range elements(doc, atom.Label) {
		byID(t, doc, attr(l, "for"))
	}
}

func TestPassingPageSaysSoFirst(t *testing.T) {
	_, doc := written(t, passing(), "zh")
	main := elements(doc, atom.Main)[0]
	banner := byID(t, doc, "verdict")
	first := main.FirstChild
	for first.Type != html.ElementNode {
		first = first.NextSibling
	}
	if first != banner || attr(banner, "class") != "banner good" || !strings.Contains(textOf(banner), "✓ 可以发布May ship SDK 1.1.3") {
		t.Errorf("the page begins with %q", textOf(first))
	}
	if rows := elements(byID(t, doc, "gates"), atom.Tr); len(rows) != 5 {
		t.Errorf("%d rows of gates, want a head and all four", len(rows))
	}
	text := textOf(doc)
	for _, want := range []string{"minilab run weak-call --seed 7", "31.200 s", "音视频快放", "2026-11-23 04:00 +00:00", "a1b2c3d4e5f6", "RN26", "n = 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	for id, want := range map[string]string{"RN32": "full", "RN03": "scene-only", "RN26": "partly", "RN19": "uncovered"} {
		if got := textOf(byID(t, doc, id)); !strings.Contains(got, catalogue[want].EN) {
			t.Errorf("%s isn't %s: %s", id, want, got)
		}
	}
	if strings.Contains(text, "Not ready") {
		t.Error("a passing page says Not ready")
	}
}

func TestFailingPageNamesWhatFailed(t *testing.T) {
	s := failing()
	_, doc := written(t, s, "en")
	banner := byID(t, doc, "verdict")
	if attr(banner, "class") != "banner bad" || strings.Contains(textOf(doc), "May ship") {
		t.Error("a failing page may ship")
	}
	var links []string
	for _, a := range elements(banner, atom.A) {
		links = append(links, attr(a, "href"))
	}
	if want := []string{"#C14", "#C16", "#K4", "#K5", "#K8"}; !slices.Equal(links, want) {
		t.Errorf("the banner leads to %v, want %v", links, want)
	}
	for id, want := range map[string]string{
		"K4":  "does not appear under its cause",
		"K5":  "and 22 more",
		"K8":  "could not be told",
		"C14": "12.480 s late: role is audience after setRole",
		"C16": "No scenario tests it.",
	} {
		if got := textOf(byID(t, doc, id)); !strings.Contains(got, want) {
			t.Errorf("%s doesn't say %q: %s", id, want, got)
		}
	}
	if !strings.Contains(textOf(byID(t, doc, "K5")), catalogue["strip-none"].EN) {
		t.Error("a strip is missing and nobody says why")
	}
	if n := len(elements(byID(t, doc, "C14"), atom.Img)); n != 6 {
		t.Errorf("%d pictures of a violated promise", n)
	}
	if got := textOf(byID(t, doc, "untested")); !strings.Contains(got, "C16") || !strings.Contains(got, "K8") || !strings.Contains(got, "RN16") {
		t.Errorf("not tested: %s", got)
	}
}

// A documented break is told, and keeps nobody from shipping.
func TestDocumentedBreaksAreToldAndFailNothing(t *testing.T) {
	_, doc := written(t, known(), "both")
	if attr(byID(t, doc, "verdict"), "class") != "banner good" || len(elements(byID(t, doc, "verdict"), atom.Li)) > 0 {
		t.Error("it fails the page")
	}
	for id, want := range map[string][]string{
		"C14":   {catalogue["as-documented"].EN, catalogue["as-documented"].ZH, "the role moves", "角色会改变", "observed", "SDK file, run"},
		"C16":   {catalogue["repaired"].EN, catalogue["repaired"].ZH},
		"gates": {"C14 ", "C16 ", catalogue["repaired"].EN},
	} {
		for _, w := range want {
			if got := textOf(byID(t, doc, id)); !strings.Contains(got, w) {
				t.Errorf("%s doesn't say %q: %s", id, w, got)
			}
		}
	}
	if got := textOf(byID(t, doc, "C13")); strings.Contains(got, catalogue["known-break"].EN) {
		t.Errorf("C13 is no known break: %s", got)
	}
}

func TestEmptyPageSaysWhy(t *testing.T) {
	_, doc := written(t, &campaign.Signoff{SDK: "1.1.3"}, "both")
	text := textOf(doc)
	for _, key := range []string{"not-ready", "why-no-gates", "gates-none", "issues-none", "promises-none", "clauses-none", "digests-none"} {
		if !strings.Contains(text, catalogue[key].EN) || !strings.Contains(text, catalogue[key].ZH) {
			t.Errorf("the empty page doesn't say %s", key)
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	src, doc := written(t, hostile(), "en")
	if n := strings.Count(textOf(doc), "<script>alert(1)</script>"); n < 20 {
		t.Errorf("hostile text is shown %d times", n)
	}
	if strings.Contains(strings.ToLower(src), "<script") {
		t.Error("the page has a script")
	}
}

// The pictures on the page are the very samples that the sign-off was given.
func TestStripsComeBackFromThePage(t *testing.T) {
	s := failing()
	_, doc := written(t, s, "zh")
	for _, row := range s.Issues {
		var want []campaign.Still
		want = append(append(want, row.Cause.Strip...), row.Control.Strip...)
		card := byID(t, doc, row.ID)
		images := elements(card, atom.Img)
		if len(images) != len(want) {
			t.Fatalf("%s: %d pictures, want %d", row.ID, len(images), len(want))
		}
		for i, img := range images {
			file, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(attr(img, "src"), "data:image/png;base64,"))
			if err != nil {
				t.Fatal(err)
			}
			p, err := DecodeStill(file)
			if err != nil || *p != *want[i].Picture {
				t.Errorf("%s: picture %d is another (%v)", row.ID, i, err)
				continue
			}
			says := strings.Contains(textOf(img.Parent), catalogue["checksum-ok"].ZH)
			if picture.Read(p).OK != says {
				t.Errorf("%s: picture %d: the words beside it are wrong", row.ID, i)
			}
		}
	}
}

// Pictures that don't fit are left out, and the page says so.
func TestPagesStaySmall(t *testing.T) {
	s := passing()
	for i := range s.Issues {
		for _, a := range []*campaign.Arm{&s.Issues[i].Cause, &s.Issues[i].Control} {
			for k := range a.Strip {
				a.Strip[k].Picture = noise(uint64(i*100 + k))
			}
			a.Strip = slices.Repeat(a.Strip, 4)
		}
	}
	src, doc := written(t, s, "zh")
	if len(src) > pageBytes {
		t.Errorf("%d bytes", len(src))
	}
	if len(elements(doc, atom.Img)) == 0 || !strings.Contains(textOf(doc), catalogue["strip-cut"].ZH) {
		t.Error("pictures were left out silently, or all of them")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	var out bytes.Buffer
	if err := WritePage(&out, passing(), Options{Lang: "fr"}); err == nil || out.Len() > 0 {
		t.Errorf("a page in French: %d bytes, %v", out.Len(), err)
	}
}

// TestWriteSamples writes sample pages to look at when MINILAB_PAGES names a folder.
func TestWriteSamples(t *testing.T) {
	dir := os.Getenv("MINILAB_PAGES")
	if dir == "" {
		t.Skip("set MINILAB_PAGES to a folder to look at sample pages")
	}
	for name, s := range samples() {
		for _, lang := range Languages {
			src, _ := written(t, s, lang)
			if err := os.WriteFile(dir+"/"+name+"-"+lang+".html", []byte(src), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
