// Package lookup answers the SDK's first question: which gateways there are.
//
// It is the HTTP side of it and no more: a list that the media server was given.
// That a single WebSocket domain stands in front of all gateways, so that their
// addresses only appear in its path, is how the real service does it.
//
// Start at Service.Answer.
package lookup

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
)

// Domains that answer since 1.1.2; before, there was only GatewayDomain.
// Source: release notes 1.1.2; fidelity: documented.
var Domains = [...]string{
	"miniapp-1.agoraio.cn", "miniapp-2.agoraio.cn", "miniapp-3.agoraio.cn", "miniapp-4.agoraio.cn",
}

// GatewayDomain carries the gateways' WebSockets, and was the one lookup domain
// before 1.1.2. Source: shipped SDK files of 2018 and later; fidelity: observed.
const GatewayDomain = "miniapp.agoraio.cn"

// Paths of the two eras. Source: shipped SDK files; fidelity: observed.
const (
	Path    = "/appcenter/1-1-1/getWorkerManager/"
	OldPath = "/appcenter/getWorkerManager"
)

// Service knows the gateways.
type Service struct {
	// Gateways are the addresses that clients are told, in the order of trying.
	Gateways []netip.Addr
	// Admits tells whether the service is enabled for an App ID.
	Admits func(appID string) bool
}

type request struct {
	AppID    string `json:"appId"`
	OldAppID string `json:"appid"`
	Token    string `json:"token"`
}

type server struct {
	Address string `json:"address"`
}

type reply struct {
	Code    int      `json:"code,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Error   string   `json:"error,omitempty"`
	Servers []server `json:"servers,omitempty"`
}

// Knows tells whether a host and path are a lookup address.
func Knows(host, path string) bool {
	for _, d := range Domains {
		if host == d && strings.TrimSuffix(path, "/") == strings.TrimSuffix(Path, "/") {
			return true
		}
	}
	return host == GatewayDomain && strings.TrimSuffix(path, "/") == OldPath
}

// Answer gives the HTTP status and JSON body for a POST to a lookup address.
func (s Service) Answer(path string, body []byte) (status int, answer []byte) {
	old := strings.TrimSuffix(path, "/") == OldPath
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return s.fail(old, "bad request")
	}
	id := r.AppID
	if id == "" {
		id = r.OldAppID
	}
	if !s.Admits(id) {
		return s.fail(old, "invalid vendor key")
	}
	a := reply{Code: http.StatusOK}
	for _, g := range s.Gateways {
		a.Servers = append(a.Servers, server{Address: address(g, old)})
	}
	return http.StatusOK, encode(a)
}

// fail tells a reason. Later clients look for the code in the body, the oldest for
// a field named error.
func (s Service) fail(old bool, reason string) (int, []byte) {
	a := reply{Code: http.StatusUnauthorized, Reason: reason}
	if old {
		a.Error = reason
	}
	return http.StatusOK, encode(a)
}

// address spells a gateway for a client: the oldest takes the first label and splits
// it at dashes, later ones take the last four parts between dots.
func address(a netip.Addr, old bool) string {
	if old {
		return strings.ReplaceAll(a.String(), ".", "-") + ".agoraio.cn"
	}
	return a.String()
}

func encode(r reply) []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic("lookup: " + err.Error()) // cannot happen: strings and numbers only
	}
	return b
}

// GatewayPath is the path under which a gateway's WebSocket stands at GatewayDomain.
func GatewayPath(a netip.Addr) string {
	return "/" + strings.ReplaceAll(a.String(), ".", "-") + "/api"
}
