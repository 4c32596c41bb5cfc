package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C29", func(promise fixtures.Promise) {
	It("keeps one push, one connection and one URL through four changes", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "mute-local"}, sdk, 1)
			Expect(answers(j, "alice", "muteLocal")).To(Equal([]int64{0, 0}), sdk)
			Expect(answers(j, "alice", "unmuteLocal")).To(Equal([]int64{0, 0}), sdk)
			for _, k := range []trace.Kind{trace.PushStarted, trace.PushStopped, trace.ServerPublish, trace.ServerPushOpened, trace.ServerPushClosed} {
				Expect(lab.Events(j, k, "alice", "")).To(HaveLen(1), "%s: %v", sdk, k)
			}
		}
	})

	It("leaves the pusher sending what the relay drops", func() {
		j := lab.RunSDK(fixtures.Recipe{Scenario: "mute-local"}, "2.4.2", 1)
		heard := int64(0)
		for _, ev := range lab.Events(j, trace.MediaIn, "alice", "") {
			if time.Duration(ev.V[0]) > 21*time.Second && ev.At < 26*time.Second {
				heard += ev.V[3]
			}
		}
		Expect(heard).To(BeNumerically(">", 100))
	})
})
