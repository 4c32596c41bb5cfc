package weaknet

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestWeaknet(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "weak networks")
}
