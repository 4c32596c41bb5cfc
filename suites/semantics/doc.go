// Package semantics holds the SDK's promises as specs: a file a promise, of the same
// stem as its entry in fixtures/promises. Each runs the promise's scenarios, asks
// its judge, and looks itself at what the promise is about.
package semantics
