// Package fault says what a script can do to a phone on purpose: which kinds of fault
// there are, what each takes, and whether one makes sense.
//
// It does nothing: what follows from a fault is up to the phone that suffers it (package
// app asks its host). Start at Kinds.
package fault
