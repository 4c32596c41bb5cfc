package pcapng

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network"
	"minilab/simulator/network/link"
	"minilab/simulator/probe"
	"minilab/simulator/trace"
)

// lossy is a link on which packets are lost in every way.
func lossy() network.AccessOptions {
	l := network.LinkOptions{
		RateBPS: 1e6, QueueBytes: 12000, Delay: 30 * time.Millisecond,
		Loss: network.LossOptions{Rate: 0.03}, Outages: []network.Outage{{Start: 4 * time.Second, Length: time.Second}},
	}
	return network.AccessOptions{Up: l, Down: l}
}

// read gives a file's interfaces, and its packets with their comments.
func read(t *testing.T, path string) (r *pcapgo.NgReader, data [][]byte, infos []gopacket.CaptureInfo, notes []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if r, err = pcapgo.NewNgReader(f, pcapgo.NgReaderOptions{WantMixedLinkType: true}); err != nil {
		t.Fatal(err)
	}
	for {
		p, info, opts, err := r.ReadPacketDataWithOptions()
		if errors.Is(err, io.EOF) {
			return r, data, infos, notes
		}
		if err != nil {
			t.Fatal(err)
		}
		data, infos, notes = append(data, p), append(infos, info), append(notes, strings.Join(opts.Comments, "|"))
	}
}

func capture(t *testing.T, o probe.Options) (path string, r *probe.Result) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.pcapng")
	c, err := Create(path, Options{Build: "b1", Comment: "about it"})
	if err != nil {
		t.Fatal(err)
	}
	o.Tap = c
	if r, err = probe.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file stands before it is whole")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return path, r
}

// Every packet stands in the file, in the order of time, as long as it was, with its
// fate; the counts are the link's.
func TestAllPackets(t *testing.T) {
	path, r := capture(t, probe.Options{Seed: 3, Access: lossy(), Stream: probe.Bulk, Length: 10 * time.Second})
	ng, data, infos, notes := read(t, path)
	if s := ng.SectionInfo(); s.Comment != "about it" || s.Application != "minilab b1" {
		t.Errorf("section %+v", s)
	}
	count := map[string]int64{}
	var sizes [2]int64
	for i, info := range infos {
		face, err := ng.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 && info.Timestamp.Before(infos[i-1].Timestamp) {
			t.Fatalf("packet %d is before its predecessor", i)
		}
		fate, _, _ := strings.Cut(notes[i], ",")
		fate, _, _ = strings.Cut(fate, " after ")
		count[face.Name+" "+strings.TrimSuffix(fate, "; sent before")]++
		if strings.HasPrefix(notes[i], "delivered") {
			sizes[info.InterfaceIndex] += int64(info.Length)
		}
		if want := int(binary.BigEndian.Uint16(data[i][2:])); info.Length != want {
			t.Fatalf("packet %d: %d bytes, its header says %d", i, info.Length, want)
		}
	}
	for i, x := range []struct {
		name string
		t    link.Totals
	}{{"sender/up", r.Up}, {"sender/down", r.Down}} {
		for fate, n := range map[string]int64{"delivered": x.t.Delivered, "lost at random": x.t.Lost, "dropped by the full queue": x.t.Refused, "lost in an outage": x.t.Blacked} {
			if i == 0 && n == 0 {
				t.Errorf("no packet up was %s: the test tests nothing", fate)
			}
			if count[x.name+" "+fate] != n {
				t.Errorf("%s: %d packets %s, the link counts %d", x.name, count[x.name+" "+fate], fate, n)
			}
		}
		if sizes[i] != x.t.Bytes {
			t.Errorf("%s: %d bytes delivered, the link counts %d", x.name, sizes[i], x.t.Bytes)
		}
		way := x.t.Sent - x.t.Ended()
		if n := count[x.name+" still on its way when the run ended"]; n != way {
			t.Errorf("%s: %d packets on their way, the link counts %d", x.name, n, way)
		}
	}
}

