// Package lookup answers the SDK's first question: which gateways there are.
//
// It is the HTTP side of it and no more: a list that the media server was given, in
// the form that each era of clients reads, from domains that a script may have made
// silent, slow or wrong. That a single WebSocket domain stands in front of all
// gateways, so that their addresses only appear in its path, is how the real service
// does it. Names that can't be resolved and addresses where nobody listens are the
// network's affair.
//
// Start at Service.Answer; domains.go says who answers where.
package lookup

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Service knows the gateways.
type Service struct {
	// Gateways are the addresses that clients are told, in the order of trying.
	Gateways []netip.Addr
	// Admits tells whether the service is enabled for an App ID.
	Admits func(appID string) bool
	// Defects are mistakes planted on purpose.
	Defects Defects

	faults map[string]Fault // by domain
}

// Reply is what becomes of a request.
type Reply struct {
	// Status and Body are of HTTP; the body is JSON.
	Status int
	Body   []byte
	// Delay is how long the answer waits.
	Delay time.Duration
	// Silent: there will be none.
	Silent bool
	// Code is what the answer says in the terms of its body, 200 for gateways; Gateways
	// are those that it names. Both are for the record.
	Code     int
	Gateways []netip.Addr
}

// request holds what we read of a client's; there is more in it.
type request struct {
	UID      json.RawMessage `json:"uid"` // a string, or a number
	AppID    string          `json:"appId"`
	OldAppID string          `json:"appid"`
	// Wrapped is the request itself since 2.5.2.
	Wrapped string `json:"json_body"`
}

type server struct {
	Address string `json:"address"`
}

type reply struct {
	Code    int      `json:"code,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Error   string   `json:"error,omitempty"`
	Servers []server `json:"servers,omitempty"`
	// Vendor is the customer's number, which clients since 2.6.x repeat when they join.
	Vendor int `json:"vid,omitempty"`
}

type wrapped struct {
	Body  string `json:"json_body"`
	Error string `json:"error,omitempty"` // where 2.5.2 looks for the reason
}

// vendor is every customer's number. Source: none; fidelity: assumed.
const vendor = 1

// Answer decides about a POST to a lookup address; host is empty when the client calls
// the server by its number.
func (s *Service) Answer(host, path string, body []byte) Reply {
	f, fault := formOf(host, path), s.faults[host]
	switch {
	case fault.Kind == Silent:
		return Reply{Silent: true}
	case fault.Kind == Error:
		return s.fail(f, fault.Code, fault.Reason)
	case s.Defects.OnlyFirst && (at(host, Domains[1:]...) || at(host, EdgeDomains[1:]...)):
		return s.fail(f, http.StatusInternalServerError, "internal error")
	}
	id, err := appID(f, body)
	switch {
	case err != nil && f == formEdge:
		return s.fail(f, http.StatusBadRequest, "bad request")
	case err != nil:
		return s.fail(f, http.StatusUnauthorized, "bad request")
	case !s.Admits(id) && f == formEdge: // an answer without servers is what clients since 2.5.2 take for it
		return Reply{Status: http.StatusOK, Code: http.StatusUnauthorized, Body: wrap(reply{Code: http.StatusUnauthorized, Reason: "invalid vendor key"})}
	case !s.Admits(id):
		return s.fail(f, http.StatusUnauthorized, "invalid vendor key")
	}
	a := reply{Code: http.StatusOK}
	r := Reply{Status: http.StatusOK, Delay: fault.Delay, Code: a.Code, Gateways: s.listed(fault)}
	for _, g := range r.Gateways {
		a.Servers = append(a.Servers, server{Address: address(g, f)})
	}
	if f == formEdge {
		a.Vendor = vendor
		r.Body = wrap(a)
	} else {
		r.Body = encode(a)
	}
	return r
}

// appID reads the one thing that matters here.
func appID(f form, body []byte) (string, error) {
	var r request
	err := json.Unmarshal(body, &r)
	if f == formEdge && err == nil {
		err = json.Unmarshal([]byte(r.Wrapped), &r)
	}
	if r.AppID != "" {
		return r.AppID, err
	}
	return r.OldAppID, err
}

// UID is who asks, 0 if the body doesn't say.
func UID(body []byte) uint32 {
	var r request
	if json.Unmarshal(body, &r) == nil && r.Wrapped != "" {
		_ = json.Unmarshal([]byte(r.Wrapped), &r) // the body has been looked at
	}
	uid, err := strconv.ParseUint(strings.Trim(string(r.UID), `"`), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(uid)
}

// listed are the gateways that a domain names.
func (s *Service) listed(f Fault) []netip.Addr {
	if s.Defects.NoSpare {
		return s.Gateways[:1]
	}
	if len(f.Gateways) == 0 {
		return s.Gateways
	}
	var out []netip.Addr
	for _, n := range f.Gateways {
		out = append(out, s.Gateways[n-1])
	}
	return out
}

// fail tells a reason where clients of that era look for it: in a field named error.
func (s *Service) fail(f form, code int, reason string) Reply {
	a := reply{Code: code, Reason: reason}
	if f == formEdge {
		return Reply{Status: code, Code: code, Body: wrap(a)}
	}
	a.Error = reason
	return Reply{Status: http.StatusOK, Code: code, Body: encode(a)}
}

// address spells a gateway for a client: the oldest takes the first label and splits
// it at dashes, later ones take the last four parts between dots.
func address(a netip.Addr, f form) string {
	if f == formOldest {
		return strings.ReplaceAll(a.String(), ".", "-") + ".agoraio.cn"
	}
	return a.String()
}

func wrap(r reply) []byte { return encode(wrapped{Body: string(encode(r)), Error: r.Reason}) }

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("lookup: " + err.Error()) // cannot happen: strings and numbers only
	}
	return b
}

// GatewayPath is the path under which a gateway's WebSocket stands at GatewayDomain.
func GatewayPath(a netip.Addr) string {
	return "/" + strings.ReplaceAll(a.String(), ".", "-") + "/api"
}
