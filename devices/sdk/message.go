package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lookupBody is the POST that asks for gateways.
type lookupBody struct {
	Command   string `json:"command,omitempty"`
	SID       string `json:"sid"`
	AppID     string `json:"appId,omitempty"`
	LowAppID  string `json:"appid"`
	Token     string `json:"token"`
	CName     string `json:"cname,omitempty"`
	UID       string `json:"uid"`
	TS        int64  `json:"ts"` // seconds, unlike everywhere else
	Version   string `json:"version"`
	Seq       int    `json:"seq"`
	RequestID int    `json:"requestId"`
}

type lookupAnswer struct {
	Code    *int            `json:"code"`
	Error   json.RawMessage `json:"error"`
	Reason  string          `json:"reason"`
	Servers []struct {
		Address string `json:"address"`
	} `json:"servers"`
}

// gateways reads a lookup answer: the addresses, or why there are none.
func gateways(status int, body []byte, err error) ([]string, string) {
	if err != nil {
		return nil, err.Error()
	}
	if status != 200 {
		return nil, fmt.Sprintf("HTTP status %d", status)
	}
	var a lookupAnswer
	if json.Unmarshal(body, &a) != nil {
		return nil, "lookup answer is not JSON"
	}
	switch {
	case len(a.Error) > 0 && !bytes.Equal(a.Error, []byte("null")):
		return nil, orElse(strings.Trim(string(a.Error), `"`), "lookup failed")
	case a.Code != nil && *a.Code != 200:
		return nil, orElse(a.Reason, fmt.Sprintf("lookup code %d", *a.Code))
	}
	var list []string
	for _, s := range a.Servers {
		if s.Address != "" {
			list = append(list, s.Address)
		}
	}
	if len(list) == 0 {
		return nil, "lookup answer names no server"
	}
	return list, ""
}

// gatewayURL puts a gateway's address into the path of the one domain.
func (p *Profile) gatewayURL(address string) string {
	parts := strings.Split(address, ".")
	if p.LabelAddress {
		return "wss://" + p.GatewayDomain + "/" + parts[0] + "/api"
	}
	return "wss://" + p.GatewayDomain + "/" + strings.Join(parts[max(0, len(parts)-4):], "-") + "/api"
}

// request is the envelope of everything that wants an answer.
type request struct {
	AppID      string `json:"appId"`
	CName      string `json:"cname"`
	UID        string `json:"uid"`
	SID        string `json:"sid"`
	SDKVersion string `json:"sdkVersion"`
	Seq        int    `json:"seq"`
	RequestID  int    `json:"requestId"`
	TS         int64  `json:"ts"`
	Client     any    `json:"clientRequest"`
}

type ping struct {
	Command   string `json:"command"`
	RequestID int    `json:"requestId"`
	AppID     string `json:"appId"`
	CName     string `json:"cname"`
	UID       string `json:"uid"`
	SID       string `json:"sid"`
	TS        int64  `json:"ts"`
}

// The clientRequest of each action.
type (
	joinRequest struct {
		Action        string    `json:"action"`
		Role          any       `json:"role"`
		AppID         string    `json:"appId"`
		KeyVOCS       string    `json:"key_vocs"`
		KeyVOS        string    `json:"key_vos"`
		Channel       string    `json:"channel_name"`
		UID           string    `json:"uid"`
		KnownSpeakers *[]string `json:"known_speakers,omitempty"` // rejoin only, then even when empty
	}
	actionRequest struct {
		Action string `json:"action"`
	}
	uidRequest struct {
		Action string `json:"action"`
		UID    uint32 `json:"uid"`
	}
	muteRequest struct {
		Action string `json:"action"`
		UID    uint32 `json:"uid"`
		Target any    `json:"target"`
	}
	localRequest struct {
		Action string `json:"action"`
		UID    uint32 `json:"uid"`
		Target any    `json:"target"`
		Mute   bool   `json:"mute"`
	}
	urlRequest struct {
		Action string `json:"action"`
		Role   string `json:"role"`
		UID    uint32 `json:"uid"`
	}
	uidsRequest struct {
		Action string   `json:"action"`
		UID    []uint32 `json:"uid"`
	}
	roleRequest struct {
		Action string `json:"action"`
		Role   any    `json:"role"`
	}
)

// message is anything that a gateway sends: an answer or a status.
type message struct {
	Command   string          `json:"command"`
	RequestID *int            `json:"requestId"`
	Code      *int            `json:"code"`
	Reason    string          `json:"reason"`
	Msg       string          `json:"msg"`
	Response  json.RawMessage `json:"serverResponse"`
	Status    *serverStatus   `json:"serverStatus"`
}

type serverStatus struct {
	Action   string          `json:"action"`
	UID      json.RawMessage `json:"uid"`
	URL      string          `json:"url"`
	Rotation int             `json:"rotation"`
	Mute     bool            `json:"mute"`
}

type serverResponse struct {
	URL       string `json:"url"`
	Rotation  int    `json:"rotation"`
	UpdateURL string `json:"update-url"`
	Reason    string `json:"reason"`
	Msg       string `json:"msg"`
}

// response reads serverResponse; one that isn't an object counts as empty.
func (m *message) response() serverResponse {
	var r serverResponse
	if json.Unmarshal(m.Response, &r) != nil {
		return serverResponse{}
	}
	return r
}

// failure is what the page learns about a refused request.
func (m *message) failure() *Failure {
	r := m.response()
	return &Failure{Code: *m.Code, Reason: orElse(m.Msg, orElse(m.Reason, orElse(r.Msg, r.Reason)))}
}

// wireUID reads a uid that may be a number or a string of one; 0 when it is neither.
func wireUID(raw json.RawMessage) uint32 {
	n, err := strconv.ParseUint(strings.Trim(string(raw), `"`), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// mustJSON encodes one of the types above, which can't fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// lookupText is what the lookup domains are asked.
func (s *session) lookupText() []byte {
	p := &s.c.Profile
	body := lookupBody{
		SID: s.c.sid, LowAppID: s.c.appID, Token: s.c.appID, UID: formatUID(s.uid),
		TS: epochSeconds + int64(s.c.Proc.Now()/time.Second), Version: p.Protocol,
		Seq: lookupSeq, RequestID: lookupRequestID,
	}
	if p.LookupCommand != "" {
		body.Command, body.AppID, body.CName = p.LookupCommand, s.c.appID, s.channel
	}
	return mustJSON(body)
}
