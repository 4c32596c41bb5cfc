package simulator

import (
	"fmt"

	"minilab/devices/wechat"
	"minilab/fixtures"
)

// host is the WeChat that a member's phone has; from is its entry in the catalogue. The
// profiles that have been read are kept in read: many members have the same.
func (m *Member) host(read map[string]wechat.Version) (v *wechat.Version, from *fixtures.WeChat, err error) {
	name := m.WeChat
	if name == "" {
		name = m.Device.WeChat
	}
	for _, w := range fixtures.WeChats() {
		if w.Name == name {
			profile, known := read[name]
			if !known {
				profile.Name = name
				if err := fixtures.WeChatProfile(name, &profile); err != nil {
					return nil, nil, fmt.Errorf("WeChat %s: %w", name, err)
				}
				read[name] = profile
			}
			v = &profile
			if m.WebSockets > 0 {
				v.WebSockets = m.WebSockets
			}
			return v, &w, nil
		}
	}
	return nil, nil, fmt.Errorf("no WeChat %s", name)
}
