// Package knownissues shows every known issue in the run with its cause and its
// absence in the run without, over the same seeds: a file an issue, of the same stem
// as its entry in fixtures/issues. It judges through package oracle only.
package knownissues
