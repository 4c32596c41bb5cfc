package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C19", func(promise fixtures.Promise) {
	It("gives a URL to push to, and tells those who are there when media comes", func() {
		j := lab.Scenario("stage", 1)
		Expect(notes(j, trace.CallDone, "host", "publish")).To(ConsistOf(HavePrefix("rtmp://")))
		for _, other := range []string{"viewer", "watcher"} {
			told := lab.Events(j, trace.ServerAnnounced, other, "singer")
			Expect(told).NotTo(BeEmpty(), other)
			came := lab.Events(j, trace.MediaIn, "singer", "")
			Expect(told[0].At).To(BeNumerically(">=", lab.Events(j, trace.ServerPublish, "singer", "")[0].At), other)
			Expect(told[0].At).To(BeNumerically("~", time.Duration(came[0].V[0]), 100*time.Millisecond), other)
		}
	})

	It("tells nobody of their own stream", func() {
		j := lab.Scenario("stage", 1)
		for _, member := range []string{"host", "singer", "viewer"} {
			Expect(lab.Events(j, trace.ClientEvent, member, member)).To(BeEmpty())
			Expect(lab.Events(j, trace.ServerAnnounced, member, member)).To(BeEmpty())
		}
	})
})
