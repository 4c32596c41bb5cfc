package lookup

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func service() *Service {
	return &Service{
		Gateways: []netip.Addr{netip.MustParseAddr("203.0.113.10"), netip.MustParseAddr("203.0.113.11")},
		Admits:   func(id string) bool { return id == "app" },
	}
}

func TestAnswersByEra(t *testing.T) {
	for _, c := range []struct {
		path, body, want string
		status           int
	}{
		{Path, `{"command":"convergeAllocateEdge","appId":"app","cname":"r","uid":"1","seq":0,"requestId":1,"more":{}}`,
			`{"code":200,"servers":[{"address":"203.0.113.10"},{"address":"203.0.113.11"}]}`, 200},
		{Path, `{"appId":"other","uid":7}`, `{"code":401,"reason":"invalid vendor key","error":"invalid vendor key"}`, 200},
		{Path, `{"appId":7}`, `{"code":401,"reason":"bad request","error":"bad request"}`, 200},
		{Path, `nonsense`, `{"code":401,"reason":"bad request","error":"bad request"}`, 200},
		{OldPath, `{"appid":"app","token":"app"}`, `{"code":200,"servers":[{"address":"203-0-113-10.agoraio.cn"},{"address":"203-0-113-11.agoraio.cn"}]}`, 200},
		{OldPath + "/", `{}`, `{"code":401,"reason":"invalid vendor key","error":"invalid vendor key"}`, 200},
		{EdgePath, `{"service_name":"miniapp","json_body":"{\"command\":\"convergeAllocateEdge\",\"appId\":\"app\",\"more\":1}"}`,
			`{"json_body":"{\"code\":200,\"servers\":[{\"address\":\"203.0.113.10\"},{\"address\":\"203.0.113.11\"}],\"vid\":1}"}`, 200},
		{EdgePath, `{"json_body":"{\"appId\":\"other\"}"}`, `{"json_body":"{\"code\":401,\"reason\":\"invalid vendor key\"}","error":"invalid vendor key"}`, 200},
		{EdgePath, `{"json_body":"nonsense"}`, `{"json_body":"{\"code\":400,\"reason\":\"bad request\"}","error":"bad request"}`, 400},
		{EdgePath, `{"json_body":{}}`, `{"json_body":"{\"code\":400,\"reason\":\"bad request\"}","error":"bad request"}`, 400},
	} {
		if r := service().Answer("", c.path, []byte(c.body)); r.Status != c.status || string(r.Body) != c.want || r.Silent || r.Delay != 0 {
			t.Errorf("%s %s: %d %s, want %d %s", c.path, c.body, r.Status, r.Body, c.status, c.want)
		}
	}
}

func TestKnows(t *testing.T) {
	for _, d := range Domains {
		if !Knows(d, Path) || Knows(d, OldPath) || Knows(d, EdgePath) || Knows(d, "/") {
			t.Errorf("%s: wrong paths", d)
		}
	}
	for _, d := range EdgeDomains {
		if !Knows(d, EdgePath) || Knows(d, Path) {
			t.Errorf("%s: wrong paths", d)
		}
	}
	if !Knows(GatewayDomain, OldPath) || Knows(GatewayDomain, Path) || Knows("miniapp-5.agoraio.cn", Path) || Telemetry(Domains[0], "/report") {
		t.Error("wrong addresses")
	}
	if !Telemetry("uni-webcollector.agora.io", "/anything") || !Telemetry("", "/v2/report") || Telemetry("", "/anything") {
		t.Error("wrong places for reports")
	}
	if !Knows("", Path) || !Knows("", OldPath) || !Knows("", EdgePath) || Knows("", "/") {
		t.Error("the path alone decides wrongly")
	}
}

