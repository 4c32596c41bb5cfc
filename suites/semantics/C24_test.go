package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("C24", func(promise fixtures.Promise) {
	It("takes away the picture, from the caller only, and leaves the sound", func() {
		j := lab.Scenario("mute-video", 1)
		const from, to = 25 * time.Second, 35 * time.Second // within the mute from 24 s to 36 s
		video, audio := relayed(j, "alice", "bob", from, to)
		Expect(video).To(BeZero())
		Expect(audio).To(BeNumerically(">", 300))
		Expect(pictures(j, "alice", "bob", from, to)).To(BeZero())
		Expect(pictures(j, "carol", "bob", from, to)).To(Equal(150), "15 a second, as if nothing had happened")
		Expect(pictures(j, "alice", "carol", from, to)).To(Equal(150))
		for _, v := range j.Views {
			Expect(*v.AudioGap).To(BeZero(), "%s hears %s", j.Name(v.To), j.Name(v.From))
		}
	})
})
