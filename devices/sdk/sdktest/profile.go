package sdktest

import (
	"time"

	"minilab/devices/sdk"
)

// Profile is a complete profile for tests, with the switches of version 1.1.3.
func Profile() sdk.Profile {
	p := sdk.Common()
	p.Version = "test"
	p.LookupDomains = []string{"miniapp-1.agoraio.cn", "miniapp-2.agoraio.cn", "miniapp-3.agoraio.cn", "miniapp-4.agoraio.cn"}
	p.LookupPath = "/appcenter/1-1-1/getWorkerManager/"
	p.LookupCommand = "convergeAllocateEdge"
	p.SIDPerJoin = true
	p.LookupTimeout = 10 * time.Second
	p.GatewayFailover = "works"
	p.JoinUID = true
	p.SetRole = true
	p.Mute = true
	p.Raise503 = true
	return p
}
