package main

import (
	"bytes"
	"context"
	"io"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
)

func TestMutants(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "mutants")
}

var _ = Describe("the hunt", func() {
	It("kills a mutant that breaks its promise, and lets one live that changes nothing", func() {
		s, err := build(context.Background(), "../..", semantics)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(s.remove)
		h := hunt{suite: s, workers: 2, progress: GinkgoWriter, mutants: []fixtures.Mutant{
			{Name: "mute-ignores-video", Promises: []string{"C24"}},
			{Name: "", Promises: []string{"C16", "C24"}}, // plants nothing
		}}
		Expect(h.run(context.Background())).To(Succeed())
		var text bytes.Buffer
		Expect(h.table(&text)).To(BeTrue())
		Expect(text.String()).To(MatchRegexp(`C24 +mute-ignores-video +After mute.*mute-video, 1\.1\.3, good`))
		Expect(text.String()).To(MatchRegexp(`C16 +NOBODY: its specs pass`))
		Expect(text.String()).To(MatchRegexp(`C24 +NOBODY: its specs pass`))
		Expect(text.String()).To(ContainSubstring("1 killed, 2 alive"))
	})

	It("kills a phone's mutant that breaks its row of state codes, and no other row", func() {
		s, err := build(context.Background(), "../..", phone)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(s.remove)
		h := hunt{phone: s, workers: 2, progress: GinkgoWriter, mutants: []fixtures.Mutant{
			{Name: "phone-loading-untold", Sequences: []string{"play-gap", "push-left"}},
		}}
		Expect(h.run(context.Background())).To(Succeed())
		var text bytes.Buffer
		Expect(h.table(&text)).To(BeTrue())
		Expect(text.String()).To(MatchRegexp(`play-gap +phone-loading-untold +come in this order and no other, seed 1`))
		Expect(text.String()).To(MatchRegexp(`push-left +phone-loading-untold +NOBODY: its specs pass`))
	})

	fate := func(before map[string]string, all ...outcome) row {
		h := hunt{before: before}
		return h.fate("m", "C1", all)
	}
	failed := outcome{promise: "C1", title: "holds", failed: true, why: "it is violated\nmore"}

	It("counts a judge's failure, and nothing else", func() {
		Expect(fate(nil, failed).killedBy).To(Equal("holds"))
		Expect(fate(nil).killedBy).To(BeEmpty())
		Expect(fate(nil, outcome{promise: "C1", title: "holds"}).killedBy).To(BeEmpty())
		other := failed
		other.promise = "C2"
		Expect(fate(nil, other).killedBy).To(BeEmpty())
		broken := failed
		broken.broken = true
		Expect(fate(nil, broken).why).To(ContainSubstring("broke the simulator"))
		Expect(fate(map[string]string{"C1holds": ""}, failed).why).To(ContainSubstring("without the mutant too"))
	})

	It("names promises that nothing was planted for, or that nothing died of", func() {
		h := hunt{rows: []row{{promise: "C1", mutant: "a", killedBy: "x"}, {promise: "C2", mutant: "a"}}}
		var text bytes.Buffer
		Expect(h.gaps(&text, []fixtures.Promise{{ID: "C1"}, {ID: "C2"}, {ID: "C3"}})).To(BeTrue())
		Expect(text.String()).To(Equal("promises without a mutant: C3\npromises whose specs killed nothing: C2\n"))
		Expect(h.gaps(io.Discard, []fixtures.Promise{{ID: "C1"}})).To(BeFalse())
	})

	DescribeTable("plants in a version that keeps the promise", func(own string, versions []string, want string) {
		p := fixtures.Promise{ID: "C1", Versions: versions, Breaks: []fixtures.Break{{Versions: []string{"2.4.5"}}}}
		Expect(version(fixtures.Mutant{SDK: own}, p)).To(Equal(want))
	},
		Entry("its own", "2.4.0", []string{"1.1.3", "2.4.0"}, "2.4.0"),
		Entry("the newest of the notes' time", "", []string{"1.1.2", "1.1.3", "2.4.2"}, "1.1.3"),
		Entry("the newest", "", []string{"2.4.0", "2.4.2"}, "2.4.2"),
		Entry("the newest, where none keeps it", "", []string{"2.4.5"}, "2.4.5"),
		Entry("the newest that keeps it", "", []string{"2.4.0", "2.4.5"}, "2.4.0"),
	)
})
