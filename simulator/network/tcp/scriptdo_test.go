package tcp

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// conn makes the connection when the options are known.
func (d *drill) conn() *Conn {
	if d.c == nil {
		d.c = New(d.e, d, d.e.Add("conn", d), 0, d.opt, packet.Endpoint{Addr: 1, Port: local}, &d.app)
	}
	return d.c
}

func (d *drill) input(p *packet.Packet) {
	p.Src, p.Dst = packet.Endpoint{Addr: 2, Port: peer}, packet.Endpoint{Addr: 1, Port: local}
	p.Stream = &d.peer
	if p.TSVal == 0 {
		p.TSVal = stampMS(int64(d.e.Now()))
	}
	if p.TSEcr == 0 {
		p.TSEcr = d.last
	}
	if n := p.Seq + uint64(p.Len); p.Len > 0 && n > d.peer.End()+1 {
		d.peer.Write(make([]byte, n-1-d.peer.End()))
	}
	if d.c == nil {
		d.conn().Accept(p, func(sockets.Socket) sockets.Handler { return &d.app })
		return
	}
	d.c.Input(p)
}

// do is what the application does.
func (d *drill) do(what string, args []string) error {
	arg := append(args, "", "")[0]
	n, _ := strconv.Atoi(arg)
	switch what {
	case "option":
		return d.option(args)
	case "listen":
	case "connect":
		d.conn().Connect(packet.Endpoint{Addr: 2, Port: peer})
	case "half":
		d.conn().handler = goesOn{&d.app, d}
	case "write":
		d.conn().Send(make([]byte, n))
	case "writemore":
		d.conn().SendMore(make([]byte, n))
	case "close":
		d.c.Close()
	case "shutdown":
		d.c.CloseWrite()
	case "abort":
		d.c.Abort()
	case "receive":
		d.c.Receive(arg == "on")
	case "nagle":
		d.c.SetNagle(arg == "on")
	case "address-lost":
		d.c.AddressLost()
	default:
		return fmt.Errorf("unknown command %q", what)
	}
	return nil
}

func (d *drill) option(args []string) error {
	if len(args) < 2 {
		return errors.New("an option has a name and a value")
	}
	n, _ := strconv.Atoi(args[1])
	o := &d.opt
	switch args[0] {
	case "os":
		o.OS = args[1]
	case "cc":
		o.CC = args[1]
	case "nagle":
		o.Nagle = true
	case "sndbuf":
		o.SendBuffer = n
	case "rcvbuf":
		o.ReceiveBuffer = n
	case "synretries":
		o.SYNRetries = n
	case "retries":
		o.Retries = n
	case "keepalive": // idle and interval in s, probes
		if len(args) < 4 {
			return errors.New("keepalive idle interval probes")
		}
		gap, _ := strconv.Atoi(args[2])
		probes, _ := strconv.Atoi(args[3])
		o.KeepAlive = KeepAlive{On: true, Idle: time.Duration(n) * time.Second, Interval: time.Duration(gap) * time.Second, Probes: probes}
	default:
		return fmt.Errorf("unknown option %q", args[0])
	}
	return o.Validate()
}

var stateNames = []string{"open", "disorder", "cwr", "recovery", "loss"}

var closeErrors = map[string]error{
	"reset": sockets.ErrReset, "timeout": sockets.ErrTimeout, "refused": sockets.ErrRefused,
	"connect-timeout": sockets.ErrConnectTimeout, "address-lost": ErrAddressLost,
}

// check compares a figure of the connection or of what its application saw.
func (d *drill) check(w []string) error {
	if len(w) != 2 {
		return errors.New("a check has a name and a value")
	}
	var got string
	switch w[0] {
	case "cwnd":
		got = fmt.Sprint(d.c.cwnd)
	case "ssthresh":
		got = fmt.Sprint(d.c.ssthresh)
	case "state":
		got = stateNames[d.c.ca]
	case "rto":
		got = fmt.Sprint(d.c.rtt.rto / 1e6)
	case "srtt":
		got = fmt.Sprint(d.c.srtt() / 1e6)
	case "inflight":
		got = fmt.Sprint(d.c.inFlight())
	case "unacked":
		got = fmt.Sprint(d.c.Unacked())
	case "received":
		got = fmt.Sprint(len(d.app.got))
	case "writable":
		got = fmt.Sprint(d.app.writable)
	case "opened":
		got = fmt.Sprint(d.app.opened)
	case "ended":
		got = fmt.Sprint(d.ends)
	case "gone":
		got = fmt.Sprint(d.gone)
	case "closed":
		return d.checkClosed(w[1])
	default:
		return fmt.Errorf("unknown figure %q", w[0])
	}
	if got != w[1] {
		return fmt.Errorf("%s is %s", w[0], got)
	}
	return nil
}

func (d *drill) checkClosed(want string) error {
	err, known := closeErrors[want]
	switch {
	case want == "no" && !d.app.closed, want == "orderly" && d.app.closed && d.app.err == nil,
		known && d.app.closed && errors.Is(d.app.err, err):
		return nil
	}
	return fmt.Errorf("closed %v: %v", d.app.closed, d.app.err)
}

// spoil runs the script with every expectation in turn made wrong, and gives how many
// there were.
func spoil(t *testing.T, s script) (count int) {
	for i, l := range s.lines {
		if l.words[0] != ">" && l.words[0] != "=" {
			continue
		}
		for what, bad := range spoiled(l) {
			count++
			lines := slices.Clone(s.lines)
			lines[i] = bad
			if bad.words == nil {
				lines = slices.Delete(lines, i, i+1)
			}
			if (&script{lines: lines}).run() == nil {
				t.Errorf("%s: holds as well with %s", l.text, what)
			}
		}
	}
	return count
}

// spoiled gives wrong forms of an expectation; one without words stands for none.
func spoiled(l line) map[string]line {
	with := func(change func(*line)) line {
		l.words = slices.Clone(l.words)
		change(&l)
		return l
	}
	last := len(l.words) - 1
	if l.words[0] == "=" {
		return map[string]line{"another value": with(func(l *line) { l.words[last] = wrongValue(l.words[last-1], l.words[last]) })}
	}
	bad := map[string]line{
		"another flag":  with(func(l *line) { l.words[1] += "R" }),
		"another range": with(func(l *line) { l.words[2] = "7777:7778" }),
		"another time":  with(func(l *line) { l.at += l.late + 2*ms; l.late = 0 }),
	}
	if strings.ContainsRune(l.words[1], 'R') {
		bad["another flag"] = with(func(l *line) { l.words[1] += "S" })
	}
	if last > 3 {
		bad["another number"] = with(func(l *line) { l.words[last] = "99999" })
		if l.words[last-1] == "sack" {
			bad["another number"] = with(func(l *line) { l.words[last] = "99998-99999" })
		}
	}
	if !l.relative || l.at == 0 { // else the lines after it move
		bad["nothing"] = line{}
	}
	return bad
}

func wrongValue(name, v string) string {
	switch {
	case name == "state":
		return map[bool]string{true: "loss", false: "open"}[v == "open"]
	case name == "closed":
		return map[bool]string{true: "refused", false: "no"}[v == "no"]
	case name == "gone":
		return map[bool]string{true: "false", false: "true"}[v == "true"]
	}
	return v + "1"
}
