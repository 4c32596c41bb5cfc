package wechat

import (
	"minilab/simulator/media/aac"
	"minilab/simulator/media/picture"
	"minilab/simulator/rtmp"
	"minilab/simulator/rtmp/amf0"
)

// Codec ids of onMetaData. Source: Adobe Flash Video File Format Specification 10.1,
// E.5; fidelity: documented.
const (
	codecAVC = 7
	codecAAC = 10
)

// metadata describes what the pusher may send, whether or not it is switched on. It
// is no media: a server doesn't see a stream begin with it.
func (p *LivePusher) metadata() rtmp.Message {
	width, height := picture.Width, picture.Height
	if c := p.o.Clip; c != nil {
		width, height = c.Width, c.Height
	}
	b := amf0.Append(nil, "@setDataFrame")
	b = amf0.Append(b, "onMetaData")
	b = amf0.Append(b, amf0.Array{
		{Name: "width", Value: float64(width)},
		{Name: "height", Value: float64(height)},
		{Name: "videocodecid", Value: float64(codecAVC)},
		{Name: "videodatarate", Value: float64(p.o.MaxBitrateKbps)},
		{Name: "framerate", Value: float64(p.h.o.Traits.CameraFPS)},
		{Name: "audiocodecid", Value: float64(codecAAC)},
		{Name: "audiosamplerate", Value: float64(aac.SampleRate)},
	})
	return rtmp.Message{Type: rtmp.TypeData, Payload: b}
}