// The bytes are IP and TCP with right checksums, and the payload is what was sent.
func TestBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pcapng")
	c, err := Create(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat("all that is sent is found in the capture. ", 400))
	e := engine.New(5)
	n := network.New(e, nil, network.Options{})
	n.SetTap(c)
	access := lossy()
	a, err := n.AddHost(network.HostOptions{Name: "a", Access: &access, Actor: trace.Nobody})
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.AddHost(network.HostOptions{Name: "b", Actor: trace.Nobody})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Listen(80, func(sockets.Socket) sockets.Handler { return quiet{} }); err != nil {
		t.Fatal(err)
	}
	a.Dial("b", 80, quiet{text}) // with a lookup, so that there is UDP too
	e.RunUntil(20 * time.Second)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	_, data, infos, _ := read(t, path)
	got := make([]byte, len(text))
	kinds := map[string]int{}
	for i, raw := range data {
		whole := len(raw) == infos[i].Length
		if sum(raw[:20]) != 0xffff {
			t.Fatalf("packet %d: wrong IP checksum", i)
		}
		if proto := raw[9]; whole {
			pseudo := append(append([]byte{}, raw[12:20]...), 0, proto)
			pseudo = binary.BigEndian.AppendUint16(pseudo, uint16(len(raw)-20))
			if s := sum(append(pseudo, raw[20:]...)); s != 0xffff {
				t.Fatalf("packet %d: wrong checksum of protocol %d", i, proto)
			}
		}
		p := gopacket.NewPacket(raw, layers.LayerTypeIPv4, gopacket.Default)
		switch x := p.TransportLayer().(type) {
		case *layers.UDP:
			kinds["udp"]++
		case *layers.TCP:
			kinds["tcp"]++
			if x.SYN && !x.ACK {
				kinds["syn"]++
			}
			if x.SrcPort != 80 && len(x.Payload) > 0 {
				copy(got[x.Seq-1:], x.Payload)
			}
			if !whole {
				kinds["cut"]++
			}
		}
	}
	if string(got) != string(text) {
		t.Error("the payload isn't what was sent")
	}
	for _, k := range []string{"udp", "tcp", "syn", "cut"} {
		if kinds[k] == 0 {
			t.Errorf("no packet of kind %s: %v", k, kinds)
		}
	}
}

// sum is the Internet checksum's sum: all ones when it is right.
func sum(b []byte) uint16 {
	var s uint32
	for i := 0; i < len(b); i += 2 {
		if i+1 < len(b) {
			s += uint32(b[i])<<8 | uint32(b[i+1])
		} else {
			s += uint32(b[i]) << 8
		}
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// quiet sends its text once.
type quiet struct{ text []byte }

func (q quiet) OnOpen(s sockets.Socket) {
	if len(q.text) > 0 {
		s.Send(q.text)
	}
}
func (quiet) OnData(sockets.Socket, []byte) {}
func (quiet) OnWritable(sockets.Socket)     {}
func (quiet) OnClose(sockets.Socket, error) {}

// What waits in memory is what is under way, however long the capture.
func TestBoundedMemory(t *testing.T) {
	c, err := Create(filepath.Join(t.TempDir(), "x.pcapng"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &highWater{Capture: c}
	r, err := probe.Run(t.Context(), probe.Options{Seed: 1, Access: lossy(), Stream: probe.Bulk, Length: 5 * time.Minute, Tap: w})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if w.most > 60 || r.Up.Sent < 10_000 || len(c.spare) > 60+w.most {
		t.Errorf("%d of %d packets waited at once", w.most, r.Up.Sent)
	}
}

type highWater struct {
	*Capture
	most int
}

func (w *highWater) Sent(s network.Sight) {
	w.Capture.Sent(s)
	w.most = max(w.most, len(w.waiting))
}

// A capture without packets can be opened; one that fails leaves nothing.
func TestEnds(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.pcapng")
	c, err := Create(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, data, _, _ := read(t, path); len(data) != 0 {
		t.Errorf("%d packets", len(data))
	}
	os.Remove(path)
	if c, err = Create(path, Options{}); err != nil {
		t.Fatal(err)
	}
	c.Abandon()
	if c, err = Create(path, Options{}); err != nil {
		t.Fatal(err)
	}
	c.file.Close() // as a full disk would: all that follows fails
	if err := c.Close(); err == nil {
		t.Error("a capture that couldn't be written is no failure")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
	if _, err := Create(dir, Options{}); err == nil {
		t.Error("a directory is taken for a file")
	}
}
