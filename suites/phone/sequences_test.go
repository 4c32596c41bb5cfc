package phone

import (
	"context"
	"fmt"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/sequence"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

func TestPhone(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "phone")
}

// runs are those made so far, by key: several sequences share one.
var runs = map[string]*trace.Record{}

func run(r fixtures.Recipe, seed uint64) *trace.Record {
	GinkgoHelper()
	s, err := simulator.Variant(r)
	Expect(err).NotTo(HaveOccurred())
	if name := lab.Mutant(); name != "" {
		Expect(s.Override("mutant", name)).To(Succeed())
	}
	key := s.Key(seed)
	if runs[key] == nil {
		result, err := simulator.Run(context.Background(), simulator.Options{Scenario: s, Seed: seed})
		Expect(err).NotTo(HaveOccurred())
		runs[key] = result.Record
	}
	return runs[key]
}

var _ = Describe("state codes", func() {
	for _, s := range fixtures.Sequences() {
		Describe(s.Name+": "+s.Title.EN, Label("sequence:"+s.Name), func() {
			for _, seed := range lab.Seeds {
				It(fmt.Sprintf("come in this order and no other, seed %d", seed), func() {
					codes, err := sequence.Codes(run(s.Run, seed), s.Component, s.Member, s.Of)
					Expect(err).NotTo(HaveOccurred())
					pattern, err := sequence.Parse(s.Codes)
					Expect(err).NotTo(HaveOccurred())
					Expect(pattern.Match(codes)).To(Succeed())
					if s.Log != "" {
						log, err := sequence.Parse(s.Log)
						Expect(err).NotTo(HaveOccurred())
						Expect(log.Match(log.Thin(codes))).To(Succeed(), "as it was written down")
					}
					fast := slices.ContainsFunc(speeds(run(s.Run, seed), s.Member, 0), func(perMille int64) bool { return perMille > 1100 })
					Expect(s.Component == "live-player" && fast).To(Equal(s.Fast), "plays fast")
					if seed == lab.Seeds[0] {
						Expect(pattern.Match(nil)).NotTo(Succeed(), "it matches no codes at all")
						Expect(pattern.Match(codes[1:])).NotTo(Succeed(), "the first code may be missing")
						Expect(pattern.Match(append([]int{1}, codes...))).NotTo(Succeed(), "any code may come first")
						Expect(pattern.Match(append(codes[:len(codes):len(codes)], 1))).NotTo(Succeed(), "any code may come last")
					}
				})
			}
		})
	}
})
