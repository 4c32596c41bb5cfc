package simulator

import (
	"fmt"
	"strings"
	"time"
)

// roomSDK is the version of rooms made on the spot: the newest that the release notes
// at hand tell of.
const roomSDK = "1.1.3"

// roomDevices are the phones in such rooms: of both systems, old and new.
var roomDevices = []string{"huawei-p20-android-8.1", "iphone-6-ios-11.4", "iphone-8-ios-11.4", "iphone-8-ios-12.1", "xiaomi-6-android-8"}

// Room is a scenario made on the spot: so many broadcasters on one network, who join
// 100 ms apart and stay. Devices take turns.
func Room(name string, members int, camera, network string, length time.Duration) (*Scenario, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\nlength: %v\nsdk: %s\nmembers:\n", name, length, roomSDK)
	for i := range members {
		fmt.Fprintf(&b, "  m%02d: {device: %s, network: %s, role: broadcaster, camera: %s}\n", i+1, roomDevices[i%len(roomDevices)], network, camera)
	}
	b.WriteString("script:\n")
	for i := range members {
		fmt.Fprintf(&b, "  - {at: %dms, m%02d: join}\n", 100*i, i+1)
	}
	return Parse(name, []byte(b.String()))
}
