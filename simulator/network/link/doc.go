// Package link is one direction of a link between a host and the core of the
// simulated network: a rate or a trace of it, a queue, a delay, and what goes wrong
// with packets.
//
// It knows packets by their length only. A packet meets, in this order: an outage,
// duplication, the queue, the serialiser, loss, delay and jitter, corruption; each
// end it can come to is a Fate that Totals counts. A packet's fate is drawn when it
// is handed over (behind a CoDel queue: when it leaves that), so a later change of
// loss or delay concerns later packets; a change of rate concerns all that wait.
//
// Start at Options, then Link.Send; fates are in fate.go, traces in trace.go.
package link
