// Package commands meets the program as a user or a CI job does: it builds the
// binary, runs its commands, and reads what they print and leave behind. Foreign
// programs (ffmpeg, ffprobe) are referees of the media files; without them those
// specs say that they were skipped. It never looks inside: that is for unit tests.
package commands
