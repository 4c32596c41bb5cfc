package simulator

import (
	"testing"

	"minilab/devices/wechat"
	"minilab/fixtures"
)

func TestEachWeChatCanBeUsed(t *testing.T) {
	for _, w := range fixtures.WeChats() {
		m := Member{WeChat: w.Name}
		v, from, err := m.host(map[string]wechat.Version{})
		if err != nil {
			t.Error(err)
			continue
		}
		if err := v.Validate(); err != nil {
			t.Errorf("%s: %v", w.Name, err)
		}
		if !from.Knows("live-pusher", "url") {
			t.Errorf("%s doesn't know a pusher's URL", w.Name)
		}
	}
	for _, d := range fixtures.Devices() {
		m := Member{Device: d}
		if v, _, err := m.host(map[string]wechat.Version{}); err != nil || v.Name != d.WeChat {
			t.Errorf("%s: %+v, %v", d.Name, v, err)
		}
	}
	if _, _, err := (&Member{WeChat: "5.0"}).host(map[string]wechat.Version{}); err == nil {
		t.Error("an unknown version is accepted")
	}
}
