// Package sequence compares the state codes that a live-pusher or live-player reported
// with a pattern of them: the whole trace, from its first code to its last.
//
// A pattern is what documents and users write down: codes in their order, with * for
// any codes, ? for any one code, and groups that may repeat:
//
//	2008 2001 2004 2026 (2007 2004)* 2009 2003 *
//
// It knows nothing of what codes mean, and nothing of time. Start at Parse.
package sequence
