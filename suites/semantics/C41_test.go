package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C41", func(promise fixtures.Promise) {
	It("refuses the third while two are there", func() {
		j := lab.Scenario("abandoned-clients", 1)
		Expect(times(j, trace.SocketDialled, "anna", "gateway")[:3]).To(HaveEach(BeNumerically("<", time.Second)))
		Expect(notes(j, trace.SocketRefused, "anna", "gateway")).To(HaveEach("limit"))
		refused := times(j, trace.SocketRefused, "anna", "gateway")
		Expect(refused[0]).To(Equal(times(j, trace.SocketDialled, "anna", "gateway")[2]))
	})

	It("lets the third where the phone's WeChat allows five, which is no violation", func() {
		five := yamlfile.Map[string]{{Name: "wechat.anna", V: "7.0.8"}}
		j := lab.Run(fixtures.Recipe{Scenario: "abandoned-clients", Set: five}, 1)
		Expect(notes(j, trace.SocketRefused, "anna", "gateway")).To(BeEmpty())
		Expect(j.Verdict("C41").Verdict).To(Equal(oracle.NotRun))
	})
})
