// Package sockets is the network as model code sees it: event sockets, which never block,
// and the errors with which they end.
//
// It implements none: package network does in virtual time, package realnet on this
// machine, and tlsmodel puts TLS between; package engine makes blocking connections of
// them for library code. Start at Stack, then Socket and Handler.
package sockets
