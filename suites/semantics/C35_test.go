package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C35", func(promise fixtures.Promise) {
	It("plays the remote from the new URL with a new player, and goes on hearing it", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "new-urls"}, sdk, 1)
			news := of(j, trace.ClientEvent, "alice", "update-url")
			Expect(news).To(HaveLen(2), sdk)
			played := lab.Events(j, trace.PlayStarted, "alice", "bob")
			Expect(played).To(HaveLen(2), sdk)
			Expect(played[1].At).To(Equal(news[0].At), sdk)
			Expect(played[1].Note).To(Equal(news[0].Note), sdk)
			Expect(played[1].Note).NotTo(Equal(played[0].Note), sdk)
			_, sound := relayed(j, "alice", "bob", 15*time.Second, 35*time.Second)
			Expect(sound).To(BeNumerically(">", 600), sdk)
		}
	})

	It("leaves the own push as it is", func() {
		j := lab.Scenario("new-urls", 1)
		Expect(j.Name(of(j, trace.ClientEvent, "alice", "update-url")[1].Peer)).To(Equal("alice"))
		Expect(lab.Events(j, trace.PushStarted, "alice", "")).To(HaveLen(1))
		Expect(lab.Events(j, trace.ServerPushClosed, "alice", "")).To(HaveLen(1), "at the end")
	})
})
