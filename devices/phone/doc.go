// Package phone is the hardware and operating system under the WeChat host: a
// camera with its capture clock, an encoder with its modelled sizes and with sessions
// of the system's that can be lost, be refused and die, a microphone, and what a screen shows for who can read it.
//
// It delivers encoded pictures and sound and decides nothing: when to start, what
// to send and what to show is the host's business (package wechat). An encoder
// takes no time here: a picture is encoded at the instant it is captured.
//
// Start at Traits (what a device is), then Camera and Microphone; what can go wrong
// with camera and encoder is in Hardware.
package phone
