package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C25", func(promise fixtures.Promise) {
	It("takes away the sound and leaves the picture, then both, and brings them back", func() {
		j := lab.Scenario("mute-audio", 1)
		video, audio := relayed(j, "alice", "bob", 22500*time.Millisecond, 27500*time.Millisecond)
		Expect(audio).To(BeZero())
		Expect(video).To(BeNumerically(">", 50))
		video, audio = relayed(j, "alice", "bob", 34500*time.Millisecond, 39500*time.Millisecond)
		Expect([]int64{video, audio}).To(Equal([]int64{0, 0}))
		video, audio = relayed(j, "alice", "bob", 45*time.Second, 50*time.Second)
		Expect(video).To(BeNumerically(">", 50))
		Expect(audio).To(BeNumerically(">", 150))
	})

	It("resumes with a key frame on the same connection", func() {
		j := lab.Scenario("mute-audio", 1)
		Expect(lab.Events(j, trace.ServerPlayOpened, "alice", "bob")).To(HaveLen(1))
		for _, ev := range lab.Events(j, trace.FrameShown, "alice", "bob") {
			Expect(ev.V[3]).To(BeZero(), "the picture at %v is not whole", ev.At)
		}
		Expect(pictures(j, "alice", "bob", 45*time.Second, 50*time.Second)).To(Equal(75))
	})
})
