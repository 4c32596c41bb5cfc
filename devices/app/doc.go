// Package app is the page that a developer writes around the SDK: the vendor's demo
// page, with its flow of joining, its tiles and its recovery.
//
// It calls the SDK, hands the URLs it gets to live-pusher and live-player, and
// reacts to events and state codes as the demo does, no better. It has no rules of
// its own about roles or limits of the channel: whether an audience may publish is
// for the gateway to say. All calls, answers, events and tiles go into the trace.
//
// A script can also have it do what no demo does, such as join a hundred times or use
// URLs that aren't its own: that is in rounds.go, raw.go and intrude.go.
//
// Start at App and Steps (what a script can have a page do), then flow.go.
package app
