// Package sound is a phone's sound on samples: what its owner says, what its speaker
// plays, how that comes back into its microphone, and what the phone's software does
// about it (echo cancellation, automatic gain, noise gate, concealment of what is
// missing, time-stretching, mixing). All of it is mono at Rate.
//
// It knows nothing of networks, streams and players: a player hands it decoded sound
// (Playout), the phone's mixer has it play (Device.Play), the microphone asks what was
// captured (Device.Capture). It is deterministic, makes no garbage once it runs, and
// doesn't encode: sound lies on a Tape beside the coded units that stand for it.
//
// What it costs: a call of two takes 17 ms of a core for a virtual second (bench's room
// call-1v1-samples; 40 ms at most, which a test holds). The canceller has 58 % of it (its
// learning 23 %, the suppressor of what it leaves 19 %, its filter 9 %), the estimate of the
// delay 12 %, players and mixer 15 %. 62 % of all is spent in Fourier transforms.
//
// Start at Device; aec.go is the echo canceller, stretch.go what a player does when
// sound comes late or too much of it at once.
package sound
