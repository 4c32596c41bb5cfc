// Package foreign is a channel member that uses the vendor's Native or Web SDK: it
// has no mini-program host, no SDK of ours and no RTMP, and exists at channel level.
//
// It films, speaks, watches and listens with real coded media like a phone, so that
// what a mini-program shows of it (and it of a mini-program) is measured and not
// declared. How those SDKs carry media is their own affair and not modelled: a
// fixed delay stands for it, without loss. Nor has it any of their methods beyond
// the steps of a script.
//
// Where sound has samples, a member speaks with a voice of its own, at its uid's
// frequency, and what others hear of it is measured. What it hears itself is not: it
// has no player of samples, no speaker and so no echo, and its views know no loudness.
//
// The world must implement Channel over its media server, one for each member, and
// give it to New. Everything that a member asks for goes through it; what the server
// then does (roles, refusals, who is told of whom, RTMP for the others) is the
// server's own rule and none of this package's.
//
// Start at Channel (what the world offers), then Member and Steps.
package foreign
