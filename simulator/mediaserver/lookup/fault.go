package lookup

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// How a domain answers.
const (
	None   = "none"
	Silent = "silent" // the request is taken and never answered
	Slow   = "slow"   // answered after Delay
	Error  = "error"  // answered with Code and Reason in place of gateways
)

// All, in place of a domain, stands for each of them.
const All = "all"

// Fault is how a domain answers otherwise than it should.
type Fault struct {
	// Kind is None, Silent, Slow or Error.
	Kind string
	// Delay of a slow answer.
	Delay time.Duration
	// Code of an error; 0: 500.
	Code int
	// Reason of an error; empty: internal error, one of those that shipped SDK files list.
	Reason string
	// Gateways are the numbers, from 1, of those that the domain answers with; none: all.
	Gateways []int
}

// Set has a domain, or All, answer like that from now on.
func (s *Service) Set(domain string, f Fault) error {
	switch {
	case !slices.Contains([]string{None, Silent, Slow, Error}, f.Kind):
		return fmt.Errorf("lookup: fault %q: want none, silent, slow or error", f.Kind)
	case f.Kind == Slow && f.Delay <= 0:
		return errors.New("lookup: slow without a delay")
	}
	for _, n := range f.Gateways {
		if n < 1 || n > len(s.Gateways) {
			return fmt.Errorf("lookup: gateway %d: there are %d", n, len(s.Gateways))
		}
	}
	if f.Kind != Slow {
		f.Delay = 0
	}
	if f.Kind == Error && f.Code == 0 {
		f.Code = http.StatusInternalServerError
	}
	if f.Kind == Error && f.Reason == "" {
		f.Reason = "internal error"
	}
	domains := lookupDomains()
	if domain != All {
		if !slices.Contains(domains, domain) {
			return fmt.Errorf("lookup: no such domain: %s", domain)
		}
		domains = []string{domain}
	}
	if s.faults == nil {
		s.faults = map[string]Fault{}
	}
	for _, d := range domains {
		s.faults[d] = f
	}
	return nil
}

func lookupDomains() []string {
	return slices.Concat([]string{GatewayDomain}, Domains[:], EdgeDomains[:])
}
