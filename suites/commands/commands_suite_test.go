package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestCommands(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "commands")
}

// binary is the program under test.
var binary string

var _ = BeforeSuite(func() {
	dir := GinkgoT().TempDir()
	binary = filepath.Join(dir, "minilab")
	out, err := exec.Command("go", "build", "-o", binary, "minilab/cmd/minilab").CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
})

// outcome is what a command left.
type outcome struct {
	code           int
	stdout, stderr string
}

// minilab runs the program with extra environment.
func minilab(env []string, args ...string) outcome {
	GinkgoHelper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		Expect(err).NotTo(HaveOccurred())
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// report is what these specs read of schema minilab.run/1.
type report struct {
	Schema, Digest string
	Members        []struct {
		ID     string
		ToneHz *float64 `json:"tone_hz"`
	}
	Views []struct {
		From, To       string
		Frames         *int
		FramesExpected *int `json:"frames_expected"`
		Freezes        *int
	}
	Verdicts []struct {
		ID, Verdict string
		Evidence    []struct {
			At   float64 `json:"t_s"`
			Text string
		}
	}
}

// run runs a scenario with --json, which must succeed.
func run(env []string, args ...string) report {
	GinkgoHelper()
	o := minilab(env, append([]string{"run", "--json"}, args...)...)
	Expect(o.code).To(BeZero(), o.stderr)
	var r report
	Expect(json.Unmarshal([]byte(o.stdout), &r)).To(Succeed(), o.stdout)
	return r
}

func (r report) verdict(id string) string {
	for _, v := range r.Verdicts {
		if v.ID == id {
			return v.Verdict
		}
	}
	return "missing"
}

// times are those of a verdict's evidence.
func (r report) times(id string) []float64 {
	var out []float64
	for _, v := range r.Verdicts {
		for _, e := range v.Evidence {
			if v.ID == id {
				out = append(out, e.At)
			}
		}
	}
	return out
}
