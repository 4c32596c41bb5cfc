package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C36", func(promise fixtures.Promise) {
	It("closes the socket, sends nothing more, and takes the stream from the others", func() {
		for sdk, answered := range map[string][]int64{"1.1.3": nil, "2.4.2": {0}} {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "odd-calls"}, sdk, 1)
			Expect(answers(j, "anna", "leave")).To(Equal(answered), sdk)
			Expect(times(j, trace.SocketClosed, "anna", "gateway")).To(HaveLen(1), sdk)
			Expect(sentBetween(j, "anna", 24*time.Second, 36*time.Second)).To(BeEmpty(), sdk)
			var told []string
			for _, ev := range lab.Events(j, trace.ClientEvent, "ben", "anna") {
				told = append(told, j.Record.Text(ev.Text))
			}
			Expect(told).To(Equal([]string{"stream-added", "stream-removed"}), sdk)
		}
	})
})
