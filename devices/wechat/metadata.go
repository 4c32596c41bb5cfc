package wechat

import (
	"minilab/simulator/media/aac"
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
	width, height := p.size.width, p.size.height
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
		{Name: "framerate", Value: float64(p.qos.fps)},
		{Name: "audiocodecid", Value: float64(codecAAC)},
		{Name: "audiosamplerate", Value: float64(p.soundRate())},
	})
	return rtmp.Message{Type: rtmp.TypeData, Payload: b}
}

// soundRate is that of audio-quality, in Hz.
// Source: live-pusher documentation; fidelity: documented.
func (p *LivePusher) soundRate() int {
	if p.o.AudioQuality == qualityLow {
		return aac.SampleRate / lowShare
	}
	return aac.SampleRate
}

// claimedSize is the size of the pictures that a stream's metadata tells.
func claimedSize(payload []byte) (s size, ok bool) {
	values, err := amf0.Parse(payload, amf0.Limits{MaxDepth: rtmp.DefaultLimits.MaxAMFDepth, MaxItems: rtmp.DefaultLimits.MaxAMFItems, MaxStringBytes: rtmp.DefaultLimits.MaxAMFStringBytes})
	if err != nil {
		return s, false
	}
	for _, v := range values {
		var all []amf0.Property
		switch v := v.(type) {
		case amf0.Array:
			all = v
		case amf0.Object:
			all = v
		}
		for _, x := range all {
			if n, is := x.Value.(float64); is && n > 0 && n <= maxSide {
				switch x.Name {
				case "width":
					s.width = int(n)
				case "height":
					s.height = int(n)
				}
			}
		}
	}
	return s, s.width > 0 && s.height > 0
}

// maxSide is more pixels than any side has that is sent here. Fidelity: assumed.
const maxSide = 1 << 14
