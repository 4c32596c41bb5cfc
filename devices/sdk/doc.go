// Package sdk is a reference client of the mini-program audio/video SDK: the
// methods, events, codes and messages that a page deals with, by version profile.
//
// It speaks through the WeChat host (Wx) and keeps time by the engine, so it has
// no goroutines and never blocks. What differs between versions is a named switch
// in Profile, never a comparison of version numbers. It neither captures nor plays
// media: it only hands out the URLs that live-pusher and live-player use.
//
// Start at Profile (what a version can do), then Client (the API), then session (what
// a join begins: lookup and dialling, then requests), and there session.acting: why
// joining again could fail before 1.1.3. Defects are mistakes planted for tests.
package sdk
