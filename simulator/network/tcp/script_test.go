package tcp

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// A script tests a connection in the manner of packetdrill: it plays the application
// and the peer at virtual times, and says which packets the connection sends when.
//
//	# what is tested
//	0    option os ios         before anything else: os, cc, nagle, sndbuf, rcvbuf, synretries, retries, keepalive
//	0    connect               or listen, write N, writemore N, close, shutdown, abort, receive off|on, nagle off, address-lost
//	+0   > S 0:0               the connection sends that, then: flags, range, and any of: ack N, win N, sack A-B, ecr N
//	+100 < S. 0:0 ack 1        the peer sends that
//	+0   = cwnd 10             what must hold: see check
//
// A time is in milliseconds, or +milliseconds after the line before; a packet may be
// late by as much as after a slash: +1000/32. sN stands for the sequence number of
// segment N, 1+N*1448. Whatever is sent and not expected is an error.
type script struct {
	name  string
	lines []line
}

type line struct {
	at       time.Duration // absolute, or after the line before
	relative bool
	late     time.Duration
	words    []string
	text     string
}

// readScripts reads all scripts of a file; each begins with a line "== name".
func readScripts(file string) ([]script, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []script
	for n, text := range strings.Split(string(data), "\n") {
		text, _, _ = strings.Cut(text, "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		if words[0] == "==" {
			all = append(all, script{name: strings.Join(words[1:], " ")})
			continue
		}
		l := line{words: words[1:], text: fmt.Sprintf("%s:%d: %s", filepath.Base(file), n+1, strings.TrimSpace(text))}
		when, late, _ := strings.Cut(words[0], "/")
		when, l.relative = strings.CutPrefix(when, "+")
		v, err := strconv.ParseFloat(when, 64)
		if err != nil || len(all) == 0 {
			return nil, fmt.Errorf("%s: no time", l.text)
		}
		l.at = time.Duration(v * 1e6)
		if late != "" {
			v, err := strconv.Atoi(late)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.text, err)
			}
			l.late = time.Duration(v) * ms
		}
		s := &all[len(all)-1]
		s.lines = append(s.lines, l)
	}
	return all, nil
}

// drill runs a script.
type drill struct {
	e    *engine.Engine
	c    *Conn
	opt  Options
	out  []*packet.Packet
	at   []time.Duration
	gone bool
	app  app
	ends int
	peer packet.Stream
	now  time.Duration
	last uint32 // latest timestamp sent
}

func (d *drill) HandleEvent(op uint64)                      { d.c.HandleTimer(op & (1<<OpBits - 1)) }
func (d *drill) Packet() *packet.Packet                     { return &packet.Packet{} }
func (d *drill) Release(*Conn)                              { d.gone = true }
func (d *drill) Address(packet.Endpoint) (a netip.AddrPort) { return }
func (d *drill) Recovering(*Conn)                           {}
func (d *drill) TimedOut(*Conn, time.Duration, int)         {}
func (d *drill) OnEnd(sockets.Socket)                       { d.ends++ }
func (d *drill) Transmit(p *packet.Packet) {
	d.out = append(d.out, p)
	d.at = append(d.at, d.e.Now())
	d.last = p.TSVal
}

// goesOn goes on when the peer has ended its stream.
type goesOn struct {
	*app
	d *drill
}

func (h goesOn) OnEnd(sockets.Socket) { h.d.ends++ }

// run gives nil when the script holds, else what went wrong.
func (s *script) run() error {
	d := &drill{e: engine.New(1), opt: Options{CC: "reno"}}
	for _, l := range s.lines {
		if l.relative {
			d.now += l.at
		} else {
			d.now = l.at
		}
		if err := d.step(l); err != nil {
			return fmt.Errorf("%s: %w", l.text, err)
		}
	}
	d.e.RunUntil(d.now)
	return d.silent()
}

func (d *drill) step(l line) error {
	if len(l.words) == 0 {
		return errors.New("nothing to do")
	}
	if l.words[0] == ">" {
		return d.expect(l)
	}
	d.e.RunUntil(d.now)
	if err := d.silent(); err != nil {
		return err
	}
	switch l.words[0] {
	case "<":
		p, err := d.parse(l.words[1:])
		if err == nil {
			d.input(p)
		}
		return err
	case "=":
		return d.check(l.words[1:])
	}
	return d.do(l.words[0], l.words[1:])
}

func (d *drill) silent() error {
	if len(d.out) > 0 {
		return fmt.Errorf("at %v came %s, which nobody expects", d.at[0], describe(d.out[0]))
	}
	return nil
}

