package house

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestHouse(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "house")
}
