// Package phone is the hardware and operating system under the WeChat host: what a
// device is (Traits), and in a room each what it is made of.
//
//	camera      camera, and the video encoder behind it with its sessions
//	microphone  microphone, and the units of sound that it gives
//	sound       samples: voice, speaker, echo canceller, mixer
//	memory      what an app takes of the RAM, and what follows
//	fault       what a script can do to a phone
//
// A phone delivers encoded pictures and sound (Unit) and decides nothing: when to start,
// what to send and what to show is the host's business (package wechat).
package phone
