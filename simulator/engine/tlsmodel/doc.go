// Package tlsmodel gives an event socket the round trips and bytes of TLS 1.2
// without its cryptography: a full handshake (two round trips, one certificate
// chain) and records with their overhead, of which the receiver sees nothing until
// they are whole. It neither encrypts nor authenticates and has no resumption.
//
// Start at Dial (the client's side) and Accept (the server's).
package tlsmodel
