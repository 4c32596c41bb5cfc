package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C39", func(promise fixtures.Promise) {
	It("counts from the socket's opening", func() {
		j := lab.Scenario("odd-calls", 1)
		opened := times(j, trace.SocketOpened, "ben", "gateway")[0]
		n := 0
		for _, ev := range lab.Events(j, trace.SocketSent, "ben", "") {
			if j.Record.Text(ev.Note) == "ping" {
				n++
				Expect(ev.At - opened).To(Equal(time.Duration(n) * 3 * time.Second))
			}
		}
		Expect(n).To(Equal(11), "in 36 s")
	})
})