func TestFaults(t *testing.T) {
	ask := func(s *Service, domain string) Reply { return s.Answer(domain, Path, []byte(`{"appId":"app"}`)) }
	listed := func(r Reply) int { return strings.Count(string(r.Body), "address") }
	s := service()
	for i, f := range []Fault{{Kind: Silent}, {Kind: Slow, Delay: 3 * time.Second}, {Kind: Error, Code: 503, Reason: "no channel"}, {Kind: None, Gateways: []int{2}, Delay: time.Second}} {
		if err := s.Set(Domains[i], f); err != nil {
			t.Fatal(err)
		}
	}
	if r := ask(s, Domains[0]); !r.Silent {
		t.Errorf("silent: %+v", r)
	}
	if r := ask(s, Domains[1]); r.Delay != 3*time.Second || listed(r) != 2 {
		t.Errorf("slow: %+v", r)
	}
	if r := ask(s, Domains[2]); string(r.Body) != `{"code":503,"reason":"no channel","error":"no channel"}` || r.Status != 200 {
		t.Errorf("error: %d %s", r.Status, r.Body)
	}
	if r := ask(s, Domains[3]); listed(r) != 1 || !strings.Contains(string(r.Body), "203.0.113.11") || r.Delay != 0 {
		t.Errorf("own list: %+v", r)
	}
	if r := s.Answer(GatewayDomain, OldPath, []byte(`{"appid":"app"}`)); listed(r) != 2 {
		t.Errorf("a domain that nobody touched: %s", r.Body)
	}
	if err := s.Set(All, Fault{Kind: Error}); err != nil {
		t.Fatal(err)
	}
	for _, a := range [][2]string{{Domains[3], Path}, {EdgeDomains[2], EdgePath}, {GatewayDomain, OldPath}} {
		r := s.Answer(a[0], a[1], []byte(`{"appId":"app"}`))
		if listed(r) != 0 || !strings.Contains(string(r.Body), "internal error") || (r.Status == 500) != (a[1] == EdgePath) {
			t.Errorf("all domains wrong: %s: %d %s", a[0], r.Status, r.Body)
		}
	}
	if err := s.Set(All, Fault{Kind: None}); err != nil {
		t.Fatal(err)
	}
	for _, d := range Domains {
		if r := ask(s, d); listed(r) != 2 || r.Silent || r.Delay != 0 {
			t.Errorf("%s stays wrong: %+v", d, r)
		}
	}
}

func TestFaultsAreChecked(t *testing.T) {
	for _, c := range []struct {
		domain string
		f      Fault
	}{
		{"miniapp-5.agoraio.cn", Fault{Kind: Silent}}, {"", Fault{Kind: Silent}}, {TelemetryDomains[0], Fault{Kind: Silent}},
		{Domains[0], Fault{}}, {Domains[0], Fault{Kind: "dns"}}, {Domains[0], Fault{Kind: Slow}},
		{Domains[0], Fault{Kind: None, Gateways: []int{0}}}, {All, Fault{Kind: None, Gateways: []int{3}}},
	} {
		s := service()
		if err := s.Set(c.domain, c.f); err == nil {
			t.Errorf("%s %+v is accepted", c.domain, c.f)
		}
		if r := s.Answer(Domains[0], Path, []byte(`{"appId":"app"}`)); r.Silent || !json.Valid(r.Body) {
			t.Errorf("%+v took effect", c.f)
		}
	}
}

func TestDefectsShow(t *testing.T) {
	s := service()
	s.Defects.OnlyFirst = true
	for i, d := range Domains {
		if r := s.Answer(d, Path, []byte(`{"appId":"app"}`)); strings.Contains(string(r.Body), "address") != (i == 0) {
			t.Errorf("%s answers %s", d, r.Body)
		}
	}
	s.Defects = Defects{NoSpare: true}
	if r := s.Answer(Domains[1], Path, []byte(`{"appId":"app"}`)); strings.Count(string(r.Body), "address") != 1 {
		t.Errorf("%s", r.Body)
	}
}

func TestWhatTheRecordIsTold(t *testing.T) {
	s := service()
	if err := s.Set(Domains[1], Fault{Kind: Error, Code: 503}); err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"appId":"app","uid":"4000000000"}`)
	if r := s.Answer(Domains[0], Path, body); r.Code != 200 || len(r.Gateways) != 2 {
		t.Errorf("%+v", r)
	}
	if r := s.Answer(Domains[1], Path, body); r.Code != 503 || len(r.Gateways) != 0 {
		t.Errorf("an error: %+v", r)
	}
	if r := s.Answer(Domains[0], Path, []byte(`{}`)); r.Code != 401 || len(r.Gateways) != 0 {
		t.Errorf("not admitted: %+v", r)
	}
	for text, want := range map[string]uint32{
		string(body): 4000000000, `{"json_body":"{\"uid\":\"7\"}"}`: 7, `{"uid":"x"}`: 0, `{"uid":"-1"}`: 0, `{"uid":7}`: 7, `{"uid":{}}`: 0, `nonsense`: 0, ``: 0,
	} {
		if got := UID([]byte(text)); got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
}
