package house

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// rule says what a room may import of the house; the rest is forbidden, for a reason.
type rule struct {
	room string
	may  []string
	why  string
}

// rules is the plan of the house. A room may always import what lies in it.
var rules = []rule{
	{"simulator/engine", nil, "time and order know nothing of what happens"},
	{"simulator/trace", nil, "what was recorded must be readable without what made it"},
	{"simulator/media", nil, "pictures and sound know nothing of how they travel"},
	{"simulator/rtmp", nil, "bytes in, messages out: no clock, no sockets"},
	{"simulator/network", []string{"simulator/engine", "simulator/trace"}, "bytes have no opinion about media"},
	{"simulator/realnet", []string{"simulator/engine", "simulator/trace", "simulator/network"}, "sockets of this machine in place of the model's: whoever uses them can't tell"},
	{"simulator/probe", []string{"simulator/engine", "simulator/trace", "simulator/network"}, "one stream over one link: no phones and no server"},
	{"simulator/mediaserver", []string{"simulator/engine", "simulator/trace", "simulator/media", "simulator/rtmp"}, "the server gets sockets, and never sees which network they cross or which phone is behind"},
	{"devices", []string{"simulator/engine", "simulator/trace", "simulator/media", "simulator/rtmp", "devices"}, "a phone gets sockets: it knows neither the network's model nor the server's state"},
	{"simulator/oracle", []string{"simulator/trace", "simulator/media"}, "judged from the record alone"},
	{"simulator/campaign", []string{"simulator", "fixtures"}, "many runs and their judges"},
	{"simulator", []string{"simulator/engine", "simulator/trace", "simulator/media", "simulator/rtmp", "simulator/network", "simulator/mediaserver", "devices", "fixtures"}, "the world does not judge"},
	{"fixtures", nil, "facts depend on nobody"},
	{"reports", []string{"simulator", "fixtures"}, "reports fold what was run and judged"},
}

// foreign are libraries that belong to certain rooms only.
var foreign = []struct{ library, room, why string }{
	{"github.com/onsi/ginkgo", "suites", "specs live at the outermost wall"},
	{"github.com/onsi/gomega", "suites", "specs live at the outermost wall"},
	{"github.com/alecthomas/kong", "cmd", "flags belong to the command line"},
	{"github.com/gopacket/gopacket", "reports", "captures are a kind of report; the model's packets are its own"},
	{"github.com/yutopp/go-rtmp", "simulator", "sessions on the server and the message codec; devices speak through simulator/rtmp"},
}

// broken returns the imports of a file that its room's rule forbids.
func broken(s source) []string {
	var out []string
	for _, im := range s.imports {
		for _, f := range foreign {
			if under(im, f.library) && !under(s.dir, f.room) {
				out = append(out, fmt.Sprintf("%s imports %s: only %s may, because %s", s.path, im, f.room, f.why))
			}
		}
		dir, ours := strings.CutPrefix(im, "minilab/")
		if !ours || s.test {
			continue
		}
		if under(dir, "suites") && !under(s.dir, "suites") || under(dir, "cmd") {
			out = append(out, fmt.Sprintf("%s imports %s: nobody may", s.path, im))
			continue
		}
		if r, ok := ruleOf(s.dir); ok && !allowed(r, dir) {
			out = append(out, fmt.Sprintf("%s imports %s: not for %s, because %s", s.path, im, r.room, r.why))
		}
	}
	return out
}

// ruleOf finds the innermost rule over a directory.
func ruleOf(dir string) (rule, bool) {
	best := rule{}
	for _, r := range rules {
		if under(dir, r.room) && len(r.room) > len(best.room) {
			best = r
		}
	}
	return best, best.room != ""
}

func allowed(r rule, dir string) bool {
	if r.room == "simulator" && dir != "simulator" && under(dir, "simulator") {
		return listed(r.may, dir) // the root room's own rooms are named one by one
	}
	return under(dir, r.room) || listed(r.may, dir)
}

func listed(rooms []string, dir string) bool {
	for _, m := range rooms {
		if under(dir, m) {
			return true
		}
	}
	return false
}

var _ = Describe("imports", func() {
	It("follow the plan of the house", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		var wrong []string
		for _, s := range all {
			wrong = append(wrong, broken(s)...)
		}
		Expect(wrong).To(BeEmpty())
	})

	It("have a rule for rooms that exist", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		for _, r := range rules {
			found := false
			for _, s := range all {
				found = found || under(s.dir, r.room)
			}
			Expect(found).To(BeTrue(), "no such room: %s", r.room)
		}
	})

	DescribeTable("a forbidden import is caught", func(dir, path string, caught bool) {
		Expect(broken(source{path: dir + "/x.go", dir: dir, imports: []string{path}})).To(HaveLen(map[bool]int{true: 1}[caught]))
	},
		Entry("the world judging", "simulator", "minilab/simulator/oracle", true),
		Entry("the world using the network", "simulator", "minilab/simulator/network", false),
		Entry("an oracle looking into a device", "simulator/oracle", "minilab/devices/phone", true),
		Entry("a device reaching for the server", "devices/sdk", "minilab/simulator/mediaserver", true),
		Entry("a device using another", "devices/app", "minilab/devices/sdk", false),
		Entry("the network looking at media", "simulator/network/tcp", "minilab/simulator/media/h264", true),
		Entry("the model using real sockets", "simulator", "minilab/simulator/realnet", true),
		Entry("real sockets looking at the server", "simulator/realnet", "minilab/simulator/mediaserver", true),
		Entry("a room using its own room", "simulator/media", "minilab/simulator/media/aac", false),
		Entry("Gomega in a unit test's room", "simulator/engine", "github.com/onsi/gomega", true),
		Entry("somebody importing a suite", "reports", "minilab/suites/house", true),
		Entry("a suite using what suites share", "suites/mutants", "minilab/suites/lab", false),
		Entry("a suite using the command line", "suites/mutants", "minilab/cmd/minilab", true),
	)
})
