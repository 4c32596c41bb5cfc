package gateway

import (
	"slices"
	"time"

	"minilab/simulator/mediaserver/channel"
)

// tokenWarning is how long before its end a token's holder is told.
// Source: the SDK's typings since 2.5.3; fidelity: documented.
const tokenWarning = 30 * time.Second

// maxStale is how many expired keys are remembered. Source: none; fidelity: assumed.
const maxStale = 256

// errStaleKey has the reason of the list of reasons in SDK file 2.4.2.
var errStaleKey = &channel.Refusal{Code: channel.CodeLoginFailed, Reason: "dynamic key expired"}

// keep notes the key that a session holds now, whose time begins.
func (s *Session) keep(key string) {
	s.key, s.warned = key, false
	s.token.Clear()
	if life := s.g.o.TokenLife; life > 0 {
		s.token.In(max(0, life-tokenWarning))
	}
}

// ExpireToken lets a member's token run out: it is warned now.
func (g *Gateway) ExpireToken(m *channel.Member) {
	if s := g.sessions[m]; s != nil {
		s.warned = false
		s.tokenDue()
	}
}

// tokenDue warns, and the next time ends the token.
func (s *Session) tokenDue() {
	m := s.member
	if !s.warned {
		s.warned = true
		s.token.In(tokenWarning)
		s.g.registry.Notify(m, channel.Notice{Action: channel.WillExpire, Code: channel.CodeOK})
		return
	}
	if s.key != "" && s.key != m.Key.AppID {
		s.g.stale = append(s.g.stale, s.key)
		s.g.stale = s.g.stale[max(0, len(s.g.stale)-maxStale):]
	}
	s.g.registry.Notify(m, channel.Notice{Action: channel.Expired, Code: channel.CodeOK})
	if s.g.o.Expiry == ExpiryEnds {
		s.leave("expired")
		s.end("token expired")
	}
}

// doUpdateKey gives the session a new token.
func (s *Session) doUpdateKey(r request) (serverResponse, error) {
	switch {
	case r.body.Key == "":
		return serverResponse{}, badArgument("key_vos")
	case slices.Contains(s.g.stale, r.body.Key):
		return serverResponse{}, errStaleKey
	}
	s.keep(r.body.Key)
	return serverResponse{}, nil
}
