// Package trace is what a run leaves behind: typed events in the order in which
// they happened, sealed into a Record with a digest.
//
// It records and does not judge: whoever reads a Record (package oracle) must find
// in it all that a verdict needs, and nothing that only the simulator could know,
// such as which fault was switched on; faults are recorded as injected, but judges
// read symptoms from what members sent, received, showed and played.
//
// Start at Kind (what can happen, with the meaning of each field), then Log (how a
// world writes), then Record (what is kept).
package trace
