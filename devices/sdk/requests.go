package sdk

import (
	"encoding/json"
	"time"
)

// waiting is a request without answer yet.
type waiting struct {
	id     int
	answer func(serverResponse, *Failure)
}

// deadline is the timer of a request.
type deadline struct {
	id int
	at time.Duration
}

// send puts a request on the wire and has answer called once: with the gateway's
// answer, or with a failure of ours.
func (s *session) send(action string, body any, answer func(serverResponse, *Failure)) {
	now := s.c.Proc.Now()
	id := s.requestID
	s.line.task.Send(action, mustJSON(request{
		AppID: s.c.appID, CName: s.channel, UID: formatUID(s.uid), SID: s.c.sid,
		SDKVersion: s.c.Profile.Protocol, Seq: s.seq, RequestID: id, TS: stampMS(now), Client: body,
	}))
	s.seq++
	s.requestID++
	s.waiting = append(s.waiting, waiting{id, answer})
	if s.c.Profile.Defects.RequestsNeverTimeOut {
		return
	}
	s.deadlines = append(s.deadlines, deadline{id, now + s.c.Profile.RequestTimeout})
	if !s.requestTimer.Armed() {
		s.requestTimer.In(s.c.Profile.RequestTimeout)
	}
}

// requestTimedOut: the oldest request's time is up.
func (s *session) requestTimedOut() {
	id := s.deadlines[0].id
	s.stopTimer(id)
	at := s.acting()
	if at == nil {
		return
	}
	timedOut := &Failure{CodeTimeout, "request timed out"}
	if i := at.find(id); i >= 0 && s.c.Profile.Defects.LateAnswerAccepted {
		at.waiting[i].answer(serverResponse{}, timedOut)
		return
	}
	at.answer(id, serverResponse{}, timedOut)
}

// find is where a request waits, or -1.
func (s *session) find(id int) int {
	for i, w := range s.waiting {
		if w.id == id {
			return i
		}
	}
	return -1
}

// answer ends the wait of a request. An answer that nobody waits for is ignored.
func (s *session) answer(id int, r serverResponse, f *Failure) {
	i := s.find(id)
	if i < 0 {
		return
	}
	w := s.waiting[i]
	s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
	s.stopTimer(id)
	w.answer(r, f)
}

// stopTimer ends the timer of a request.
func (s *session) stopTimer(id int) {
	for i, d := range s.deadlines {
		if d.id == id {
			s.deadlines = append(s.deadlines[:i:i], s.deadlines[i+1:]...)
			break
		}
	}
	if len(s.deadlines) == 0 {
		s.requestTimer.Clear()
		return
	}
	s.requestTimer.Set(s.deadlines[0].at)
}

// ping keeps the connection from idling. Nobody counts the pongs.
func (s *session) ping() {
	s.line.task.Send("ping", mustJSON(ping{
		Command: "ping", RequestID: s.requestID, AppID: s.c.appID, CName: s.channel,
		UID: formatUID(s.uid), SID: s.c.sid, TS: stampMS(s.c.Proc.Now()),
	}))
	s.requestID++
	p := &s.c.Profile
	if p.PingRequest && s.open {
		s.send("ping", actionRequest{"ping"}, func(serverResponse, *Failure) {})
	}
	if !p.Defects.PingsOnce {
		s.pingTimer.In(p.PingInterval)
	}
}

// receive handles one text frame. What can't be read is ignored, and so is all that
// comes while no socket of ours stands.
func (s *session) receive(text []byte) {
	if !s.open || s.second() && s.c.Profile.GatewayFailover == failoverDeaf {
		return
	}
	var m message
	if json.Unmarshal(text, &m) != nil {
		return
	}
	switch {
	case m.Command == "serverStatus":
		s.status(&m)
	case m.RequestID == nil || m.Code == nil:
	case *m.Code == 200:
		s.answer(*m.RequestID, m.response(), nil)
	default:
		s.answer(*m.RequestID, serverResponse{}, m.failure())
	}
}

// status raises what the gateway tells unasked.
func (s *session) status(m *message) {
	p := &s.c.Profile
	if m.Code != nil && *m.Code != 200 {
		if *m.Code != codeStopping || p.Raise503 {
			s.c.report("error", &Failure{*m.Code, m.Reason})
			s.c.raise(Event{Name: ErrorRaised, Code: *m.Code, Reason: m.Reason})
		}
		return
	}
	st := m.Status
	if st == nil || st.Action == "" {
		return
	}
	e := Event{Name: st.Action, UID: wireUID(st.UID), URL: st.URL, Rotation: st.Rotation, Mute: st.Mute}
	if medium := p.translated(st.Action); medium != "" {
		e.Name, e.Mute = "unmute-"+medium, false
		if st.Mute {
			e.Name = "mute-" + medium
		}
	}
	s.c.raise(e)
}

// translated tells of which medium a status is that the profile gives a name of its
// own; "" is none.
func (p *Profile) translated(action string) string {
	switch {
	case p.Defects.MuteStatusRaw:
	case action == "audio-mute" && p.MuteAudioEvent:
		return "audio"
	case action == "video-mute" && p.MuteVideoEvent:
		return "video"
	}
	return ""
}

func stampMS(now time.Duration) int64 { return epochSeconds*1000 + now.Milliseconds() }
