// Package realnet is the network that is there: event sockets over package net, so
// that what runs on the model's hosts also runs for real clients, against the wall
// clock.
//
// Model code sees the same sockets.Stack as ever: nothing blocks, all callbacks come
// on the event loop. Behind it each connection has a reader and a writer, goroutines
// that hand the loop one buffer at a time and wait, so that who doesn't listen makes
// its peer wait and holds nothing here. It is no model: nothing in it can be replayed.
// Weak puts the model's network in between, for real clients that are to suffer.
//
// Start at Net, which needs a world of engine.RunWall. The loop's side of a connection
// is in socket.go, the goroutines' in pump.go.
package realnet
