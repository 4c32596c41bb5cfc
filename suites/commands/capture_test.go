package commands

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/simulator/trace"
)

// tshark reads a capture and gives a row of fields for each packet that the filter
// lets pass. (It warns on stderr when root runs it.)
func tshark(file, filter string, fields ...string) [][]string {
	GinkgoHelper()
	args := []string{"-n", "-r", file, "-T", "fields", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"}
	if filter != "" {
		args = append(args, "-Y", filter)
	}
	for _, f := range append([]string{"frame.number"}, fields...) {
		args = append(args, "-e", f)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("tshark", args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	Expect(cmd.Run()).To(Succeed(), stderr.String())
	Expect(stderr.String()).NotTo(ContainSubstring("appears to"), "damaged or cut short")
	var rows [][]string
	for line := range strings.Lines(stdout.String()) {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t")[1:])
	}
	return rows
}

// sound: nothing in the capture is malformed or has a wrong checksum.
func sound(file string) {
	GinkgoHelper()
	Expect(tshark(file, "_ws.malformed", "frame.protocols")).To(BeEmpty())
	Expect(tshark(file, `ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad"`, "frame.protocols")).To(BeEmpty())
}

// fates counts the packets of each interface by the beginning of their comment.
func fates(file string) map[string]map[string]int64 {
	GinkgoHelper()
	out := map[string]map[string]int64{}
	for _, row := range tshark(file, "", "frame.interface_name", "frame.comment") {
		if out[row[0]] == nil {
			out[row[0]] = map[string]int64{}
		}
		out[row[0]]["sent"]++
		for _, word := range []string{"delivered after", "lost at random", "dropped by the full queue", "lost in an outage"} {
			if strings.HasPrefix(row[1], word) {
				out[row[0]][word]++
			}
		}
		Expect(row[1]).NotTo(BeEmpty(), "a packet without a fate")
	}
	return out
}

// totals reads a run's record: what each direction of each link counted.
func totals(dir string) map[string]map[string]int64 {
	GinkgoHelper()
	f, err := os.Open(filepath.Join(dir, "record.json.gz"))
	Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	r, err := trace.Load(f)
	Expect(err).NotTo(HaveOccurred())
	out := map[string]map[string]int64{}
	for _, e := range r.Events {
		if e.Kind != trace.LinkTotals {
			continue
		}
		m := map[string]int64{"sent": e.V[0]}
		for i, word := range []string{"delivered after", "lost at random", "dropped by the full queue", "lost in an outage"} {
			if e.V[i+1] > 0 {
				m[word] = e.V[i+1]
			}
		}
		out[r.Actors[e.Actor]+"/"+r.Text(e.Text)] = m
	}
	return out
}

var _ = Describe("a capture", func() {
	It("of a run is read by tshark: nothing malformed, RTMP from the handshake on, each packet with its fate", func() {
		needs("tshark")
		dir := GinkgoT().TempDir()
		file, out := filepath.Join(dir, "x.pcapng"), filepath.Join(dir, "out")
		run(nil, "weak-call", "--seed", "7", "--pcapng", file, "--out", out)
		sound(file)

		counted := totals(out)
		Expect(counted).To(HaveLen(4))
		Expect(counted["patient/up"]["lost in an outage"]).NotTo(BeZero())
		Expect(fates(file)).To(Equal(counted))

		for handshake, least := range map[string]int{"rtmpt.handshake.c1": 4, "rtmpt.handshake.s1": 4, "rtmpt.handshake.c2": 4} {
			Expect(len(tshark(file, handshake, "tcp.port"))).To(BeNumerically(">=", least), handshake)
		}
		for what, filter := range map[string]string{"audio": "rtmpt.header.typeid == 8", "video": "rtmpt.header.typeid == 9"} {
			Expect(len(tshark(file, filter, "tcp.port"))).To(BeNumerically(">", 1000), what)
		}
		Expect(tshark(file, "rtmpt && tcp.port != 1935", "tcp.port")).To(BeEmpty())
		for _, row := range tshark(file, "rtmpt.header.typeid", "rtmpt.header.typeid") {
			for kind := range strings.SplitSeq(row[0], ",") {
				n, err := strconv.ParseInt(kind, 0, 64)
				Expect(err).NotTo(HaveOccurred())
				Expect(n).To(BeElementOf(int64(1), int64(3), int64(4), int64(5), int64(6), int64(8), int64(9), int64(18), int64(20)), "the dissector has lost its place")
			}
		}
	})

	It("of a probe is read by tshark, and says how it was made", func() {
		needs("tshark")
		file := filepath.Join(GinkgoT().TempDir(), "x.pcapng")
		probe(nil, "--loss", "2%", "--loss-back", "1%", "--queue", "20k", "--stream", "bulk", "--outage", "20s+2s", "--seed", "9", "--pcapng", file)
		sound(file)
		f := fates(file)
		for _, word := range []string{"delivered after", "lost at random", "dropped by the full queue", "lost in an outage"} {
			Expect(f["sender/up"][word]).NotTo(BeZero(), word)
		}
		Expect(f["sender/down"]["lost at random"]).NotTo(BeZero())
		Expect(len(tshark(file, "tcp.analysis.retransmission", "tcp.seq"))).To(BeNumerically(">", 50))
		head, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		for _, word := range []string{"minilab probe: bulk stream for 1m0s, cubic, seed 9", "2% loss", "build "} {
			Expect(string(head[:2000])).To(ContainSubstring(word))
		}
	})

	It("of a room with many losses and repairs keeps the dissector in step", func() {
		needs("tshark")
		file := filepath.Join(GinkgoT().TempDir(), "x.pcapng")
		o := minilab(nil, "run", "first-call", "--network", "3g-lossy", "--set", "length=20s", "--seed", "2", "--json", "--pcapng", file)
		Expect(o.code).To(BeElementOf(0, 1), o.stderr)
		sound(file)
		Expect(len(tshark(file, "tcp.analysis.retransmission || tcp.analysis.fast_retransmission", "tcp.seq"))).NotTo(BeZero())
	})
})
