package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C13", func(promise fixtures.Promise) {
	It("an audience joins as audience and watches without a stream of its own", func() {
		j := lab.Scenario("role-before-join", 1)
		Expect(role(j, "host")).To(Equal("broadcaster"))
		Expect(role(j, "viewer")).To(Equal("audience"))
		Expect(lab.Events(j, trace.FrameShown, "viewer", "host")).NotTo(BeEmpty())
		Expect(lab.Events(j, trace.ServerPublish, "viewer", "")).To(BeEmpty())
		Expect(lab.Events(j, trace.PushStarted, "viewer", "")).To(BeEmpty())
	})
})
