package simulator

import (
	"fmt"

	"minilab/devices/wechat"
	"minilab/fixtures"
)

// host reads the WeChat that a member's phone has; from is its entry in the catalogue.
func (m *Member) host() (v *wechat.Version, from *fixtures.WeChat, err error) {
	name := m.WeChat
	if name == "" {
		name = m.Device.WeChat
	}
	for _, w := range fixtures.WeChats() {
		if w.Name == name {
			v = &wechat.Version{Name: name}
			if err := fixtures.WeChatProfile(name, v); err != nil {
				return nil, nil, fmt.Errorf("WeChat %s: %w", name, err)
			}
			if m.WebSockets > 0 {
				v.WebSockets = m.WebSockets
			}
			return v, &w, nil
		}
	}
	return nil, nil, fmt.Errorf("no WeChat %s", name)
}
