package phone

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// What the catalogue says of its phones shows, and nothing else does.
var _ = Describe("the phones of the catalogue", func() {
	for _, d := range fixtures.Devices() {
		It(d.Name+" has trouble after the background if it is said to be subject to that", func() {
			r := set("background-ios", "device.patient", d.Name)
			found := lab.Run(r, lab.Seeds[0]).Verdict("K13")
			Expect(found.Verdict == oracle.Reproduced).To(Equal(slices.Contains(d.Issues(), "K13")), "WeChat %s: %v", d.WeChat, found.Findings)
		})
	}

	It("are of every year from 2014 to 2019", func() {
		for _, year := range []string{"2014", "2015", "2016", "2017", "2018", "2019"} {
			Expect(fixtures.Devices()).To(ContainElement(HaveField("Released", year)))
		}
	})

	// The system takes the microphone of an app that isn't on the screen where the phone has
	// that trait, and where its WeChat goes on to be heard behind.
	DescribeTable("are heard behind another app", func(device, wechat string, heard time.Duration) {
		r := set("heard-behind", "device.alice", device, "wechat.alice", wechat)
		j := lab.Run(r, lab.Seeds[0])
		last := time.Duration(0)
		for _, ev := range lab.Events(j, trace.AudioPlayed, "bob", "alice") {
			if ev.At < 170*time.Second { // when it is back
				last = max(last, ev.At)
			}
		}
		Expect(last).To(BeNumerically("~", 20*time.Second+heard, 3*time.Second))
	},
		Entry("for a minute", "huawei-p30-android-9", "7.0.8", time.Minute),
		Entry("for a minute, on another", "xiaomi-9-android-9", "7.0.9", time.Minute),
		Entry("for as long as they are away, before Android 9", "xiaomi-6-android-8", "7.0.9", 150*time.Second),
		Entry("not at all with an older WeChat", "huawei-p30-android-9", "7.0.6", time.Duration(0)),
	)
})
