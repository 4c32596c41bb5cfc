// Package probe sends one TCP stream over one access link and measures what comes
// out: goodput, the delay of frames, retransmissions and time-outs, and how goodput,
// congestion window, queue and delay went over time.
//
// It knows no phones, no server and no media: it is for asking what a link does to
// TCP. Start at Options and Run.
package probe
