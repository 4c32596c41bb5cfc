package simulator

import (
	"fmt"

	"minilab/devices/wechat"
	"minilab/fixtures"
)

// host reads the WeChat that a member's phone has, and what its base library knows.
func (m *Member) host() (v *wechat.Version, knows func(of, name string) bool, err error) {
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
			return v, w.Knows, nil
		}
	}
	return nil, nil, fmt.Errorf("no WeChat %s", name)
}
