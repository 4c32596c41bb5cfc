package simulator

import (
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/devices/wechat"
	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// sleeping is a call whose patient shows its own tile alone, so that nobody plays the
// URL that it was given for the doctor's stream.
const sleeping = `
name: sleeping
length: 100s
sdk: 1.1.3
app: {tiles: 1}
members:
  doctor:  {device: xiaomi-6-android-8, network: good, role: broadcaster, pusher: {min-bitrate: 1800, max-bitrate: 1800}}
  patient: {device: iphone-8-ios-12.1, network: good, role: broadcaster, camera: off}
script:
  - {at: 0s, doctor: join}
  - {at: 1s, patient: join}
`

// sleep has another WeChat on the patient's line play that URL and be away from 20 s to
// 80 s, and gives what the record says of it.
func sleep(t *testing.T, os phone.OS) *trace.Record {
	t.Helper()
	s, err := Parse("sleeping.yaml", []byte(strings.TrimSpace(sleeping)))
	if err != nil {
		t.Fatal(err)
	}
	var w *world
	var record *trace.Record
	err = engine.Run(engine.World{Key: engine.Key{Scenario: s.Name, Seed: 1}, Length: s.Length}, func(e *engine.Engine) error {
		w = &world{e: e, s: s}
		if err := w.build(1); err != nil {
			return err
		}
		e.OnEnd(func() { record, err = w.log.Seal() })
		traits := phone.DefaultTraits()
		traits.OS = os
		host, err := wechat.NewHost(wechat.HostOptions{Engine: e, Log: w.log, Sockets: w.hosts[1], Name: "spare", Actor: 1, Traits: traits, Memo: w.memo})
		if err != nil {
			return err
		}
		user := e.Proc("user")
		user.At(10*time.Second, func() {
			url, _ := w.given(1, "play", w.drawn[0].uid, false)
			p, err := host.NewLivePlayer(wechat.PlayerOptions{Peer: 0, Src: url})
			if err != nil {
				t.Error(err)
				return
			}
			p.Play()
		})
		user.At(20*time.Second, func() { host.Hide("home") })
		user.At(80*time.Second, host.Show)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// A phone whose system has stopped WeChat reads nothing: its window closes, and what the
// server holds for it stays within its bound. One whose process goes on reads on.
func TestSleepingPhoneReadsNothing(t *testing.T) {
	for os, still := range map[phone.OS]bool{phone.IOS: true, phone.Android: false} {
		reports, shown, waiting, dropped := 0, 0, int64(0), int64(0)
		for _, ev := range sleep(t, os).Events {
			away := ev.At > 27*time.Second && ev.At < 80*time.Second
			switch {
			case ev.Actor != 1 || ev.Peer != 0:
			case ev.Kind == trace.RelayOut:
				waiting, dropped = max(waiting, ev.V[4]), dropped+ev.V[3]
			case ev.Kind == trace.PlayerStatus && away:
				reports++
			case ev.Kind == trace.FrameShown && !away:
				shown++
			}
		}
		bound := int64(relay.DefaultOptions().QueueBytes)
		switch {
		case shown == 0:
			t.Errorf("%s: nothing is ever shown", os)
		case still && (reports > 0 || dropped == 0 || waiting == 0 || waiting > bound):
			t.Errorf("%s: %d reports while it stood still, %d bytes waited (bound %d), %d pictures dropped", os, reports, waiting, bound, dropped)
		case !still && (reports == 0 || dropped > 0):
			t.Errorf("%s: %d reports while away, %d pictures dropped", os, reports, dropped)
		}
	}
}
