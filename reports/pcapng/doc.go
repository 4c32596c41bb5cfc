// Package pcapng writes the packets of a simulated network as a capture file that
// Wireshark and tshark open: raw IPv4 with valid checksums and the real payload, an
// interface for each direction of an access link, and a comment on each packet that
// says how long it queued or why it never arrived.
//
// A packet is captured where it enters an access link, so the file also has those
// that were lost behind. It decides nothing about the network: a Capture only
// listens. Start at Create.
package pcapng
