package pcapng

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"minilab/simulator/network"
	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
)

// Options are what a capture says of itself.
type Options struct {
	// Build is the program's, Comment what was run and how to run it again.
	Build, Comment string
}

// Capture is a capture file being written. It implements network.Tap. Packets are
// written in the order in which they entered their links, each as soon as its fate
// and those of all before it are decided: what is kept in memory is what is under way.
type Capture struct {
	path string
	file *os.File // a temporary one, until Close
	out  *bufio.Writer
	opt  Options
	w    *pcapgo.NgWriter
	err  error // the first; nothing is written after it

	places  map[place]int
	stats   []pcapgo.NgInterfaceStatistics
	waiting []*record // in the order of the file
	live    map[*packet.Packet]*record
	spare   []*record
	seen    map[flow]uint64
	build   builder
	last    time.Duration
}

// place is a direction of a host's access link.
type place struct {
	host *network.Host
	up   bool
}

// flow is a direction of a TCP connection on a link.
type flow struct {
	place    place
	src, dst packet.Endpoint
}

// record is a packet that is to be written.
type record struct {
	at        time.Duration
	iface     int
	up        bool
	data      []byte
	length    int // of the whole packet; data may be shorter
	note      string
	fate      string
	delivered bool
}

var _ network.Tap = (*Capture)(nil)

// bufferBytes is how much is written to the file at once.
const bufferBytes = 256 << 10

// Create begins a capture. Nothing stands at path until Close.
func Create(path string, o Options) (*Capture, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "write", Path: path, Err: errors.New("is there, and is no file")}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".minilab-*.pcapng")
	if err != nil {
		return nil, err
	}
	return &Capture{path: path, file: f, out: bufio.NewWriterSize(f, bufferBytes), opt: o, places: map[place]int{}, live: map[*packet.Packet]*record{}, seen: map[flow]uint64{}, build: newBuilder()}, nil
}

// section is what the file says of itself.
func (c *Capture) section() pcapgo.NgWriterOptions {
	return pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{
		Hardware: "simulated", OS: "virtual time: 0 is the start of the run", Application: "minilab " + c.opt.Build, Comment: c.opt.Comment,
	}}
}

// iface is the number of a place's interface, which is made when it is first needed.
func (c *Capture) iface(p place) int {
	if i, ok := c.places[p]; ok {
		return i
	}
	i := len(c.places)
	c.places[p] = i
	c.stats = append(c.stats, pcapgo.NgInterfaceStatistics{StartTime: epoch})
	word, what := "down", "to "+p.host.Name()
	if p.up {
		word, what = "up", "from "+p.host.Name()
	}
	c.describe(pcapgo.NgInterface{
		Name: p.host.Name() + "/" + word, Description: "packets " + what + " where they enter its access link",
		LinkType: layers.LinkTypeRaw, TimestampResolution: 9,
	})
	return i
}

// describe adds an interface to the file; the first one begins the file.
func (c *Capture) describe(i pcapgo.NgInterface) {
	var err error
	if c.w == nil {
		c.w, err = pcapgo.NewNgWriterInterface(c.out, i, c.section())
	} else {
		_, err = c.w.AddInterface(i)
	}
	c.fail(err)
}

func (c *Capture) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// Sent implements network.Tap.
func (c *Capture) Sent(s network.Sight) {
	if c.err != nil {
		return
	}
	r := &record{}
	if n := len(c.spare); n > 0 {
		r, c.spare = c.spare[n-1], c.spare[:n-1]
	}
	where := place{s.Host, s.Up}
	*r = record{at: s.At, iface: c.iface(where), up: s.Up, data: r.data[:0]}
	var err error
	if r.data, r.length, err = c.build.packet(r.data, s.Host, s.Packet); err != nil {
		c.fail(err)
		return
	}
	if r.length != s.Packet.Bytes {
		r.note = fmt.Sprintf("; %d bytes on the wire", s.Packet.Bytes)
	}
	if c.again(where, s.Packet) {
		r.data = r.data[:min(len(r.data), r.length-s.Packet.Len)]
		r.note += "; sent before, and cut to its headers here"
	}
	c.waiting = append(c.waiting, r)
	c.live[s.Packet] = r
}

