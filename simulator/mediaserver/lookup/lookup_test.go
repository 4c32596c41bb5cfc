package lookup

import (
	"net/netip"
	"testing"
)

var service = Service{
	Gateways: []netip.Addr{netip.MustParseAddr("203.0.113.10"), netip.MustParseAddr("203.0.113.11")},
	Admits:   func(id string) bool { return id == "app" },
}

func TestAnswersByEra(t *testing.T) {
	for _, c := range []struct{ path, body, want string }{
		{Path, `{"command":"convergeAllocateEdge","appId":"app","cname":"r","uid":"1","seq":0,"requestId":1,"more":{}}`,
			`{"code":200,"servers":[{"address":"203.0.113.10"},{"address":"203.0.113.11"}]}`},
		{Path, `{"appId":"other"}`, `{"code":401,"reason":"invalid vendor key"}`},
		{Path, `{"appId":7}`, `{"code":401,"reason":"bad request"}`},
		{Path, `nonsense`, `{"code":401,"reason":"bad request"}`},
		{OldPath, `{"appid":"app","token":"app"}`, `{"code":200,"servers":[{"address":"203-0-113-10.agoraio.cn"},{"address":"203-0-113-11.agoraio.cn"}]}`},
		{OldPath + "/", `{}`, `{"code":401,"reason":"invalid vendor key","error":"invalid vendor key"}`},
	} {
		if status, got := service.Answer(c.path, []byte(c.body)); status != 200 || string(got) != c.want {
			t.Errorf("%s %s: %d %s, want %s", c.path, c.body, status, got, c.want)
		}
	}
}

func TestKnows(t *testing.T) {
	for _, d := range Domains {
		if !Knows(d, Path) || Knows(d, OldPath) || Knows(d, "/") {
			t.Errorf("%s: wrong paths", d)
		}
	}
	if !Knows(GatewayDomain, OldPath) || Knows(GatewayDomain, Path) || Knows("miniapp-5.agoraio.cn", Path) {
		t.Error("wrong addresses")
	}
}
