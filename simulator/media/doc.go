// Package media is the room of what cameras and microphones make: pictures, their
// H.264 and AAC, and the FLV that carries them.
//
// It has no code of its own and knows no network, server or phone. Start at
// picture (a test picture that says whose it is), then h264 (picture to access unit
// and back), aac (a stamped tone), flv (tag bodies, files, recorded clips).
package media
