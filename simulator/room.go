package simulator

import (
	"fmt"
	"strings"
	"time"

	"minilab/fixtures"
)

// roomSDK is the version of rooms made on the spot: the newest that the release notes
// at hand tell of.
const roomSDK = "1.1.3"

// Room is a scenario made on the spot: so many broadcasters on one network, who join
// 100 ms apart and stay. Devices alternate between those without traits.
func Room(name string, members int, camera, network string, length time.Duration) (*Scenario, error) {
	var devices []string
	for _, d := range fixtures.Devices() {
		if len(d.Traits) == 0 {
			devices = append(devices, d.Name)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\nlength: %v\nsdk: %s\nmembers:\n", name, length, roomSDK)
	for i := range members {
		fmt.Fprintf(&b, "  m%02d: {device: %s, network: %s, role: broadcaster, camera: %s}\n", i+1, devices[i%len(devices)], network, camera)
	}
	b.WriteString("script:\n")
	for i := range members {
		fmt.Fprintf(&b, "  - {at: %dms, m%02d: join}\n", 100*i, i+1)
	}
	return Parse(name, []byte(b.String()))
}
