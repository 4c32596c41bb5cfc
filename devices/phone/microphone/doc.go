// Package microphone is a phone's microphone: it gives a unit of encoded sound each time
// one is complete, stamped with whose it is and how loud, or a recording's units.
//
// What it hears where sound has samples is package sound's affair; who may listen, and
// when, is the host's. Start at Microphone.
package microphone
