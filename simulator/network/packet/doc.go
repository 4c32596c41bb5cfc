// Package packet is what travels over the simulated network: IP packets as small
// pooled values, and the byte streams that TCP packets point into.
//
// It carries no protocol logic. Payload is never copied: a TCP packet names a range
// of its sender's Stream, and the receiver takes views of it.
//
// Start at Packet, then Stream.
package packet
