// Package simulator turns a scenario and a seed into a record: Scenario -> World ->
// Record.
//
// It reads scenario files (Parse), changes them on request (Override), draws every
// parameter that a scenario leaves open, builds the world out of network, media
// server and phones, runs the script and seals what happened (Run). It does not
// judge: what a run means is for package oracle to say, from the record alone.
//
// Start at Run. The language of scenario files is in parse.go (the file), cast.go,
// setup.go, step.go (with argument.go, fault.go, serverstep.go and linkstep.go) and
// expect.go; the world is in world.go, with the server in serving.go and members of
// other SDKs in seat.go.
package simulator
