// Package reports turns verdicts into what people and other tools read: the sign-off
// page of a release (one HTML file that needs no network and no script), JUnit XML,
// and the schemas of the program's JSON.
//
// It judges nothing: whether a promise is held or a gate passed stands in the
// campaign.Signoff that it is given. Start at WritePage.
package reports
