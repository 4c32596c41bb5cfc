// Package model plays random sequences of calls by two to five members, over random
// networks and with gateways that fail, and compares what happened with a small
// reference of channel, roles, streams and mutes: who is in, who is told of whom, who
// may publish, what is muted. What must hold in every run must hold here too. A
// sequence that goes wrong is shrunk and left as a scenario that minilab run takes.
//
// The reference knows what requests mean, not when they arrive: it reads from the
// record in which order the gateway took them. Start at TestRandomCalls, then
// sketch (what is played) and reference (what it must lead to).
package model
