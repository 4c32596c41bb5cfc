// Package weaknet runs every network of the catalogue with one stream of media over
// TCP and one of evenly spaced datagrams, prints what came of it as a table, and holds
// the networks to what their files say: rates, delays, shares of loss, and the gaps of
// the places where a phone moves.
//
// It judges networks, not the product. Start at networks_test.go.
package weaknet
