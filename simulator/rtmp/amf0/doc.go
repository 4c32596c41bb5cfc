// Package amf0 reads and writes the AMF0 values of RTMP commands and metadata.
//
// It is bounded: depth, number of values and string sizes have limits that are
// checked before memory is taken, and a declared array length is never trusted.
// It is forgiving where peers differ: undefined, unsupported and references read
// as null, long strings and XML as strings, dates as numbers, typed objects as
// objects. It is not AMF3 and maps nothing onto structs.
//
// Start at Parse and Append; Object keeps properties in their order.
package amf0
