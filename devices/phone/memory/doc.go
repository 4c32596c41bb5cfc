// Package memory follows what an app takes of a phone's RAM, hour by hour, and tells when
// the system warns and when the app has more than it may.
//
// It ends nothing: what a warning and a limit lead to is the host's affair. Start at
// Memory.Look; the numbers, most of them assumed, are in Params.
package memory
