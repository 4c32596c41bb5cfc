// Package mediaserver is the service that the phones talk to: an RTMP server that
// relays each publisher's media to its subscribers, the lookup that tells clients
// which gateways there are, and the gateway where they join channels.
//
// It is assembled here and thought out in its rooms: channel (who may do what), relay
// (media), gateway (control messages), lookup. All state belongs to the event loop;
// go-rtmp, net/http and the WebSocket library hold their sessions behind the engine's
// seam and ask the loop through ports. Media never passes them: rtmp.Guard takes it
// out of the byte stream before the library and the relay puts it in behind. The
// server knows sockets, not networks, and nothing of phones.
//
// Members of the vendor's other SDKs use neither gateway nor RTMP: Registry is their
// way in. What a script has the server do is a Command.
//
// Start at New and Listen, then rtmpconn.go for an RTMP connection's life.
package mediaserver
