// Package engine owns virtual time, the order of things and randomness.
//
// It is one event loop: a queue of events ordered by (time, actor, the actor's
// own sequence), seeded random streams with names, and the seam behind which library
// code with goroutines runs. How model code talks over a network without ever blocking
// is said in the room within, sockets. It is not a network and knows nothing of media:
// it moves time and bytes, and says who is next.
//
// Start at Engine (the loop), then Proc (callbacks for code that is not hot),
// Seam, Conn and PacketConn (libraries), Run (one world from birth to end, in virtual
// time) and RunWall (the same against the wall clock).
package engine
