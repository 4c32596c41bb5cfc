// Package aac writes and reads AAC-LC access units that a microphone of the laboratory
// makes: a constant tone whose frequency tells the member, with a stamp beside it.
//
// It is not a general codec: it encodes one spectral line and decodes no audio. The
// units are valid for any AAC decoder, which plays the tone at the stamped level.
//
// Start at Encode and Read; Tone is a member's frequency; Config goes before the
// first unit.
//
// # Why one line is a pure tone
//
// With the sine window the inverse transforms of two neighbouring units, each with the
// same value in line k and nothing else, overlap to
// cos(u) cos(t) + (-1)^k sin(u) sin(t), u running from 0 to a quarter turn, which for
// even k is cos(t-u): constant in level, at k x 48000/2048 Hz. For even k that is a whole
// number of cycles a unit, so that every unit is alike and the tone goes on in phase
// also after lost units.
package aac
