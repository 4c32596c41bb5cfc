package tcp

import (
	"fmt"
	"time"
)

// Options are the knobs of a host's TCP. The zero value is a Linux server or an
// Android phone with TCP_NODELAY set.
type Options struct {
	// CC is the congestion control: "cubic" (the default) or "reno".
	CC string
	// MinRTO is the floor of the RTT's variance term in the time-out; 0 stands for
	// DefaultMinRTO. iOS: 230 ms.
	MinRTO time.Duration
	// Nagle holds small segments back while one is unacknowledged (TCP_NODELAY off).
	Nagle bool
	// SendBuffer is the most that the send buffer grows to, ReceiveBuffer the most
	// that the receive window grows to, in bytes; 0 stands for the Linux maximum.
	SendBuffer, ReceiveBuffer int
	// SYNRetries is how often a SYN is repeated; 0 stands for DefaultSYNRetries.
	SYNRetries int
	// Retries is tcp_retries2: after as long as that many retransmissions take, the
	// connection ends with ErrTimeout; 0 stands for DefaultRetries.
	Retries int
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
	// tick is the least time that a timer of the kernel waits.
	// Source: Linux with HZ 1000; fidelity: inferred.
	tick = time.Millisecond
	// minReorder is added to the times of reordering and probe timers.
	// Source: Linux TCP_TIMEOUT_MIN 2 jiffies; fidelity: documented.
	minReorder = 2 * tick
	// noSsthresh is a slow start threshold without effect.
	noSsthresh = 1 << 30
	// segmentMemory is what the kernel charges a full segment to the send buffer: two
	// windows of ten of it make the well-known first buffer of 87040 bytes.
	// Source: Linux tcp_sndbuf_expand; fidelity: documented.
	segmentMemory = 4352
	// maxSendBuffer: Source: Linux tcp_wmem[2]; fidelity: documented.
	maxSendBuffer = 4 << 20
	// firstReceiveBuffer: half of Linux tcp_rmem[1] 128 kB is offered as window.
	// Source: Linux tcp_rmem, tcp_adv_win_scale 1; fidelity: documented.
	firstReceiveBuffer = 65535
	// maxReceiveBuffer: half of Linux tcp_rmem[2] 6 MB.
	// Source: Linux tcp_rmem; fidelity: documented.
	maxReceiveBuffer = 3 << 20
)

// Validate tells what is wrong with o, or nil.
func (o *Options) Validate() error {
	switch {
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
	set := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	if o.MinRTO == 0 {
		o.MinRTO = DefaultMinRTO
	}
	set(&o.SendBuffer, maxSendBuffer)
	set(&o.ReceiveBuffer, maxReceiveBuffer)
	set(&o.SYNRetries, DefaultSYNRetries)
	set(&o.Retries, DefaultRetries)
	return o
}
