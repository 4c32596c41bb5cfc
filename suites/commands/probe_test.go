package commands

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"minilab/reports"
)

// link is the link of these specs: 2 Mbit/s, 50 kB of queue, 20 ms each way.
var link = []string{"probe", "--rate", "2M", "--queue", "50000", "--delay", "20ms", "--for", "60s", "--json"}

// probed is what these specs read of schema minilab.probe/1.
type probed struct {
	GoodputBPS  float64 `json:"goodput_bps"`
	Frames      *int
	DelayMS     *struct{ P50, P90, P95, P99, Max float64 } `json:"delay_ms"`
	Retransmits int
	Timeouts    int
}

// probe runs a probe over the link, whose output must keep its schema.
func probe(env []string, args ...string) (probed, string) {
	GinkgoHelper()
	o := minilab(env, append(append([]string{}, link...), args...)...)
	Expect(o.code).To(BeZero(), o.stderr)
	src, err := reports.Schema("minilab.probe/1")
	Expect(err).NotTo(HaveOccurred())
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	Expect(err).NotTo(HaveOccurred())
	c := jsonschema.NewCompiler()
	Expect(c.AddResource("probe.json", doc)).To(Succeed())
	schema, err := c.Compile("probe.json")
	Expect(err).NotTo(HaveOccurred())
	out, err := jsonschema.UnmarshalJSON(strings.NewReader(o.stdout))
	Expect(err).NotTo(HaveOccurred())
	Expect(schema.Validate(out)).To(Succeed())
	var p probed
	Expect(json.Unmarshal([]byte(o.stdout), &p)).To(Succeed())
	return p, o.stdout
}

var _ = Describe("minilab probe", func() {
	It("measures frames: all arrive, those that were hit by a loss later", func() {
		p, _ := probe(nil, "--stream", "frames", "--kbps", "500", "--fps", "15", "--loss", "2%")
		Expect(*p.Frames).To(Equal(900))
		Expect(p.GoodputBPS).To(BeNumerically("~", 501400, 5000))
		Expect(p.DelayMS.P50).To(BeNumerically("~", 37.4, 4), "17.3 ms of serialisation and 20 ms of delay")
		Expect(p.DelayMS.P95).To(BeNumerically(">", p.DelayMS.P50+30), "a repair takes a round trip")
		Expect(p.Retransmits).To(BeNumerically("~", 56, 30))
	})

	It("measures a bulk stream: it fills the link without loss, and yields to loss", func() {
		clean, _ := probe(nil, "--stream", "bulk", "--cc", "reno")
		Expect(clean.GoodputBPS).To(BeNumerically("~", 2e6*1448/1500, 60e3))
		Expect(clean.Frames).To(BeNil())
		Expect(clean.DelayMS).To(BeNil())
		lossy, _ := probe(nil, "--stream", "bulk", "--cc", "reno", "--loss", "2%")
		Expect(lossy.GoodputBPS).To(BeNumerically("<", 0.9*clean.GoodputBPS))
	})

	It("lets an outage delay what is due in it until after its end", func() {
		p, _ := probe(nil, "--outage", "10s+2s", "--outage", "30s+1s")
		Expect(p.DelayMS.Max).To(And(BeNumerically(">", 2000), BeNumerically("<", 4500)))
		Expect(p.Timeouts).To(BeNumerically(">=", 4))
	})

	It("gives the same figures for the same seed, on one core and on two, and others for another", func() {
		_, first := probe([]string{"GOMAXPROCS=1"}, "--loss", "2%", "--burst", "60ms", "--seed", "7")
		_, again := probe([]string{"GOMAXPROCS=2"}, "--loss", "2%", "--burst", "60ms", "--seed", "7")
		Expect(again).To(Equal(first))
		_, other := probe(nil, "--loss", "2%", "--burst", "60ms", "--seed", "8")
		Expect(other).NotTo(Equal(first))
	})

	It("refuses what it can't read, with 2 and a word on how it is written", func() {
		for _, args := range [][]string{{"--loss", "2"}, {"--rate", "fast"}, {"--outage", "3s"}, {"--network", "4g", "--rate", "1M"}} {
			o := minilab(nil, append([]string{"probe"}, args...)...)
			Expect(o.code).To(Equal(2), "%v: %s", args, o.stderr)
			Expect(o.stdout).To(BeEmpty())
			Expect(o.stderr).To(ContainSubstring("minilab: "))
		}
	})

	It("fails with 4 and leaves nothing where the capture can't be written", func() {
		if os.Geteuid() == 0 {
			Skip("root may write everywhere")
		}
		dir := filepath.Join(GinkgoT().TempDir(), "closed")
		Expect(os.Mkdir(dir, 0o500)).To(Succeed())
		o := minilab(nil, "probe", "--rate", "1M", "--for", "1s", "--pcapng", filepath.Join(dir, "x.pcapng"))
		Expect(o.code).To(Equal(4), o.stderr)
	})
})
