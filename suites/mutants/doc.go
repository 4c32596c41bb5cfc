// Command mutants asks whether the suite of promises would notice a defect: it plants
// each mutant of fixtures/mutants, runs the specs of the promises, or of the rows of a phone's
// state codes, that it must break,
// and prints promise, mutant, killed by. A mutant that lives, or a promise that no
// mutant is for, is a hole in the suite; then the exit code is 1.
//
// It judges no version of the SDK (that is package semantics, whose specs it runs, as it does those of
// package phone).
// Start at main, then hunt.
package main
