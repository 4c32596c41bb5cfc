// Package flv reads and writes FLV: the tag bodies that RTMP carries as audio and video
// messages, files of tags, and recorded clips that a camera plays in a loop.
//
// It knows H.264 and AAC bodies only, and leaves script data (onMetaData) as bytes.
//
// Start at VideoTag, AudioTag and ParseVideo, ParseAudio for bodies; Reader and Writer
// for files; LoadClip for a recording, and its Reel for each medium of it.
package flv
