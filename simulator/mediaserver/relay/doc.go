// Package relay carries one publisher's media to its subscribers.
//
// A Stream takes RTMP media messages, keeps what a newcomer needs (metadata,
// sequence headers, the group of pictures since the last key frame) and offers each
// message to its Subscribers. A Subscriber has a bounded queue between the stream
// and its connection: audio is kept, video is dropped up to a key frame. All of it
// runs on the event loop, without goroutines or I/O, and a message is cut into
// chunks once for all subscribers.
//
// It is no session layer: who may publish or play is decided by package channel,
// and bytes leave through an Outlet that the connection offers.
//
// Start at Stream.Media (the way in) and Subscriber.offer (the way out).
package relay
