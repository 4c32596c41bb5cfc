package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/suites/lab"
)

var _ = describe("K14", func(issue fixtures.Issue) {
	It("lasts as long as the music", func() {
		for _, seed := range lab.Seeds {
			for _, f := range lab.Run(issue.Cause, seed).Verdict("K14").Findings {
				inTime(f.At, 18*time.Second, 43*time.Second)
			}
		}
	})

	It("is told from loudness that swings on a weak network", func() {
		for _, seed := range lab.Seeds {
			Expect(found(lab.Run(issue.Cause, seed), "K6", "")).To(BeEmpty())
		}
	})

	It("needs a call that wants the audio device otherwise: with the volume of media none shows", func() {
		media := issue.Cause
		media.Scenario = "bgm-as-media"
		for _, seed := range lab.Seeds {
			Expect(found(lab.Run(media, seed), "K14", "")).To(BeEmpty())
		}
		media.Set = yamlfile.Map[string]{{Name: "wechat.host", V: "7.0.9"}}
		Expect(found(lab.Run(media, lab.Seeds[0]), "K14", "host")).NotTo(BeEmpty(), "a base library that doesn't know audio-volume-type")
	})

	It("has the music heard on both phones", func() {
		j := lab.Run(issue.Cause, 1)
		Expect(found(j, "K14", "guest")).NotTo(BeEmpty(), "whose voice breaks off and whose music leaks is heard so by the other")
	})
})
