// Package campaign brings runs and their judges together: one run judged, a known
// issue's cause and control runs compared, all that a release is signed off on.
//
// It does not simulate (package simulator) and does not decide what a symptom is
// (package oracle); it chooses runs and folds verdicts. Start at Run, then Signoff.
package campaign
