package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
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
})
