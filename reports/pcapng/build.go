package pcapng

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"minilab/simulator/network"
	"minilab/simulator/network/packet"
)

const (
	// mss is what a SYN offers: the MTU of 1500 less IP and TCP headers without options.
	// Source: RFC 9293 section 3.7.1; fidelity: documented.
	mss = 1460
	// windowScale is enough for the largest window of the model. A window is rounded up
	// to it. Source: Linux with tcp_rmem of 6 MB; fidelity: documented.
	windowScale = 7
	// ttl: Source: Linux ip_default_ttl; fidelity: documented.
	ttl = 64
	// ipBytes, udpBytes, icmpBytes and plainTCPBytes are headers without options,
	// stampBytes is the timestamp option as Linux aligns it.
	// Source: RFC 791, 768, 792, 9293, 7323; fidelity: documented.
	ipBytes, udpBytes, icmpBytes, plainTCPBytes, stampBytes = 20, 8, 8, 20, 12
)

// builder turns the model's packets into bytes.
type builder struct {
	buf   gopacket.SerializeBuffer
	views [][]byte
	body  []byte
}

func newBuilder() builder { return builder{buf: gopacket.NewSerializeBuffer()} }

// packet appends a packet's bytes to dst, and tells its whole length. It appends less
// where bytes are not known any more: those of a segment that was sent again although
// it had been acknowledged.
func (b *builder) packet(dst []byte, h *network.Host, p *packet.Packet) (data []byte, length int, err error) {
	src, to := h.Address(p.Src).Addr(), h.Address(p.Dst).Addr()
	if !src.Is4() || !to.Is4() {
		return dst, 0, fmt.Errorf("capture of a packet from %v to %v: only IPv4 is written", src, to)
	}
	ip := ipLayer(src, to)
	var top []gopacket.SerializableLayer
	short := 0 // bytes at the end that are not known
	switch p.Proto {
	case packet.TCP:
		t := tcpLayer(p)
		short, err = b.payload(p)
		ip.Protocol = layers.IPProtocolTCP
		top = []gopacket.SerializableLayer{t, gopacket.Payload(b.body)}
		if err == nil {
			err = t.SetNetworkLayerForChecksum(ip)
		}
	case packet.UDP:
		u := &layers.UDP{SrcPort: layers.UDPPort(p.Src.Port), DstPort: layers.UDPPort(p.Dst.Port)}
		ip.Protocol = layers.IPProtocolUDP
		top = []gopacket.SerializableLayer{u, gopacket.Payload(p.Data)}
		err = u.SetNetworkLayerForChecksum(ip)
	case packet.ICMP:
		b.body, short = quote(b.body[:0], src, to, p)
		ip.Protocol = layers.IPProtocolICMPv4
		kind := layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodePort)
		top = []gopacket.SerializableLayer{&layers.ICMPv4{TypeCode: kind}, gopacket.Payload(b.body)}
	}
	if err == nil {
		err = gopacket.SerializeLayers(b.buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
			append([]gopacket.SerializableLayer{ip}, top...)...)
	}
	if err != nil {
		return dst, 0, fmt.Errorf("capture: %w", err)
	}
	all := b.buf.Bytes()
	return append(dst, all[:len(all)-short]...), len(all), nil
}

func ipLayer(src, dst netip.Addr) *layers.IPv4 {
	return &layers.IPv4{Version: 4, IHL: 5, TTL: ttl, Flags: layers.IPv4DontFragment, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
}

// payload puts a segment's bytes into body, and tells how many of them at the end are
// not known any more; zeros stand for them.
func (b *builder) payload(p *packet.Packet) (short int, err error) {
	b.body = b.body[:0]
	if p.Len == 0 {
		return 0, nil
	}
	start := p.Seq - 1
	b.views = p.Stream.View(b.views[:0], start, start+uint64(p.Len))
	for _, v := range b.views {
		b.body = append(b.body, v...)
	}
	if len(b.body) > p.Len {
		return 0, fmt.Errorf("%d bytes of payload, not %d", len(b.body), p.Len)
	}
	short = p.Len - len(b.body)
	b.body = append(b.body, make([]byte, short)...)
	return short, nil
}

// tcpLayer is a segment's header. The model counts sequence numbers from 0 and
// windows in bytes.
func tcpLayer(p *packet.Packet) *layers.TCP {
	has := func(f packet.Flags) bool { return p.Flags&f != 0 }
	t := &layers.TCP{
		SrcPort: layers.TCPPort(p.Src.Port), DstPort: layers.TCPPort(p.Dst.Port), Seq: uint32(p.Seq),
		SYN: has(packet.SYN), ACK: has(packet.ACK), FIN: has(packet.FIN), RST: has(packet.RST), PSH: has(packet.PSH),
	}
	if t.ACK {
		t.Ack = uint32(p.Ack)
	}
	stamp := layers.TCPOption{OptionType: layers.TCPOptionKindTimestamps, OptionLength: 10, OptionData: make([]byte, 8)}
	binary.BigEndian.PutUint32(stamp.OptionData, p.TSVal)
	binary.BigEndian.PutUint32(stamp.OptionData[4:], p.TSEcr)
	pad := layers.TCPOption{OptionType: layers.TCPOptionKindNop, OptionLength: 1}
	if t.SYN {
		t.Window = uint16(min(p.Window, 0xffff))
		t.Options = []layers.TCPOption{
			{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: binary.BigEndian.AppendUint16(nil, mss)},
			{OptionType: layers.TCPOptionKindSACKPermitted, OptionLength: 2}, stamp, pad,
			{OptionType: layers.TCPOptionKindWindowScale, OptionLength: 3, OptionData: []byte{windowScale}},
		}
		return t
	}
	t.Window = uint16(min((p.Window+1<<windowScale-1)>>windowScale, 0xffff))
	if p.Bytes-p.Len < ipBytes+plainTCPBytes+stampBytes {
		return t
	}
	t.Options = []layers.TCPOption{pad, pad, stamp}
	if p.SACKs > 0 {
		var blocks []byte
		for _, r := range p.SACK[:p.SACKs] {
			blocks = binary.BigEndian.AppendUint32(blocks, uint32(r.Start))
			blocks = binary.BigEndian.AppendUint32(blocks, uint32(r.End))
		}
		t.Options = append(t.Options, pad, pad, layers.TCPOption{OptionType: layers.TCPOptionKindSACK, OptionLength: uint8(2 + len(blocks)), OptionData: blocks})
	}
	return t
}

// quote appends what a message about an unheard datagram quotes of it: the headers,
// and zeros for the rest, which is not known.
func quote(dst []byte, src, to netip.Addr, p *packet.Packet) (body []byte, short int) {
	n := p.Bytes - ipBytes - icmpBytes
	ip := ipLayer(to, src)
	ip.Protocol, ip.Length = layers.IPProtocolUDP, uint16(n)
	buf := gopacket.NewSerializeBuffer()
	u := &layers.UDP{SrcPort: layers.UDPPort(p.Dst.Port), DstPort: layers.UDPPort(p.Src.Port), Length: uint16(n - ipBytes)}
	if gopacket.SerializeLayers(buf, gopacket.SerializeOptions{ComputeChecksums: true}, ip) == nil {
		dst = append(dst, buf.Bytes()...)
	}
	if gopacket.SerializeLayers(buf, gopacket.SerializeOptions{}, u) == nil {
		dst = append(dst, buf.Bytes()...)
	}
	short = max(0, n-len(dst))
	return append(dst, make([]byte, short)...), short
}
