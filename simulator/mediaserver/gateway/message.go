package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"minilab/simulator/mediaserver/channel"
)

// request is one message of a client's. Fields that we don't know are ignored: later
// clients send more than earlier ones.
type request struct {
	ID      int64  // requestId
	Command string // "ping", or empty with an action
	Action  string
	AppID   string
	Channel string
	UID     uint32 // of the envelope; 0 when absent
	SID     string
	// Protocol is the version that the client speaks; empty: it doesn't say.
	Protocol string
	uidErr   error // why the envelope's uid can't be read
	body     body
}

// Protocol is the one version that gateways accept.
// Source: a comment in SDK file 2.4.2; fidelity: documented.
const Protocol = "1.1.0"

// action is what is asked.
func (r request) action() string {
	if r.Command == "ping" {
		return r.Command
	}
	return r.Action
}

type envelope struct {
	RequestID     json.RawMessage `json:"requestId"`
	Command       *string         `json:"command"`
	AppID         string          `json:"appId"`
	CName         string          `json:"cname"`
	UID           json.RawMessage `json:"uid"`
	SID           string          `json:"sid"`
	SDKVersion    string          `json:"sdkVersion"`
	ClientRequest json.RawMessage `json:"clientRequest"`
}

type body struct {
	Action        string          `json:"action"`
	Role          string          `json:"role"`
	AppID         string          `json:"appId"`
	ChannelName   string          `json:"channel_name"`
	UID           json.RawMessage `json:"uid"`
	Target        string          `json:"target"`
	KnownSpeakers json.RawMessage `json:"known_speakers"`
	Key           string          `json:"key_vos"`
	Mute          *bool           `json:"mute"`
}

// maxText bounds names and ids that we keep. Source: channel names up to 128
// characters, times 4 bytes; fidelity: inferred.
const maxText = 512

// parse reads one message. With an error, the request still holds the id if that
// could be read, so that the answer reaches who asked.
func parse(data []byte) (request, error) {
	var r request
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil {
		var probe struct {
			RequestID json.RawMessage `json:"requestId"`
		}
		if json.Unmarshal(data, &probe) == nil {
			r.ID, _ = integer(probe.RequestID)
		}
		return r, fmt.Errorf("bad request: %w", plain(err))
	}
	id, err := integer(e.RequestID)
	if err != nil {
		return r, fmt.Errorf("bad request: requestId: %w", err)
	}
	r.ID, r.AppID, r.Channel, r.SID, r.Protocol = id, e.AppID, e.CName, e.SID, e.SDKVersion
	if !isNull(e.UID) {
		r.UID, r.uidErr = uid(e.UID)
	}
	if e.Command != nil {
		r.Command = *e.Command
	}
	if r.Command == "ping" {
		return r, nil
	}
	if isNull(e.ClientRequest) {
		return r, errors.New("bad request: no clientRequest")
	}
	if err := json.Unmarshal(e.ClientRequest, &r.body); err != nil {
		return r, fmt.Errorf("bad request: clientRequest: %w", plain(err))
	}
	r.Action = r.body.Action
	if r.body.AppID != "" {
		r.AppID = r.body.AppID
	}
	if r.body.ChannelName != "" {
		r.Channel = r.body.ChannelName
	}
	if max(len(r.AppID), len(r.Channel), len(r.SID), len(r.Action), len(r.body.Key)) > maxText {
		r.Action, r.SID = "", ""
		return r, errors.New("bad request: name too long")
	}
	if r.uidErr != nil && r.Action != "join" { // whose answer has a code for it
		return r, fmt.Errorf("bad request: uid: %w", r.uidErr)
	}
	return r, nil
}

// about is the uid that a request names, or its sender's.
func (r request) about() uint32 {
	if ids, err := uids(r.body.UID); err == nil && len(ids) > 0 {
		return ids[0]
	}
	return r.UID
}

// plain drops what an error of encoding/json says about our own types.
func plain(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Field == "":
		return fmt.Errorf("no object but %s", wrong.Value)
	}
	return fmt.Errorf("%s is a %s", wrong.Field, wrong.Value)
}

var errBinary = errors.New("bad request: binary message")

func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}

// integer reads a whole number that a JSON number can carry without loss.
func integer(raw json.RawMessage) (int64, error) {
	if isNull(raw) {
		return 0, nil
	}
	var f float64
	if err := json.Unmarshal(raw, &f); err != nil {
		return 0, errors.New("not a number")
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, errors.New("not a whole number")
	}
	return int64(f), nil
}

// uid reads a user id, which clients send as a number or as a string.
func uid(raw json.RawMessage) (uint32, error) {
	text := string(raw)
	if len(raw) > 0 && raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return 0, errors.New("not a string")
		}
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, errors.New("not a uid")
	}
	return uint32(n), nil
}

// uids reads a list of user ids, or a single one.
func uids(raw json.RawMessage) ([]uint32, error) {
	if isNull(raw) {
		return nil, nil
	}
	if raw[0] != '[' {
		n, err := uid(raw)
		if err != nil {
			return nil, err
		}
		return []uint32{n}, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, errors.New("not a list")
	}
	out := make([]uint32, 0, len(list))
	for _, item := range list {
		n, err := uid(item)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// answer is what a request gets back. The reason of a failure stands in two places,
// because clients look for it in either.
type answer struct {
	RequestID int64          `json:"requestId"`
	Code      channel.Code   `json:"code"`
	Reason    string         `json:"reason,omitempty"`
	Response  serverResponse `json:"serverResponse"`
}

type serverResponse struct {
	UID      uint32 `json:"uid,omitempty"`
	URL      string `json:"url,omitempty"`
	Rotation *int   `json:"rotation,omitempty"`
	Reason   string `json:"reason,omitempty"`
	// UpdateURL is a new publish URL that comes with a role.
	UpdateURL string `json:"update-url,omitempty"`
}

type pong struct {
	Command   string       `json:"command"`
	RequestID int64        `json:"requestId"`
	Code      channel.Code `json:"code"`
}

// status is what the server tells unasked.
type status struct {
	Command string        `json:"command"`
	Code    channel.Code  `json:"code"`
	Reason  string        `json:"reason,omitempty"`
	Status  *serverStatus `json:"serverStatus,omitempty"` // not with an error
}

type serverStatus struct {
	Action   channel.Action `json:"action"`
	UID      uint32         `json:"uid,omitempty"`
	URL      string         `json:"url,omitempty"`
	Rotation *int           `json:"rotation,omitempty"`
	Mute     *bool          `json:"mute,omitempty"`
}

// encode writes one of the types above, none of which can fail.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("gateway: %v", err))
	}
	return b
}
