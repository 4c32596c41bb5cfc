package main

import (
	"testing"

	"minilab/simulator"
	"minilab/simulator/trace"
)

func TestWhoSendsARecordingHasNoTone(t *testing.T) {
	for camera, want := range map[string]bool{simulator.CameraPattern: true, simulator.CameraOff: true, "street": false} {
		hz := toneOf(&trace.Member{UID: 61, Camera: camera})
		if (hz != nil) != want || want && *hz != 375 {
			t.Errorf("camera %s: %v", camera, hz)
		}
	}
}
