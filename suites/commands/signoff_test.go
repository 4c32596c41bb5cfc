package commands

import (
	"bytes"
	"encoding/base64"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/reports"
	"minilab/simulator/media/picture"
)

// signoff is the page of a sign-off, cut into the cards of its known issues.
type signoff struct {
	page  string
	junit string
}

func signOff() signoff {
	GinkgoHelper()
	dir := filepath.Join(GinkgoT().TempDir(), "signoff")
	o := minilab(nil, "signoff", "--sdk", "1.1.3", "--out", dir)
	Expect(o.code).To(BeZero(), o.stdout+o.stderr)
	page, err := os.ReadFile(filepath.Join(dir, "signoff.html"))
	Expect(err).NotTo(HaveOccurred())
	junit, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	Expect(err).NotTo(HaveOccurred())
	return signoff{string(page), string(junit)}
}

var (
	stillData = regexp.MustCompile(`src="data:image/png;base64,([^"]+)"`)
	command   = regexp.MustCompile(`minilab (run [^<\n]+)`)
)

// arm is a run as the page shows it: the command, and its film strip's pictures.
type arm struct {
	command []string
	strip   []*picture.Picture
}

// arms are the cause run and the control run of an issue.
func (s signoff) arms(id string) (cause, control arm) {
	GinkgoHelper()
	_, card, found := strings.Cut(s.page, `id="`+id+`"`)
	Expect(found).To(BeTrue())
	card, _, _ = strings.Cut(card, "</article>")
	card = html.UnescapeString(card)
	places := command.FindAllStringSubmatchIndex(card, -1)
	Expect(places).To(HaveLen(2), "a command for each run")
	cause = readArm(card[:places[0][1]], card[places[0][2]:places[0][3]])
	control = readArm(card[places[0][1]:places[1][1]], card[places[1][2]:places[1][3]])
	return cause, control
}

func readArm(card, line string) arm {
	GinkgoHelper()
	a := arm{command: strings.Fields(line)}
	for _, m := range stillData.FindAllStringSubmatch(card, -1) {
		png, err := base64.StdEncoding.DecodeString(m[1])
		Expect(err).NotTo(HaveOccurred())
		p, err := reports.DecodeStill(png)
		Expect(err).NotTo(HaveOccurred())
		a.strip = append(a.strip, p)
	}
	return a
}

func planes(p *picture.Picture) []byte {
	return bytes.Join([][]byte{p.Y[:], p.Cb[:], p.Cr[:]}, nil)
}

var _ = Describe("minilab signoff", Ordered, func() {
	var s signoff
	BeforeAll(func() { s = signOff() })

	It("shows K15 with pictures whose checksum fails, and its control with clean ones", func() {
		cause, control := s.arms("K15")
		Expect(cause.strip).To(HaveLen(6))
		for _, p := range cause.strip {
			Expect(picture.Read(p).OK).To(BeFalse())
		}
		Expect(control.strip).To(HaveLen(6))
		for _, p := range control.strip {
			Expect(picture.Read(p).OK).To(BeTrue())
		}
	})

	It("shows what ffmpeg decodes from the same run's FLV", func() {
		needs("ffmpeg")
		cause, _ := s.arms("K15")
		out := filepath.Join(GinkgoT().TempDir(), "k15")
		o := minilab(nil, append(cause.command, "--out", out)...)
		Expect(o.code).To(BeZero(), o.stderr)
		raw := foreign("ffmpeg", "-v", "error", "-i", filepath.Join(out, "doctor-sees-patient.flv"), "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
		const size = picture.Width * picture.Height * 3 / 2
		decoded := map[string]bool{}
		for i := 0; i+size <= len(raw); i += size {
			decoded[string(raw[i:i+size])] = true
		}
		for i, p := range cause.strip {
			Expect(decoded[string(planes(p))]).To(BeTrue(), "still %d is among ffmpeg's pictures", i)
		}
	})

	It("has a command for each row that gives the row's verdict again", func() {
		for id, want := range map[string][2]string{"K4": {"reproduced", "absent"}, "K15": {"reproduced", "absent"}} {
			cause, control := s.arms(id)
			Expect(run(nil, cause.command[1:]...).verdict(id)).To(Equal(want[0]))
			Expect(run(nil, control.command[1:]...).verdict(id)).To(Equal(want[1]))
		}
	})

	It("leaves a JUnit file with a case for every gate, promise and arm", func() {
		const gates = 5 // promises, causes, controls, clauses, invariants
		Expect(strings.Count(s.junit, "<testcase ")).To(Equal(gates + len(fixtures.Promises()) + 2*len(fixtures.Issues())))
		Expect(s.junit).NotTo(ContainSubstring("<failure"))
	})
})
