package mediaserver

import (
	"fmt"
	"net/http"

	"minilab/simulator/mediaserver/lookup"
)

// Faults of a gateway's door, as in Command.
const (
	gatewaySilent  = "silent" // the upgrade to a WebSocket is never answered
	gatewayRefuses = "refuse" // it is answered with HTTP 503
	gatewayOpens   = "none"
)

// front is what stands before the server's rooms, as a script has left it.
type front struct {
	doors         map[int]string // by a gateway's number: how it doesn't open
	telemetryDown bool
}

// setLookup has a lookup domain, or lookup.All, answer like that from now on.
func (s *Server) setLookup(domain string, f lookup.Fault) error { return s.lookup.Set(domain, f) }

// setGateway has a gateway, 0 for all, open or not from now on. Those who are in stay.
func (s *Server) setGateway(number int, fault string) error {
	switch {
	case number < 0 || number > len(s.o.Gateways):
		return fmt.Errorf("mediaserver: gateway %d: there are %d", number, len(s.o.Gateways))
	case fault != gatewaySilent && fault != gatewayRefuses && fault != gatewayOpens:
		return fmt.Errorf("mediaserver: gateway fault %q", fault)
	}
	if s.front.doors == nil {
		s.front.doors = map[int]string{}
	}
	for n := range len(s.o.Gateways) {
		if number == 0 || number == n+1 {
			s.front.doors[n+1] = fault
		}
	}
	return nil
}

// setTelemetry has reports answered or not from now on.
func (s *Server) setTelemetry(down bool) { s.front.telemetryDown = down }

// letIn tells whether a gateway opens for a request; if not, it has been dealt with.
func (s *Server) letIn(w http.ResponseWriter, r *http.Request, port asker, number int) bool {
	var door string
	if port.Call(func() { door = s.front.doors[number] }) != nil {
		stall(r)
	}
	switch door {
	case gatewaySilent:
		stall(r)
	case gatewayRefuses:
		http.Error(w, "service unavailable", http.StatusServiceUnavailable)
		return false
	}
	return true
}

// maxReportBytes bounds one report of what a client did. Source: none; fidelity: assumed.
const maxReportBytes = 256 << 10

// takeReport takes telemetry and forgets it.
func (s *Server) takeReport(w http.ResponseWriter, r *http.Request, port asker) {
	if _, ok := s.body(w, r, maxReportBytes); !ok {
		return
	}
	var down bool
	if port.Call(func() { down = s.front.telemetryDown }) != nil || down {
		stall(r)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte("{}"))
}
