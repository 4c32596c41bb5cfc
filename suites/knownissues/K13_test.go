package knownissues

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// returned is a call in which the patient is away in some way, for some time.
func returned(device, version, how, length string, seed uint64) *campaign.Judged {
	GinkgoHelper()
	file, src, err := fixtures.Scenario("background-android")
	Expect(err).NotTo(HaveOccurred())
	text := strings.Replace(string(src), "{background: 20s}", fmt.Sprintf("{background: {how: %s, for: %s}}", how, length), 1)
	text = strings.Replace(text, "role: broadcaster}\nscript", "role: broadcaster, pusher: {background-mute: false}}\nscript", 1)
	s, err := simulator.Parse(file, []byte(text))
	Expect(err).NotTo(HaveOccurred())
	Expect(s.Override("device.patient", device)).To(Succeed())
	Expect(s.Override("wechat.patient", version)).To(Succeed())
	j, err := campaign.Run(context.Background(), simulator.Options{Scenario: s, Seed: seed})
	Expect(err).NotTo(HaveOccurred())
	return j
}

var _ = describe("K13", func(issue fixtures.Issue) {
	It("is a page that was told nothing: who pushes is thrown out, who only watches stays in a dead session", func() {
		watches := issue.Cause
		watches.Set = append(slices.Clone(watches.Set), yamlfile.Map[string]{{Name: "role.patient", V: "audience"}}...)
		for finds, recipe := range map[string]fixtures.Recipe{"thrown out": issue.Cause, "half-open": watches} {
			for _, seed := range lab.Seeds {
				j := lab.Run(recipe, seed)
				Expect(lab.Events(j, trace.ClientEvent, "patient", "")).NotTo(ContainElement(HaveField("V", ContainElement(BeEquivalentTo(904)))))
				Expect(found(j, "K13", "patient")).To(ConsistOf(HaveField("Text", ContainSubstring(finds))))
				Expect(found(j, "K13", "doctor")).To(BeEmpty())
			}
		}
	})

	for _, way := range issue.Ways {
		It("comes about as \""+way.Finds+"\" in "+way.Cause.Scenario+", and not in its control", func() {
			for _, seed := range lab.Seeds {
				j := lab.Run(way.Cause, seed)
				Expect(found(j, "K13", "patient")).To(ContainElement(HaveField("Text", ContainSubstring(way.Finds))), "seed %d", seed)
				Expect(found(j, "K13", "doctor")).To(BeEmpty())
				for _, other := range issue.Ways {
					if other.Finds != way.Finds {
						Expect(found(j, "K13", "")).NotTo(ContainElement(HaveField("Text", ContainSubstring(other.Finds))), "seed %d", seed)
					}
				}
				j = lab.Run(way.Control, seed)
				Expect(j.Verdict("K13").Verdict).To(Equal(oracle.Absent), "seed %d: %v", seed, j.Verdict("K13").Findings)
			}
		})
		It("doesn't come about as "+way.Finds+" where nobody leaves the page", func() {
			stays := way.Cause
			stays.Without = []string{"away"}
			Expect(lab.Run(stays, 1).Verdict("K13").Verdict).To(Equal(oracle.NotRun))
		})
	}

	It("tells the page on screen from what others still see of it: a waiting image is not its picture", func() {
		// Android's waiting image goes on behind a push that the host has stopped.
		j := returned("xiaomi-6-android-8", "6.7.3", "home", "7s", 1)
		Expect(found(j, "K13", "patient")).To(ContainElement(HaveField("Text", ContainSubstring("hasn't started it again"))))
	})

	It("is not what others see while the page is away", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Control, seed)
			frozen := view(j, "doctor", "patient").Freeze.WebRTC
			Expect(frozen.N).To(BeNumerically(">", 0), "the picture stands still")
			Expect(j.Verdict("K13").Verdict).To(Equal(oracle.Absent))
		}
	})

	It("stands still while it sleeps: not even the SDK's pings go out", func() {
		j := lab.Run(issue.Control, 1)
		sent := 0
		for _, ev := range lab.Events(j, trace.SocketSent, "patient", "") {
			Expect(ev.At).NotTo(And(BeNumerically(">", 25*time.Second), BeNumerically("<", 40*time.Second)))
			sent++
		}
		Expect(sent).To(BeNumerically(">", 10))
	})

	DescribeTable("a page that is told comes back", func(device, version string) {
		for _, how := range []string{"home", "lock", "capsule"} {
			for i, length := range []string{"3s", "12s", "20s", "35s"} {
				j := returned(device, version, how, length, lab.Seeds[i%len(lab.Seeds)])
				Expect(j.Verdict("K13").Verdict).To(Equal(oracle.Absent), "%s for %s: %v", how, length, j.Verdict("K13").Findings)
			}
		}
	},
		Entry("on iOS", "iphone-8-ios-12.1", "6.7.3"),
		Entry("on Android", "xiaomi-6-android-8", "6.7.3"),
		Entry("on iOS, where sound goes on behind elsewhere", "iphone-8-ios-12.1", "7.0.9"),
		Entry("on Android, where sound goes on behind", "xiaomi-6-android-8", "7.0.9"),
	)

	DescribeTable("a page whose socket's end is told to nobody, or not to its task, doesn't", func(device, version string) {
		for _, how := range []string{"home", "lock", "capsule"} {
			long := returned(device, version, how, "20s", 1)
			Expect(found(long, "K13", "patient")).NotTo(BeEmpty(), how)
			short := returned(device, version, how, "3s", 1)
			Expect(short.Verdict("K13").Verdict).To(Equal(oracle.Absent), "%s: too short to lose anything", how)
		}
	},
		Entry("an iPhone of mid-2018", "iphone-8-ios-11.4", "6.7.0"),
		Entry("an Android phone of 2019", "vivo-x21-android-9", "7.0.4"),
		Entry("an iPhone with 8.0.48", "iphone-8-ios-12.1", "8.0.48"),
	)

	It("stays away where sound goes on in the background", func() {
		j := returned("xiaomi-6-android-8", "8.0.48", "home", "20s", 2)
		Expect(j.Verdict("K13").Verdict).To(Equal(oracle.Absent))
		Expect(view(j, "doctor", "patient").AudioGap).To(HaveValue(BeNumerically("<", 1e9)), "the patient is heard all the time")
	})
})
