package commands

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
)

// needs skips a spec for want of a foreign program, and says so.
func needs(tool string) {
	GinkgoHelper()
	if _, err := exec.LookPath(tool); err != nil {
		Skip(tool + " is not installed: no referee for this spec")
	}
}

// foreign runs a foreign program, which must succeed and have nothing to complain of.
func foreign(tool string, args ...string) []byte {
	GinkgoHelper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	Expect(cmd.Run()).To(Succeed(), stderr.String())
	Expect(stderr.String()).To(BeEmpty())
	return stdout.Bytes()
}

// frames are the pictures of a file as ffmpeg decodes them, a checksum each.
func frames(file string) []string {
	GinkgoHelper()
	out := foreign("ffmpeg", "-v", "error", "-i", file, "-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-")
	var sums []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			fields := strings.Split(strings.TrimSpace(line), ",")
			sums = append(sums, strings.TrimSpace(fields[len(fields)-1]))
		}
	}
	return sums
}

var _ = Describe("what a receiver got", func() {
	It("is the recording's own pictures, to the last bit, on a good network", func() {
		needs("ffmpeg")
		needs("ffprobe")
		out := filepath.Join(GinkgoT().TempDir(), "out")
		run(nil, "recorded-call", "--seed", "3", "--out", out)
		file := filepath.Join(out, "receiver-sees-sender.flv")
		foreign("ffprobe", "-v", "error", "-show_streams", "-show_packets", file)
		clip, got := frames("../../fixtures/clips/lobby.flv"), frames(file)
		Expect(len(got)).To(BeNumerically(">", 300))
		first := -1
		for i, sum := range clip {
			if sum == got[0] {
				first = i
				break
			}
		}
		Expect(first).NotTo(Equal(-1), "it begins with a picture of the clip")
		for i, sum := range got {
			Expect(sum).To(Equal(clip[(first+i)%len(clip)]), "picture %d, which loops through the clip from its %d on", i, first)
		}
	})

	It("is decoded by ffmpeg as by us, bit for bit, when the camera draws our picture", func() {
		needs("ffmpeg")
		for scenario, name := range map[string]string{"first-call": "doctor-sees-patient.flv", "garbled-ios-12": "doctor-sees-patient.flv"} {
			out := filepath.Join(GinkgoT().TempDir(), scenario)
			run(nil, scenario, "--seed", "3", "--out", out)
			file := filepath.Join(out, name)
			theirs := foreign("ffmpeg", "-v", "error", "-i", file, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
			ours := decode(file)
			Expect(len(ours)).To(BeNumerically(">", 300))
			Expect(len(theirs)).To(Equal(len(ours) * picture.Width * picture.Height * 3 / 2))
			Expect(bytes.Equal(theirs, bytes.Join(ours, nil))).To(BeTrue(), scenario)
		}
	})
})

// decode decodes a file with our decoder: planes of each picture.
func decode(file string) [][]byte {
	GinkgoHelper()
	f, err := os.Open(file)
	Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	r, err := flv.NewReader(f, flv.Limits{})
	Expect(err).NotTo(HaveOccurred())
	d := h264.NewDecoder(nil)
	var out [][]byte
	for {
		tag, err := r.Next()
		if err != nil {
			return out
		}
		if tag.Type != 9 {
			continue
		}
		v, err := flv.ParseVideo(tag.Data)
		Expect(err).NotTo(HaveOccurred())
		switch v.Kind {
		case flv.Config:
			Expect(d.Configure(v.Data)).To(Succeed())
		case flv.Media:
			frame, err := d.Decode(v.Data)
			Expect(err).NotTo(HaveOccurred())
			p := frame.Picture
			out = append(out, bytes.Join([][]byte{p.Y[:], p.Cb[:], p.Cr[:]}, nil))
		}
	}
}
