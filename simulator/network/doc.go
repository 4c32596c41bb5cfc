// Package network is the simulated internet of a world: hosts with names and
// addresses, the access link of each, a name service, TCP and UDP between them.
//
// A path is the up-link of the sender, an ideal core, and the down-link of the
// receiver; all that is weak about a network is in the access links. Nothing here
// has an opinion about the bytes. Model code uses a Host as its sockets.Stack;
// library code gets a Net, which is pion's transport.Net (blocking, behind the seam).
//
// An access link has a plan (AccessOptions): what it is and how it changes with time,
// a translator of addresses, what befalls name queries, and flows of others that
// share its queue.
//
// Start at Network, then Host; links are package link, TCP package tcp.
package network
