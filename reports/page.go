package reports

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"minilab/fixtures"
	"minilab/simulator/campaign"
)

// Options of a report.
type Options struct {
	Build string    // of the program that made the runs
	Lang  string    // zh, en or both: what the page shows when it is opened
	Made  time.Time // when the runs were made; zero: not said
}

// Languages that a page can open in. It always holds both.
var Languages = []string{"zh", "en", "both"}

// Validate tells what is wrong with the options.
func (o Options) Validate() error {
	if !slices.Contains(Languages, o.Lang) {
		return fmt.Errorf("unknown language %q: zh, en or both", o.Lang)
	}
	return nil
}

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// WritePage writes the sign-off as one HTML file that needs nothing else.
func WritePage(w io.Writer, s *campaign.Signoff, o Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, newPage(s, o)); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"say": func(key string, args ...any) (template.HTML, error) {
		text, err := say(key, args...)
		return bilingual(text), err
	},
	"word":    func(w string) template.HTML { return bilingual(word("", w)) },
	"text":    bilingual,
	"seconds": seconds,
	"short":   func(digest string) string { return digest[:min(len(digest), 16)] },
}).Parse(pageHTML))

// bilingual is a text in both languages; the page's style shows one, or both.
func bilingual(t fixtures.Text) template.HTML {
	zh, en := template.HTMLEscapeString(t.ZH), template.HTMLEscapeString(t.EN)
	if zh == en {
		return template.HTML(zh) // an id or a number
	}
	return template.HTML(`<span class="zh" lang="zh-CN">` + zh + `</span><span class="en" lang="en">` + en + `</span>`)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }
