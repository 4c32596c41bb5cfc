package simulator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/network"
	"minilab/simulator/network/link"
)

// traces are those of a scenario's own files, by the name they were written with.
type traces map[string]*link.Trace

// shipped are the traces of the catalogue. They are part of the program, so a mistake
// in one is a bug, and a panic.
var shipped = sync.OnceValue(func() traces {
	out := traces{}
	for _, name := range fixtures.Traces() {
		src, err := fixtures.Trace(name)
		if err == nil {
			out[name], err = link.ParseTrace("fixtures/traces/"+name+".trace", src)
		}
		if err != nil {
			panic(err)
		}
	}
	return out
})

// load finds a trace: one shipped, or a file beside the scenario.
func (t traces) load(name, scenarioFile string) error {
	if t[name] != nil || shipped()[name] != nil {
		return nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(scenarioFile), path)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	t[name], err = link.ParseTrace(name, src)
	return err
}

// accessOf is the access link of a network of the catalogue.
func accessOf(n fixtures.Network) (*network.AccessOptions, error) { return traces(nil).access(n) }

// access is a network as an access link. Phases follow from one another.
func (t traces) access(n fixtures.Network) (*network.AccessOptions, error) {
	a := &network.AccessOptions{
		Up: t.link(n.Up), Down: t.link(n.Down), Lookup: lookupOf(n.Lookup), Period: n.Period,
		NAT: network.NATOptions{Idle: n.NAT.Idle, Reset: n.NAT.Then == "reset"},
	}
	for _, c := range n.Cross {
		a.Cross = append(a.Cross, network.CrossOptions{
			Up: c.Direction == "up", TCP: c.Protocol == "tcp", RateBPS: int64(c.Rate), Start: c.Start, On: c.On, Off: c.Off,
		})
	}
	up, down, lookup := n.Up, n.Down, n.Lookup
	for _, p := range n.Phases {
		up, down = p.Up.Apply(up), p.Down.Apply(down)
		if p.Lookup != nil {
			lookup = *p.Lookup
		}
		a.Phases = append(a.Phases, network.Phase{At: p.At, Up: t.link(up), Down: t.link(down), Lookup: lookupOf(lookup), NewAddress: p.Address == "new"})
	}
	return a, a.Validate()
}

func lookupOf(l fixtures.Lookup) network.LookupOptions {
	return network.LookupOptions{Delay: l.Delay, LossRate: float64(l.Lost), FailRate: float64(l.Failing)}
}

func (t traces) link(l fixtures.Link) network.LinkOptions {
	o := network.LinkOptions{
		RateBPS: int64(l.Rate), TraceScale: l.Scale,
		QueueBytes: int(l.Queue), QueueTime: l.QueueTime, QueuePackets: l.QueuePackets, CoDel: l.Discipline == "codel",
		Delay: l.Delay, Jitter: l.Jitter, Reorder: l.Reorder, AheadRate: float64(l.Ahead),
		Distribution: link.Distribution(max(0, slices.Index(link.Distributions(), string(l.Distribution)))),
		Loss: network.LossOptions{
			Rate: float64(l.Loss), BurstMean: l.Burst, BurstRate: float64(l.BurstLoss), Every: l.Every,
			Markov: link.Markov{P: float64(l.Chain.P), R: float64(l.Chain.R), LossBad: float64(l.Chain.LossBad), LossGood: float64(l.Chain.LossGood), Dwell: l.Chain.Dwell},
			Pass:   l.Periodic.Pass, Lose: l.Periodic.Lose,
		},
		DuplicateRate: float64(l.Duplicate), CorruptRate: float64(l.Corrupt),
	}
	if o.Loss.Rate == 1 { // there is nothing between the bursts
		o.Loss.BurstMean, o.Loss.BurstRate = 0, 0
	}
	if l.Trace.Name == "" {
		return o
	}
	if o.Trace = t[l.Trace.Name]; o.Trace == nil {
		o.Trace = shipped()[l.Trace.Name]
	}
	return o
}

// networkChange is a new network, or new values for one or both directions.
type networkChange struct {
	at       yamlfile.Node
	to       *fixtures.Network
	up, down linkChange
	nat      *fixtures.NAT
	lookup   *fixtures.Lookup
	cross    *[]fixtures.Cross
	address  bool // the member comes to it by another address
}

// linkChange holds the values that change; nil stays.
type linkChange = fixtures.LinkChange

// apply gives a network with the changes made, those of its phases included.
func (c *networkChange) apply(n fixtures.Network) fixtures.Network {
	n.Up, n.Down = c.up.Apply(n.Up), c.down.Apply(n.Down)
	n.Phases = slices.Clone(n.Phases)
	for i := range n.Phases {
		p := &n.Phases[i]
		p.Up, p.Down = c.up.Over(p.Up), c.down.Over(p.Down)
		if c.lookup != nil {
			p.Lookup = c.lookup
		}
	}
	set(&n.NAT, c.nat)
	set(&n.Lookup, c.lookup)
	set(&n.Cross, c.cross)
	return n
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// whole tells whether what runs by the network's plan begins anew.
func (c *networkChange) whole() bool { return c.to != nil || c.cross != nil }

// String says in words what changes.
func (c networkChange) String() string {
	var parts []string
	if c.to != nil {
		parts = append(parts, "to "+c.to.Name)
	}
	if c.address {
		parts = append(parts, "new address")
	}
	up, down := c.up.String(), c.down.String()
	switch {
	case up == down && up != "":
		parts = append(parts, up)
	default:
		if up != "" {
			parts = append(parts, "up "+up)
		}
		if down != "" {
			parts = append(parts, "down "+down)
		}
	}
	if c.nat != nil {
		parts = append(parts, fmt.Sprintf("nat idle %v", c.nat.Idle))
	}
	if c.lookup != nil {
		parts = append(parts, fmt.Sprintf("lookup delay %v lost %v failing %v", c.lookup.Delay, c.lookup.Lost, c.lookup.Failing))
	}
	if c.cross != nil {
		parts = append(parts, fmt.Sprintf("%d flows of cross traffic", len(*c.cross)))
	}
	return strings.Join(parts, ", ")
}

// links looks at the cast's networks and at each change of them: traces must exist,
// and the values must go together with those they meet.
func (p *parser) links() {
	p.traces = traces{}
	for i := range p.Members {
		m := &p.Members[i]
		if m.Network.Name == "" {
			continue
		}
		at := m.network
		if !p.goesTogether(m.Network, at) {
			continue
		}
		n := m.Network
		for _, st := range p.Script {
			if st.Action.Word != faultNetwork || !slices.Contains(st.Members, i) {
				continue
			}
			c := &st.Action.Change
			if c.to != nil {
				n = *c.to
			}
			if n = c.apply(n); !p.goesTogether(n, c.at) {
				break
			}
		}
	}
}

func (p *parser) goesTogether(n fixtures.Network, at yamlfile.Node) bool {
	ok := true
	for _, l := range []fixtures.Link{n.Up, n.Down} {
		if l.Trace.Name == "" {
			continue
		}
		err := p.traces.load(l.Trace.Name, p.File)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			l.Trace.At.FailWord("trace", l.Trace.Name, fixtures.Traces())
		case err != nil:
			l.Trace.At.Fail(err.Error(), "a trace is a file of whole milliseconds, one a line, as Mahimahi has them")
		}
		ok = ok && err == nil
		if !ok {
			return false
		}
	}
	if _, err := p.traces.access(n); err != nil && at.Known() {
		at.Fail("these values don't go together: "+err.Error(), "minilab explain fault network shows some that do")
		return false
	}
	return true
}

// fits tells whether what overrides changed goes together, and whether the networks that
// they gave to members can take the changes that the script makes.
func (s *Scenario) fits() error {
	if s.Media == mediaSparse && s.Audio == audioSamples {
		return &UsageError{Problem: "sparse sound has no samples"}
	}
	for i := range s.Members {
		m := &s.Members[i]
		n := m.Network
		for _, st := range s.Script {
			if st.Action.Word != faultNetwork || !slices.Contains(st.Members, i) {
				continue
			}
			if c := &st.Action.Change; c.to != nil {
				n = c.apply(*c.to)
			} else {
				n = c.apply(n)
			}
			if _, err := s.traces.access(n); err != nil {
				return &UsageError{Problem: fmt.Sprintf("the network of %s can't take its change at %v: %v", m.ID, st.At, err)}
			}
		}
	}
	return nil
}

// milliseconds is a time as records and reports have it.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
