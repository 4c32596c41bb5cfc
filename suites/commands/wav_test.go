package commands

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/simulator/media/aac"
	"minilab/simulator/trace"
)

// astats has ffmpeg pass a second of a file through a filter and gives what it says of
// each channel.
func astats(file string, from time.Duration, filter, what string) []float64 {
	GinkgoHelper()
	filters := fmt.Sprintf("atrim=start=%.6f:duration=1,asetpts=PTS-STARTPTS,%s,astats=measure_overall=none", from.Seconds(), filter)
	out, err := exec.Command("ffmpeg", "-hide_banner", "-nostats", "-i", file, "-af", filters, "-f", "null", "-").CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	var values []float64
	for _, m := range regexp.MustCompile(what+`: (-?[0-9.]+)`).FindAllSubmatch(out, -1) {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		Expect(err).NotTo(HaveOccurred())
		values = append(values, v)
	}
	return values
}

// toneByFFmpeg is the level of a frequency in a second of a file, in dB: the file is
// multiplied by the frequency in both phases, and what doesn't average out is it.
func toneByFFmpeg(file string, from time.Duration, hertz float64) float64 {
	GinkgoHelper()
	const scale = 100
	window := "(1-cos(2*PI*t))"
	filter := fmt.Sprintf(`aeval=%d*val(0)*%s*cos(2*PI*%f*t)|%d*val(0)*%s*sin(2*PI*%f*t):c=stereo`, scale, window, hertz, scale, window, hertz)
	dc := astats(file, from, filter, "DC offset")
	Expect(dc).To(HaveLen(2))
	return 20 * math.Log10(2*math.Hypot(dc[0], dc[1])/scale)
}

var _ = Describe("what a user heard", func() {
	It("has the speaker's own tone in it at the level that is measured, as ffmpeg measures it", func() {
		needs("ffmpeg")
		dir := GinkgoT().TempDir()
		wav, out := filepath.Join(dir, "wav"), filepath.Join(dir, "out")
		o := minilab(nil, "run", "echo-call", "--seed", "1", "--wav", wav, "--out", out)
		Expect(o.code).To(BeElementOf(0, 1), "whether the echo lasts is K7's affair: %s", o.stderr)
		f, err := os.Open(filepath.Join(out, "record.json.gz"))
		Expect(err).NotTo(HaveOccurred())
		defer f.Close()
		r, err := trace.Load(f)
		Expect(err).NotTo(HaveOccurred())
		doctor := trace.ActorID(slices.Index(r.Actors, "doctor"))
		patient := trace.ActorID(slices.Index(r.Actors, "patient"))
		own := aac.Tone(r.Head.Members[doctor].UID)
		file := filepath.Join(wav, "doctor-hears.wav")
		compared, echoes := 0, 0
		for _, ev := range r.Events {
			if ev.Kind != trace.AudioMeasured || ev.Actor != doctor || ev.Peer != patient || ev.V[4] < -6500 {
				continue
			}
			from := time.Duration(ev.V[0])
			Expect(toneByFFmpeg(file, from, own)).To(BeNumerically("~", float64(ev.V[4])/100, 0.5), "own tone in the second from %v", from)
			rms := astats(file, from, "anull", "RMS level dB")
			Expect(rms[0]+20*math.Log10(math.Sqrt2)).To(BeNumerically("~", float64(ev.V[1])/100, 0.2), "loudness in the second from %v", from)
			compared++
			if ev.V[4] > -5800 {
				echoes++
			}
		}
		Expect(compared).To(BeNumerically(">", 5))
		Expect(echoes).To(BeNumerically(">", 2))
	})

	It("says by which frequency each voice is known, in the text and for programs", func() {
		wav := filepath.Join(GinkgoT().TempDir(), "wav")
		args := []string{"first-call", "--set", "audio=samples", "--set", "length=10s", "--seed", "3"}
		o := minilab(nil, append([]string{"run", "--wav", wav}, args...)...)
		needs("ffmpeg")
		for _, m := range run(nil, args...).Members {
			Expect(m.ToneHz).NotTo(BeNil())
			Expect(o.stdout).To(ContainSubstring("%s's voice has %g Hz for itself\n", m.ID, *m.ToneHz))
			other := map[string]string{"doctor": "patient", "patient": "doctor"}[m.ID]
			loudest := math.Inf(-1)
			for s := range 3 {
				loudest = max(loudest, toneByFFmpeg(filepath.Join(wav, other+"-hears.wav"), time.Duration(5+s)*time.Second, *m.ToneHz))
			}
			Expect(loudest).To(BeNumerically("~", -27, 5), "%s in what %s hears", m.ID, other)
		}
	})

	It("is nothing that a run without samples could tell", func() {
		o := minilab(nil, "run", "first-call", "--wav", filepath.Join(GinkgoT().TempDir(), "wav"))
		Expect(o.code).To(Equal(2))
		Expect(o.stderr).To(ContainSubstring("give --set audio=samples"))
	})
})
