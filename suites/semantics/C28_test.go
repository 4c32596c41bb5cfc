package semantics

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C28", func(promise fixtures.Promise) {
	It("stops the sound for all, then the picture, and never the other", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "mute-local"}, sdk, 1)
			for _, other := range []string{"bob", "carol"} {
				video, audio := relayed(j, other, "alice", 20200*time.Millisecond, 26*time.Second)
				Expect(audio).To(BeZero(), sdk)
				Expect(video).To(BeNumerically(">", 50), sdk)
				video, audio = relayed(j, other, "alice", 32200*time.Millisecond, 38*time.Second)
				Expect(video).To(BeZero(), sdk)
				Expect(audio).To(BeNumerically(">", 150), sdk)
				video, audio = relayed(j, other, "alice", 40*time.Second, 45*time.Second)
				Expect(video).To(BeNumerically(">", 40), sdk)
				Expect(audio).To(BeNumerically(">", 150), sdk)
			}
		}
	})

	DescribeTable("tells each page once of each change, by the names that its version knows", func(sdk string, names ...string) {
		j := lab.RunSDK(fixtures.Recipe{Scenario: "mute-local"}, sdk, 1)
		for _, other := range []string{"bob", "carol"} {
			var heard []string
			for _, ev := range lab.Events(j, trace.ClientEvent, other, "alice") {
				if name := j.Record.Text(ev.Text); strings.Contains(name, "mute") {
					heard = append(heard, name)
				}
			}
			Expect(heard).To(Equal(names), other)
		}
		for _, ev := range lab.Events(j, trace.ClientEvent, "alice", "") {
			Expect(j.Record.Text(ev.Text)).NotTo(ContainSubstring("mute"), "who muted is not told")
		}
	},
		Entry("2.4.0, as the server says it", "2.4.0", "audio-mute", "audio-mute", "video-mute", "video-mute"),
		Entry("2.4.2", "2.4.2", "mute-audio", "unmute-audio", "mute-video", "unmute-video"),
		Entry("2.4.5", "2.4.5", "mute-audio", "unmute-audio", "mute-video", "unmute-video"),
	)
})
