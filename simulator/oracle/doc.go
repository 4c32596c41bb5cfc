// Package oracle judges finished runs. Its judges are pure functions from a
// trace.Record to numbers and findings: they see what members sent, received,
// showed and played, never which fault was switched on, so a record that was saved
// years ago can be judged again.
//
// It does not run anything and does not decide about releases. Measures with
// published definitions are in Views; the mark of each known issue is a Symptom,
// one file each; what the SDK promises is a Promise, one file each; what must hold in
// every run is an invariant. Start at Judge, then Invariants.
package oracle
