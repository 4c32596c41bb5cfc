package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C45", func(promise fixtures.Promise) {
	It("leaves it to the page: it leaves for its own push, and does nothing about a player", func() {
		j := lab.Run(lab.On("media-fails", "high-delay"), 1)
		gaveUp := codes(j, trace.PlayerCode, "cora", -2301)
		Expect(gaveUp).To(HaveLen(2))
		Expect(calls(j, "cora", gaveUp[0])).To(BeEmpty())
		lost := codes(j, trace.PusherCode, "anna", -1307)
		Expect(lost).To(HaveLen(1))
		Expect(calls(j, "anna", lost[0])).To(Equal([]string{"unpublish", "leave"}))
	})
})
