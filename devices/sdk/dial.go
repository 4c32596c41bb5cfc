package sdk

// begin asks for gateways, at once but for a defect.
func (s *session) begin() {
	if !s.c.Profile.Defects.TelemetryBlocks {
		s.lookup()
		return
	}
	s.c.collect("init", nil, func(_ int, _ []byte, err error) {
		if err == nil {
			s.lookup()
		}
	})
}

// lookup asks all domains at the same instant.
func (s *session) lookup() {
	p := &s.c.Profile
	if p.LookupTimeout > 0 && !p.Defects.WaitsForLookups {
		s.lookupTimer.In(p.LookupTimeout)
	}
	text := s.lookupText()
	if p.Defects.LookupsOneByOne {
		s.ask(p.LookupDomains, text)
		return
	}
	for i := range p.LookupDomains {
		s.ask(p.LookupDomains[i:i+1], text)
	}
}

// ask asks the first of these domains, and each other when the one before has
// answered.
func (s *session) ask(domains []string, text []byte) {
	s.c.Wx.Request("lookup", s.c.lookupURL(domains[0]), text, func(status int, body []byte, err error) {
		if at := s.acting(); at != nil {
			at.lookedUp(status, body, err)
		}
		if len(domains) > 1 {
			s.ask(domains[1:], text)
		}
	})
}

// lookedUp takes a lookup's answer: the first good one counts.
func (s *session) lookedUp(status int, body []byte, err error) {
	d := &s.c.Profile.Defects
	list, reason := gateways(status, body, err)
	if s.chosen {
		if d.EveryLookupDials && reason == "" {
			s.list = list
			s.dialNext()
		}
		return
	}
	if reason != "" {
		f := &Failure{CodeNoServer, reason}
		s.c.report("lookup", f)
		s.failed++
		if (s.failed == len(s.c.Profile.LookupDomains) || d.FailsAtFirstLookup) && !d.Never901 {
			s.fail(f)
		}
		return
	}
	s.c.report("lookup", nil)
	s.chosen, s.list = true, list
	s.lookupTimer.Clear()
	s.dialNext()
}

// lookupTimedOut: no domain has answered well in time.
func (s *session) lookupTimedOut() {
	if !s.chosen && !s.over {
		s.fail(&Failure{CodeNoServer, "lookup timed out"})
	}
}

// line is one WebSocket to a gateway.
type line struct {
	s      *session
	task   SocketTask
	opened bool
}

// dialNext tries the next gateway of the list.
func (s *session) dialNext() {
	if len(s.list) == 0 {
		if !s.c.Profile.Defects.Never905 {
			s.fail(&Failure{CodeNoGateway, "no gateway could be reached"})
		}
		return
	}
	address := s.list[0]
	s.list = s.list[1:]
	s.tried++
	s.openTimer.In(s.c.Profile.GatewayOpenTimeout)
	l := &line{s: s}
	l.task = s.c.Wx.ConnectSocket(s.c.Profile.gatewayURL(address), SocketEvents{
		Open: func() {
			if s.line == l && !s.over { // always, but for a defect: what was closed never opens
				l.opened = true
				s.opened()
			}
		},
		Message: func(text []byte) {
			if at := l.acting(); at != nil {
				at.receive(text)
			}
		},
		// Before it has opened nobody listens: a gateway that refuses is noticed
		// by the open timer only.
		Close: func(reason string) {
			if at := l.acting(); at != nil && l.opened {
				at.closed(reason)
			}
		},
	})
	s.line = l
}

// acting is session.acting for what comes from a socket: an earlier one of the same
// session has no say either.
func (l *line) acting() *session {
	at := l.s.acting()
	if at == nil || at.line != l && !at.shares() {
		return nil
	}
	return at
}

// openTimedOut gives up the gateway being dialled and tries the next.
func (s *session) openTimedOut() {
	if s.open || s.joined || s.c.Profile.Defects.StaysAtFirstGateway {
		return
	}
	s.c.report("socket", &Failure{CodeNoGateway, "open timed out"})
	if s.line != nil {
		s.line.task.Close()
	}
	s.dialNext()
}

// second tells whether the gateway spoken to is not the first that was tried.
func (s *session) second() bool { return s.tried > 1 }

// opened asks the gateway to be let into the channel.
func (s *session) opened() {
	s.openTimer.Clear()
	p := &s.c.Profile
	s.pingTimer.In(p.PingInterval)
	if s.second() && p.GatewayFailover == failoverHangs {
		s.hangs = true
		return
	}
	s.c.report("socket", nil)
	s.open = true
	s.send("join", joinRequest{
		Action: "join", Role: s.role, AppID: s.c.appID, KeyVOCS: s.key, KeyVOS: s.key,
		Channel: s.channel, UID: formatUID(s.uid), KnownSpeakers: s.speakers,
	}, s.joinAnswered)
}

func (s *session) joinAnswered(_ serverResponse, f *Failure) {
	if f != nil {
		s.fail(f)
		return
	}
	s.joined = true
	s.c.report(s.method, nil)
	var a Answer
	if s.c.Profile.JoinUID {
		a.UID = s.uid
	}
	s.c.succeed(s.done, a)
	if s.c.Profile.Defects.JoinAnsweredTwice {
		s.c.succeed(s.done, a)
	}
}
