package reports

import (
	"bytes"
	"minilab/simulator/campaign"
	"os"
	"testing"
)

// TestWriteSamples writes sample pages to look at when MINILAB_PAGES names a folder.
func TestWriteSamples(t *testing.T) {
	dir := os.Getenv("MINILAB_PAGES")
	if dir == "" {
		t.Skip("set MINILAB_PAGES to a folder to look at sample pages")
	}
	for name, s := range map[string]*campaign.Signoff{"passing": passing(), "failing": failing(), "hostile": hostile(), "empty": {SDK: "1.1.3"}} {
		for _, lang := range Languages {
			var out bytes.Buffer
			if err := WritePage(&out, s, Options{Build: "a1b2c3d4e5f6", Lang: lang}); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/"+name+"-"+lang+".html", out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
