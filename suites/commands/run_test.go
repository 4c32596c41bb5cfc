package commands

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("minilab run", func() {
	It("finds push interruption in the outage of weak-call, and fast playback after it", func() {
		r := run(nil, "weak-call", "--seed", "7")
		Expect(r.Schema).To(Equal("minilab.run/1"))
		Expect(r.verdict("K8")).To(Equal("reproduced"))
		Expect(r.times("K8")).To(HaveEach(And(BeNumerically(">=", 30), BeNumerically("<=", 45))))
		Expect(r.verdict("K5")).To(Equal("reproduced"))
		Expect(r.times("K5")).To(HaveEach(BeNumerically(">=", 38)))
	})

	It("finds neither in first-call, where every expected frame is shown and nothing freezes", func() {
		r := run(nil, "first-call", "--seed", "7")
		Expect(r.verdict("K5")).To(Equal("absent"))
		Expect(r.verdict("K8")).To(Equal("absent"))
		Expect(r.Views).To(HaveLen(2))
		for _, v := range r.Views {
			Expect(*v.Freezes).To(BeZero())
			Expect(*v.FramesExpected).To(BeNumerically(">", 300))
			Expect(*v.Frames).To(Equal(*v.FramesExpected))
		}
	})

	It("gives the same digest on every run, on one core and on two, and another for another seed", func() {
		first := run(nil, "weak-call", "--seed", "7").Digest
		for range 4 {
			Expect(run(nil, "weak-call", "--seed", "7").Digest).To(Equal(first))
		}
		Expect(run([]string{"GOMAXPROCS=1"}, "weak-call", "--seed", "7").Digest).To(Equal(first))
		Expect(run([]string{"GOMAXPROCS=2"}, "weak-call", "--seed", "7").Digest).To(Equal(first))
		Expect(run(nil, "weak-call", "--seed", "8").Digest).NotTo(Equal(first))
	})

	It("fails with 1 when an expectation is not met", func() {
		file := filepath.Join(GinkgoT().TempDir(), "talk.yaml")
		Expect(os.WriteFile(file, []byte(head+`members: {a: {device: iphone-8-ios-11.4, network: good, role: broadcaster}}
script: [{at: 0s, a: join}]
expect: [{symptom: K15}]
`), 0o600)).To(Succeed())
		o := minilab(nil, "run", file)
		Expect(o.code).To(Equal(1), o.stdout)
	})
})

// head begins a scenario in which the rest has one thing wrong.
const head = `name: talk
title: {en: A talk, zh: 通话}
length: 10s
sdk: 1.1.3
channel: {profile: communication}
`

var _ = Describe("bad input", func() {
	DescribeTable("is named with its place, and leaves nothing behind", func(body, place, mention string) {
		dir := GinkgoT().TempDir()
		file := filepath.Join(dir, "talk.yaml")
		Expect(os.WriteFile(file, []byte(head+body), 0o600)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "notes.flv"), []byte("this is no recording"), 0o600)).To(Succeed())
		out := filepath.Join(dir, "out")
		o := minilab(nil, "run", file, "--out", out)
		Expect(o.code).To(Equal(2), o.stdout+o.stderr)
		Expect(o.stderr).To(ContainSubstring("talk.yaml:" + place))
		Expect(o.stderr).To(ContainSubstring(mention))
		left, err := os.ReadDir(dir)
		Expect(err).NotTo(HaveOccurred())
		Expect(left).To(HaveLen(2), "nothing half-written")
	},
		Entry("an unknown field", "members: {a: {device: iphone-8-ios-11.4, network: good, roll: broadcaster}}\n", "6:57", "role"),
		Entry("a duplicate field", "length: 20s\nmembers: {a: {device: iphone-8-ios-11.4, network: good, role: broadcaster}}\n", "6:1", "length"),
		Entry("an unknown device", "members: {a: {device: iphone-8-ios-11.5, network: good, role: broadcaster}}\n", "6:23", "iphone-8-ios-11.4"),
		Entry("an unknown network", "members: {a: {device: iphone-8-ios-11.4, network: 3g-losy, role: broadcaster}}\n", "6:51", "3g-lossy"),
		Entry("an unknown role", "members: {a: {device: iphone-8-ios-11.4, network: good, role: broadcster}}\n", "6:63", "broadcaster"),
		Entry("an unknown time unit", "members: {a: {device: iphone-8-ios-11.4, network: good, role: broadcaster}}\nscript: [{at: 3sec, a: join}]\n", "7:15", "3sec"),
		Entry("a negative rate", "members: {a: {device: iphone-8-ios-11.4, network: {up: {rate: -5k}, down: {rate: 5M}}, role: broadcaster}}\n", "6:63", "-5k"),
		Entry("a step for an absent member", "members: {alice: {device: iphone-8-ios-11.4, network: good, role: broadcaster}}\nscript: [{at: 1s, alcie: join}]\n", "7:19", "alice"),
		Entry("an empty cast", "members: {}\n", "6:10", "members"),
		Entry("a missing clip", "members: {a: {device: iphone-8-ios-11.4, network: good, role: broadcaster, camera: loby.flv}}\n", "6:84", "lobby.flv"),
		Entry("a clip that isn't FLV", "members: {a: {device: iphone-8-ios-11.4, network: good, role: broadcaster, camera: notes.flv}}\n", "6:84", "FLV"),
	)

	It("of a name is told with the nearest one", func() {
		o := minilab(nil, "run", "weak-cal")
		Expect(o.code).To(Equal(2))
		Expect(o.stderr).To(ContainSubstring("weak-call"))
	})
})
