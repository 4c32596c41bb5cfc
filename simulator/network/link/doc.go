// Package link is one direction of a link between a host and the core of the
// simulated network: a rate, a queue, a delay, and what goes wrong with packets.
//
// It knows packets by their length only. A packet meets, in this order: an outage,
// the queue, the serialiser, random loss, delay and jitter; each is a named fate in
// Totals. A packet's fate is drawn when it is handed over, so a later change of
// loss or delay concerns later packets; a change of rate concerns all that wait.
//
// Start at Options, then Link.Send.
package link
