// Package tcp is TCP as phones and servers run it: a connection that behaves like
// the Linux kernel's under loss, delay and silence.
//
// It is sans-I/O: a Conn takes packets and timer events and hands packets to its
// Env; there are no goroutines and no bytes are copied. It doesn't know addresses,
// names or links. Where RFCs leave room it does what Linux does, since that is what
// runs at both ends of an RTMP connection: SACK with RACK-TLP loss detection,
// proportional rate reduction, CUBIC with HyStart, F-RTO, delayed acknowledgements
// with a quick start, timers that run in ticks on a timer wheel, keepalive. What
// differs between operating systems is in Profiles. Left out: ECN, fast open, urgent
// data, path MTU discovery, PAWS (sequence numbers don't wrap here), SYN cookies, ACK
// compression (a delay of at most 1 ms), TSO deferral, collapsing of small segments
// that are sent again.
//
// Start at Conn, then Input (what a packet does), push (what is sent when), and
// recovery.go (what happens when something is missing).
package tcp
