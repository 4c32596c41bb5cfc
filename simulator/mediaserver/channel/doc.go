// Package channel knows who is in which channel, in which role, and what that
// allows: publish, subscribe, mute, and which media URL is good for what.
//
// It is the one owner of the media server's state and belongs to the event loop. It
// knows no connection: what members must be told goes to a Listener, and RTMP
// connections appear as a Cutter that can be cut when their URL is revoked. How
// requests are spelled on the wire is package gateway's business.
//
// Members of the vendor's other SDKs (Native, Web) join here like the rest, with a
// Listener of their own, and publish and play by direct calls in place of URLs.
//
// Start at Registry (every request is one of its methods), then Member, then url.go.
package channel
