// Package semantics holds the SDK's promises as specs: a file a promise, of the same
// stem as its entry in fixtures/promises. For each version that makes the promise, on
// each of its networks, in each of its scenarios, its judge must say held; of a
// version that is documented to break it, exactly that is demanded. Then the file
// looks itself at what the promise is about. After a run, a summary says for each
// version what became of its promises. Start at describe, in the suite's file.
package semantics