// again tells whether all the bytes of a segment stand in the file already. Such a
// segment is cut: Wireshark's RTMP dissector loses its place when it reads bytes twice.
func (c *Capture) again(where place, p *packet.Packet) bool {
	if p.Proto != packet.TCP {
		return false
	}
	f := flow{where, p.Src, p.Dst}
	if p.Flags&packet.SYN != 0 {
		c.seen[f] = 0
	}
	end := p.Seq + uint64(p.Len)
	if p.Len > 0 && end <= c.seen[f] {
		return true
	}
	c.seen[f] = max(c.seen[f], end)
	return false
}

// Ended implements network.Tap.
func (c *Capture) Ended(s network.Sight, fate link.Fate, left time.Duration) {
	r := c.live[s.Packet]
	if r == nil || c.err != nil {
		return
	}
	delete(c.live, s.Packet)
	c.last = s.At
	switch {
	case fate == link.Delivered:
		r.delivered = true
		r.fate = fmt.Sprintf("delivered after %s: %s queue and serialisation, %s on the way", ms(s.At-r.at), ms(left-r.at), ms(s.At-left))
	case left > r.at:
		r.fate = fmt.Sprintf("%s, after %s queue and serialisation", words(fate), ms(left-r.at))
	default:
		r.fate = words(fate)
	}
	c.flush()
}

// words say why a packet didn't arrive.
func words(f link.Fate) string {
	switch f {
	case link.Lost:
		return "lost at random"
	case link.Refused:
		return "dropped by the full queue"
	case link.Blacked:
		return "lost in an outage"
	case link.Shed:
		return "dropped by CoDel"
	case link.Corrupted:
		return "came damaged, and was dropped by its checksum"
	case link.Stranded:
		return "lost when the link was taken away"
	}
	return f.String() + " on the link"
}

// flush writes what is decided, up to the first packet that isn't.
func (c *Capture) flush() {
	n := 0
	for ; n < len(c.waiting) && c.waiting[n].fate != ""; n++ {
		c.write(c.waiting[n])
		c.spare = append(c.spare, c.waiting[n])
	}
	if n > 0 {
		c.waiting = append(c.waiting[:0], c.waiting[n:]...)
	}
}

// epoch is the time of day that virtual time 0 stands for.
var epoch = time.Unix(0, 0).UTC()

func (c *Capture) write(r *record) {
	st := &c.stats[r.iface]
	st.PacketsReceived++
	if !r.delivered {
		st.PacketsDropped++
	}
	flags := &pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionInbound}
	if r.up {
		flags.Direction = pcapgo.NgEpbFlagDirectionOutbound
	}
	c.fail(c.w.WritePacketWithOptions(gopacket.CaptureInfo{
		Timestamp: epoch.Add(r.at), InterfaceIndex: r.iface, CaptureLength: len(r.data), Length: r.length,
	}, r.data, pcapgo.NgPacketOptions{Comments: []string{r.fate + r.note}, Flags: flags}))
}

// Close ends the capture and puts it in its place.
func (c *Capture) Close() error {
	for _, r := range c.waiting {
		if r.fate == "" {
			r.fate = "still on its way when the run ended"
		}
	}
	c.flush()
	if c.w == nil && c.err == nil {
		c.describe(pcapgo.NgInterface{Name: "none", Description: "no packet crossed an access link", LinkType: layers.LinkTypeRaw})
	}
	for i := range c.stats {
		c.stats[i].LastUpdate, c.stats[i].EndTime = epoch.Add(c.last), epoch.Add(c.last)
		if c.err == nil {
			c.fail(c.w.WriteInterfaceStats(i, c.stats[i]))
		}
	}
	if c.err == nil {
		c.fail(errors.Join(c.w.Flush(), c.out.Flush()))
	}
	if c.err == nil {
		c.fail(c.file.Chmod(0o644))
	}
	c.fail(c.file.Close())
	if c.err == nil {
		c.fail(os.Rename(c.file.Name(), c.path))
	}
	if c.err != nil {
		os.Remove(c.file.Name())
	}
	return c.err
}

// Abandon takes away a capture that was not closed.
func (c *Capture) Abandon() {
	if c.file.Close() == nil {
		os.Remove(c.file.Name())
	}
}

func ms(d time.Duration) string {
	return fmt.Sprintf("%.3f ms", float64(d)/float64(time.Millisecond))
}
