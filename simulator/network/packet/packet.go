package packet

// Addr is the place of an address in the network's table of addresses.
type Addr uint32

// Endpoint is one end of a TCP connection or UDP exchange.
type Endpoint struct {
	Addr Addr
	Port uint16
}

// Proto is the protocol that an IP packet carries.
type Proto uint8

// Protocols.
const (
	TCP Proto = iota
	UDP
	// ICMP is a message that nobody is at a UDP port: from the datagram's destination
	// to its source, with its ports.
	ICMP
)

// Flags are the flags of a TCP header.
type Flags uint8

// Flags of a TCP header.
const (
	SYN Flags = 1 << iota
	ACK
	FIN
	RST
	PSH
)

// Range is a half-open range of sequence numbers.
type Range struct{ Start, End uint64 }

// MaxSACK is how many SACK blocks fit beside the timestamp option.
// Source: RFC 2018 section 3; fidelity: documented.
const MaxSACK = 3

// Packet is one IP packet. Sequence numbers are 64 bits wide and start at zero for
// each direction's SYN, so they never wrap; windows are in bytes, unscaled.
type Packet struct {
	Src, Dst Endpoint
	Proto    Proto
	Flags    Flags
	SACKs    uint8 // how many of SACK are in use
	Damaged  bool  // on its way: the checksum is wrong
	Bytes    int   // length of the whole IP packet

	Seq, Ack     uint64
	Len          int // payload bytes
	Window       int
	TSVal, TSEcr uint32 // timestamp option, ms
	SACK         [MaxSACK]Range
	Stream       *Stream // the sender's stream, which Seq and Len point into

	Data []byte // UDP payload

	next *Packet
}

// End is the sequence number after the packet: SYN and FIN count as one each.
func (p *Packet) End() uint64 {
	end := p.Seq + uint64(p.Len)
	if p.Flags&(SYN|FIN) != 0 {
		end++
	}
	return end
}

// Pool keeps packets that are not in use. It belongs to one network.
type Pool struct {
	free *Packet
	live int
}

// Get gives a zeroed packet.
func (l *Pool) Get() *Packet {
	l.live++
	p := l.free
	if p == nil {
		return &Packet{}
	}
	l.free = p.next
	*p = Packet{}
	return p
}

// Copy gives another packet of the same contents.
func (l *Pool) Copy(p *Packet) *Packet {
	c := l.Get()
	*c = *p
	c.next = nil
	return c
}

// Put takes back a packet that nobody refers to any more.
func (l *Pool) Put(p *Packet) {
	l.live--
	p.Stream, p.Data = nil, nil
	p.next = l.free
	l.free = p
}

// Live is how many packets are in use: on links, when the network is at rest.
func (l *Pool) Live() int { return l.live }
