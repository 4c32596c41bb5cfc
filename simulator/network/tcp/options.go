package tcp

import (
	"fmt"
	"time"
)

// Options are the knobs of a host's TCP. The zero value is a Linux server or an
// Android phone with TCP_NODELAY set.
type Options struct {
	// OS names the Profile of the host's operating system; "" stands for "linux".
	OS string
	// Uptime is how long the host had been up at the world's start: the phase of its
	// timers' ticks.
	Uptime time.Duration
	// KeepAlive has idle connections probed (SO_KEEPALIVE).
	KeepAlive KeepAlive
	// CC is the congestion control: "cubic" (the default) or "reno".
	CC string
	// MinRTO is the floor of the RTT's variance term in the time-out; 0 stands for
	// what the OS has.
	MinRTO time.Duration
	// Nagle holds small segments back while one is unacknowledged (TCP_NODELAY off).
	Nagle bool
	// SendBuffer is the most that the send buffer grows to, ReceiveBuffer the most
	// that the receive window grows to, in bytes; 0 stands for the Linux maximum.
	SendBuffer, ReceiveBuffer int
	// SYNRetries is how often a SYN is repeated with doubling gaps; 0 stands for what
	// the OS has.
	SYNRetries int
	// Retries is tcp_retries2: after as long as that many retransmissions take, the
	// connection ends with ErrTimeout; 0 stands for what the OS has.
	Retries int
}

// KeepAlive says when a connection on which nothing has come for a while is probed,
// and when it is given up; zero values stand for what the OS has.
type KeepAlive struct {
	On             bool
	Idle, Interval time.Duration
	Probes         int
}

// Sizes and times that all connections share.
const (
	// MSS is the payload of a full packet: MTU 1500 less 20 bytes of IP, 20 of TCP,
	// 12 of timestamps.
	// Source: RFC 9293, RFC 7323; fidelity: documented.
	MSS = 1448
	// HeaderBytes is what IP and TCP with timestamps add to the payload.
	// Source: RFC 9293, RFC 7323; fidelity: documented.
	HeaderBytes = 52
	// synBytes is a SYN with MSS, SACK, timestamps and window scale options.
	// Source: Linux tcp_syn_options; fidelity: documented.
	synBytes = 60
	// ResetBytes is a reset for a packet that reached nobody: no options.
	// Source: Linux tcp_v4_send_reset; fidelity: documented.
	ResetBytes = 40
	// DefaultMinRTO: Source: Linux TCP_RTO_MIN 200 ms; fidelity: documented.
	DefaultMinRTO = 200 * time.Millisecond
	// maxRTO: Source: Linux TCP_RTO_MAX; fidelity: documented.
	maxRTO = 120 * time.Second
	// initialRTO: Source: RFC 6298 section 2, Linux TCP_TIMEOUT_INIT; fidelity: documented.
	initialRTO = time.Second
	// DefaultSYNRetries: Source: Linux tcp_syn_retries 6, 127 s in all; fidelity: documented.
	DefaultSYNRetries = 6
	// synAckRetries: Source: Linux tcp_synack_retries 5; fidelity: documented.
	synAckRetries = 5
	// DefaultRetries: Source: Linux tcp_retries2 15, 924.6 s; fidelity: documented.
	DefaultRetries = 15
	// orphanRetries bounds a connection that its application has closed.
	// Source: Linux tcp_orphan_retries 8; fidelity: documented.
	orphanRetries = 8
	// initialWindow is the first congestion window, in segments.
	// Source: RFC 6928; fidelity: documented.
	initialWindow = 10
	// timeWait and finWait2: Source: Linux TCP_TIMEWAIT_LEN, tcp_fin_timeout 60 s; fidelity: documented.
	timeWait = 60 * time.Second
	finWait2 = 60 * time.Second
	// minReorder is added to the times of reordering and probe timers.
	// Source: Linux TCP_TIMEOUT_MIN_US; fidelity: documented.
	minReorder = 2 * time.Millisecond
	// noSsthresh is a slow start threshold without effect.
	noSsthresh = 1 << 30
	// segmentMemory is what the kernel charges a full segment to the send buffer: two
	// windows of ten of it make the well-known first buffer of 87040 bytes.
	// Source: Linux tcp_sndbuf_expand; fidelity: documented.
	segmentMemory = 4352
	// maxSendBuffer: Source: Linux tcp_wmem[2]; fidelity: documented.
	maxSendBuffer = 4 << 20
	// firstWindow is the window that a SYN offers: half of Linux tcp_rmem[1] 128 kB,
	// in whole segments.
	// Source: Linux tcp_rmem, tcp_select_initial_window; fidelity: documented.
	firstWindow = 45 * MSS
	// firstReceiveBuffer is how far it opens without autotuning: what of 128 kB is
	// payload when 1448 bytes take a buffer of 2304.
	// Source: Linux tcp_measure_rcv_mss (scaling_ratio); fidelity: observed.
	firstReceiveBuffer = 80 << 10
	// maxReceiveBuffer: half of Linux tcp_rmem[2] 6 MB.
	// Source: Linux tcp_rmem; fidelity: documented.
	maxReceiveBuffer = 3 << 20
)

// Validate tells what is wrong with o, or nil.
func (o *Options) Validate() error {
	k := o.KeepAlive
	switch {
	case profileOf(o.OS) == nil:
		return fmt.Errorf("unknown operating system %q: linux, android or ios", o.OS)
	case k.Idle < 0 || k.Interval < 0 || k.Probes < 0 || o.Uptime < 0:
		return fmt.Errorf("keepalive %+v or uptime %v is negative", k, o.Uptime)
	case o.CC != "" && o.CC != "cubic" && o.CC != "reno":
		return fmt.Errorf("unknown congestion control %q: cubic or reno", o.CC)
	case o.MinRTO < 0:
		return fmt.Errorf("least time-out %v is negative", o.MinRTO)
	case o.SendBuffer < 0 || o.ReceiveBuffer < 0:
		return fmt.Errorf("buffer of %d or %d bytes is negative", o.SendBuffer, o.ReceiveBuffer)
	case o.SYNRetries < 0 || o.Retries < 0:
		return fmt.Errorf("%d or %d retries are negative", o.SYNRetries, o.Retries)
	}
	return nil
}

// complete fills in what the zero values stand for.
func (o Options) complete() Options {
	p := profileOf(o.OS)
	if o.MinRTO == 0 {
		o.MinRTO = p.MinRTO
	}
	set(&o.SendBuffer, maxSendBuffer)
	set(&o.ReceiveBuffer, maxReceiveBuffer)
	set(&o.SYNRetries, p.SYNRetries)
	set(&o.Retries, p.Retries)
	if k := &o.KeepAlive; k.On {
		setTime(&k.Idle, p.KeepIdle)
		setTime(&k.Interval, p.KeepInterval)
		set(&k.Probes, p.KeepProbes)
	}
	return o
}

func set(v *int, d int) {
	if *v == 0 {
		*v = d
	}
}

func setTime(v *time.Duration, d time.Duration) {
	if *v == 0 {
		*v = d
	}
}
