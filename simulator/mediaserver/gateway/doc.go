// Package gateway speaks the mini-program SDK's control protocol: JSON requests and
// answers over a WebSocket, and what the server tells members unasked.
//
// A Session is one WebSocket's side of it, without I/O, on the event loop; Handler
// puts it behind net/http and coder/websocket, whose goroutines meet the loop at an
// engine.Port. It decides nothing about channels: package channel does.
//
// A script can spoil its answers (Rule); mistakes can be planted (Defects).
//
// Start at message.go (the wire format), then session.go, then actions.go.
package gateway
