// Package camera is a phone's camera with its capture clock and the video encoder behind
// it: modelled sizes, and sessions of the system's that can be lost, be refused and die.
//
// It doesn't decide when to film, nor what to do about trouble; it reports it (Trouble).
// An encoder takes no time here: a picture is encoded at the instant it is captured.
//
// Start at Camera; what can go wrong, and outlasts the component that uses the camera, is
// in Hardware; session.go is the encoder's life.
package camera
