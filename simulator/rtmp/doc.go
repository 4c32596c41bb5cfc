// Package rtmp is RTMP as bytes, without I/O: chunks, commands, the guard in front
// of the go-rtmp server library, and the session of a device.
//
// Nothing here opens a connection, starts a goroutine or reads a clock: bytes go in
// by Feed, From... and Send, and come out of callbacks. Slices given in are taken as
// immutable (payloads may be views of them), slices given out must not be changed.
// Every size a peer can choose has a limit (Limits). It is not a media server: it
// doesn't know channels, key frames or subscribers.
//
// Start at Reader and Writer (messages to chunks and back), Chunk (a message chunked
// once for many subscribers), Guard (server side) and Client (device side).
package rtmp