// expect takes the next packet that was sent, or waits for it.
func (d *drill) expect(l line) error {
	d.e.RunUntil(d.now)
	for t := d.now; len(d.out) == 0 && t <= d.now+l.late; t += ms { // no further than it takes
		d.e.RunUntil(t)
	}
	if len(d.out) == 0 {
		return errors.New("nothing was sent")
	}
	p, at := d.out[0], d.at[0]
	d.out, d.at = d.out[1:], d.at[1:]
	if at < d.now-ms/2 || at > d.now+l.late+ms/2 {
		return fmt.Errorf("%s came at %v, not %v", describe(p), at, d.now)
	}
	if l.late > 0 {
		d.now = at
	}
	want, err := d.parse(l.words[1:])
	if err != nil {
		return err
	}
	if why := differs(p, want, l.words); why != "" {
		return fmt.Errorf("%s came: %s", describe(p), why)
	}
	return nil
}

// differs compares what the script mentions.
func differs(p, want *packet.Packet, words []string) string {
	mentions := func(w string) bool { return strings.Contains(strings.Join(words, " "), " "+w+" ") }
	switch {
	case p.Flags != want.Flags:
		return "flags differ"
	case p.Seq != want.Seq || p.Len != want.Len:
		return "range differs"
	case mentions("ack") && p.Ack != want.Ack:
		return "acknowledgement differs"
	case mentions("win") && p.Window != want.Window:
		return fmt.Sprintf("window %d", p.Window)
	case mentions("ecr") && p.TSEcr != want.TSEcr:
		return fmt.Sprintf("echo %d", p.TSEcr)
	case p.SACKs != want.SACKs || p.SACK != want.SACK:
		return fmt.Sprintf("SACK %v", p.SACK[:p.SACKs])
	}
	return ""
}

var flagLetters = []struct {
	letter byte
	flag   packet.Flags
}{{'S', packet.SYN}, {'F', packet.FIN}, {'R', packet.RST}, {'P', packet.PSH}, {'.', packet.ACK}}

func describe(p *packet.Packet) string {
	s := ""
	for _, f := range flagLetters {
		if p.Flags&f.flag != 0 {
			s += string(f.letter)
		}
	}
	return fmt.Sprintf("%s %d:%d ack %d", s, p.Seq, p.Seq+uint64(p.Len), p.Ack)
}

// number reads a number, or the sequence number of a segment.
func number(s string) (uint64, error) {
	n, segment := strings.CutPrefix(s, "s")
	v, err := strconv.ParseUint(n, 10, 64)
	if segment {
		v = 1 + v*MSS
	}
	return v, err
}

func span(s, sep string) (r packet.Range, err error) {
	a, b, ok := strings.Cut(s, sep)
	if !ok {
		return r, fmt.Errorf("%q is no range", s)
	}
	if r.Start, err = number(a); err == nil {
		r.End, err = number(b)
	}
	return
}

// parse reads a packet.
func (d *drill) parse(w []string) (*packet.Packet, error) {
	if len(w) < 2 {
		return nil, errors.New("flags and range are missing")
	}
	p := &packet.Packet{Window: 65535}
	for _, f := range flagLetters {
		if strings.IndexByte(w[0], f.letter) >= 0 {
			p.Flags |= f.flag
		}
	}
	r, err := span(w[1], ":")
	if err != nil {
		return nil, err
	}
	p.Seq, p.Len = r.Start, int(r.End-r.Start)
	for i := 2; i+1 < len(w); i += 2 {
		if w[i] == "sack" {
			for _, b := range strings.Split(w[i+1], ",") {
				if p.SACK[p.SACKs], err = span(b, "-"); err != nil {
					return nil, err
				}
				p.SACKs++
			}
			continue
		}
		v, err := number(w[i+1])
		if err != nil {
			return nil, err
		}
		switch w[i] {
		case "ack":
			p.Ack = v
		case "win":
			p.Window = int(v)
		case "ecr":
			p.TSEcr = uint32(v)
		case "val":
			p.TSVal = uint32(v)
		default:
			return nil, fmt.Errorf("unknown word %q", w[i])
		}
	}
	return p, nil
}

// TestScripts runs all scripts, and each again with every expectation in turn turned
// into a wrong one, which must be noticed.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	total, wrong := 0, 0
	for _, file := range files {
		scripts, err := readScripts(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scripts {
			total++
			t.Run(s.name, func(t *testing.T) {
				if err := s.run(); err != nil {
					t.Fatal(err)
				}
				wrong += spoil(t, s)
			})
		}
	}
	t.Logf("%d scripts hold; %d wrong expectations were noticed", total, wrong)
	if total < 40 {
		t.Errorf("%d scripts", total)
	}
}
