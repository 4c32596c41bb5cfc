package sdk

// collectorURL is where calls are reported to. Source: SDK files 2.3.2 and 2.4.2;
// fidelity: observed.
const collectorURL = "https://uni-webcollector.agora.io/report"

// reportItems are the collector's numbers of what is reported.
// Source: SDK files 2.3.2 and 2.4.2; fidelity: observed to unpublish, the others follow
// in the order in which those files have them: inferred.
var reportItems = map[string]int{
	"init": 8000, "lookup": 8001, "socket": 8002, "join": 8003, "rejoin": 8003, "publish": 8004, "unpublish": 8005,
	"subscribe": 8006, "unsubscribe": 8007, "leave": 8008, "error": 8009, "pusher": 8010, "player": 8011,
}

// report tells the collector how something went, for the profiles that do. What
// becomes of it changes nothing.
func (c *Client) report(what string, f *Failure) {
	if c.Profile.Telemetry && reportItems[what] != 0 {
		c.collect(what, f, func(int, []byte, error) {})
	}
}

// reportBody is a report. The real one has the same in Thrift's JSON.
// Fidelity of the fields: assumed.
type reportBody struct {
	Item     int    `json:"item"`
	SID      string `json:"sid"`
	TS       int64  `json:"ts"`
	Success  bool   `json:"success"`
	Code     int    `json:"code,omitempty"`
	Reason   string `json:"reason,omitempty"`
	IsRejoin bool   `json:"isrejoin,omitempty"`
}

func (c *Client) collect(what string, f *Failure, done func(int, []byte, error)) {
	b := reportBody{Item: reportItems[what], SID: c.sid, TS: stampMS(c.Proc.Now()), Success: f == nil, IsRejoin: what == "rejoin"}
	if f != nil {
		b.Code, b.Reason = f.Code, f.Reason
	}
	c.Wx.Request("telemetry", collectorURL, mustJSON(b), done)
}

// Codes of the components that are reported as success.
// Source: SDK files 2.3.2 and 2.4.2; fidelity: observed.
const (
	pusherStarted = 1008
	playerStarted = 2004
	lastPlayCode  = 3000 // what is above counts as failure
)

// UpdatePusherStateChange reports a state code of the live-pusher. Nothing else
// follows from it.
func (c *Client) UpdatePusherStateChange(code int) error {
	if !c.Profile.Telemetry {
		return &ThrowError{"updatePusherStateChange", notAFunction}
	}
	c.reportState("pusher", code, code == pusherStarted, code < 0)
	return nil
}

// UpdatePlayerStateChange reports a state code of a live-player.
func (c *Client) UpdatePlayerStateChange(_ uint32, code int) error {
	if !c.Profile.Telemetry {
		return &ThrowError{"updatePlayerStateChange", notAFunction}
	}
	c.reportState("player", code, code == playerStarted, code < 0 || code > lastPlayCode)
	return nil
}

func (c *Client) reportState(what string, code int, good, bad bool) {
	switch {
	case good:
		c.report(what, nil)
	case bad:
		c.report(what, &Failure{Code: code})
	}
}

// UpdatePusherNetStatus and UpdatePlayerNetStatus do nothing in the versions known.
// Source: SDK files 2.3.2 and 2.4.2; fidelity: observed.
func (c *Client) UpdatePusherNetStatus() error { return c.netStatus("updatePusherNetStatus") }

// UpdatePlayerNetStatus is as UpdatePusherNetStatus.
func (c *Client) UpdatePlayerNetStatus(uint32) error { return c.netStatus("updatePlayerNetStatus") }

func (c *Client) netStatus(method string) error {
	if !c.Profile.Telemetry {
		return &ThrowError{method, notAFunction}
	}
	return nil
}
