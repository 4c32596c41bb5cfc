package network

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net"
	"time"

	"github.com/pion/transport/v2"
)

// datagrams is the UDP half of the program, as far as vnet can run it too.
func datagrams(s *transcript, p place) {
	server, err := p.server.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero})
	if err != nil {
		s.add("listen: %v", err)
		return
	}
	port := server.LocalAddr().(*net.UDPAddr).Port
	to, err := p.client.ResolveUDPAddr("udp4", fmt.Sprintf("%s:%d", p.name, port))
	if err != nil {
		s.add("resolve: %v", err)
		return
	}
	s.add("resolved: %v", to.Port == port)
	client, err := p.client.ListenPacket("udp4", "0.0.0.0:0")
	if err != nil {
		s.add("listen: %v", err)
		return
	}
	go echoPackets(server)
	buf := make([]byte, 2000)
	for _, text := range []string{"hello", "", "bye"} {
		n, err := client.WriteTo([]byte(text), to)
		s.add("wrote %d, %s", n, outcome(err))
		n, from, err := client.ReadFrom(buf)
		s.add("echo %q %s from the peer: %v", buf[:n], outcome(err), err == nil && from.String() == to.String())
	}
	from := time.Now()
	client.SetReadDeadline(from.Add(50 * time.Millisecond))
	_, _, err = client.ReadFrom(buf)
	took := time.Since(from)
	s.add("read without data: %s, in time %v", outcome(err), took >= 50*time.Millisecond && took < 5*time.Second)
	client.SetReadDeadline(time.Time{})
	time.AfterFunc(30*time.Millisecond, func() { client.Close() })
	_, _, err = client.ReadFrom(buf)
	s.add("closed while reading: %s", outcome(err))

	conn, err := p.client.Dial("udp4", to.String())
	if err != nil {
		s.add("dial: %v", err)
		return
	}
	s.add("connected: %v", conn.RemoteAddr().String() == to.String())
	manyPackets(s, conn)
	s.add("closing: %s", outcome(conn.Close()))
	at := server.LocalAddr().(*net.UDPAddr)
	_, err = p.server.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero, Port: at.Port})
	s.add("port in use: failed %v", err != nil)
	s.add("closing: %s, again: failed %v", outcome(server.Close()), server.Close() != nil)
	again, err := p.server.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero, Port: at.Port})
	s.add("port free again: %s", outcome(err))
	if err == nil {
		again.Close()
	}
	_, err = p.server.ListenUDP("tcp", nil)
	s.add("not UDP: failed %v", err != nil)
}

func echoPackets(c transport.UDPConn) {
	b := make([]byte, 1<<16)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		c.WriteTo(b[:n], from)
	}
}

// manyPackets sends 2 MB in datagrams of 1200 bytes, 16 under way at a time, and
// hashes the echo.
func manyPackets(s *transcript, c net.Conn) {
	const count, window = 1700, 16
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	sum := sha256.New()
	packet, buf := make([]byte, 1200), make([]byte, 2000)
	sent, ordered := uint32(0), true
	for got := range uint32(count) {
		for ; sent < min(got+window, count); sent++ {
			binary.BigEndian.PutUint32(packet, sent)
			packet[100] = byte(sent * sent)
			if _, err := c.Write(packet); err != nil {
				s.add("write: %s", outcome(err))
				return
			}
		}
		n, err := c.Read(buf)
		if err != nil {
			s.add("read %d: %s", got, outcome(err))
			return
		}
		ordered = ordered && binary.BigEndian.Uint32(buf) == got
		sum.Write(buf[:n])
	}
	s.add("%d packets in order %v, %x", count, ordered, sum.Sum(nil)[:8])
}

func kernelDatagrams(s *transcript, p place) {
	server, err := p.server.ListenUDP("udp4", nil)
	if err != nil {
		s.add("listen: %v", err)
		return
	}
	port := server.LocalAddr().(*net.UDPAddr).Port
	to, _ := p.client.ResolveUDPAddr("udp4", fmt.Sprintf("%s:%d", p.name, port))
	client, err := p.client.DialUDP("udp4", nil, to)
	if err != nil {
		s.add("dial: %v", err)
		return
	}
	defer client.Close()
	client.SetReadDeadline(time.Now().Add(5 * time.Second))
	go echoPackets(server)

	client.Write([]byte("long text"))
	b := make([]byte, 4)
	n, err := client.Read(b)
	s.add("cut off: %q %s", b[:n], outcome(err))
	client.Write([]byte("long text"))
	n, oob, flags, from, err := client.ReadMsgUDP(b, nil)
	s.add("message: %q %d cut off %v %v %s", b[:n], oob, flags&0x20 != 0, from.String() == to.String(), outcome(err))
	n, oob, err = client.WriteMsgUDP([]byte("m"), nil, nil)
	s.add("wrote %d %d %s", n, oob, outcome(err))
	n, from, err = client.ReadFromUDP(b)
	s.add("read %q %v %s", b[:n], from.String() == to.String(), outcome(err))
	_, err = client.WriteTo([]byte("x"), to)
	s.add("address on a connected socket: failed %v", err != nil)
	_, err = server.Write([]byte("x"))
	s.add("no address on another: failed %v", err != nil)
	_, err = server.WriteTo([]byte("x"), &net.TCPAddr{})
	s.add("wrong kind of address: failed %v", err != nil)
	big := make([]byte, 65507)
	n, err = client.Write(big)
	s.add("longest: %d %s", n, outcome(err))
	n, err = client.Read(big)
	s.add("its echo: %d %s", n, outcome(err))
	_, err = client.Write(make([]byte, 65508))
	s.add("longer: %s", outcome(err))
	s.add("buffers: %s %s", outcome(client.SetReadBuffer(4096)), outcome(client.SetWriteBuffer(4096)))
	server.Close()
	client.Write([]byte("anybody?"))
	_, err = client.Read(b)
	s.add("nobody: %s", outcome(err))

	other, err := p.client.ListenUDP("udp4", nil)
	if err != nil {
		s.add("listen: %v", err)
		return
	}
	other.WriteTo([]byte("anybody?"), to)
	other.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	_, _, err = other.ReadFrom(b)
	s.add("an unconnected socket isn't told: %s", outcome(err))
	full(s, p, other)
}

// full sends more than a small receive queue takes while nobody reads.
func full(s *transcript, p place, c transport.UDPConn) {
	defer c.Close()
	c.SetReadBuffer(8192)
	port := c.LocalAddr().(*net.UDPAddr).Port
	self, err := p.client.Dial("udp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		s.add("dial oneself: %v", err)
		return
	}
	defer self.Close()
	for range 100 {
		self.Write(make([]byte, 1000))
	}
	time.Sleep(50 * time.Millisecond)
	got := 0
	c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	for {
		if _, _, err = c.ReadFrom(make([]byte, 2000)); err != nil {
			break
		}
		got++
	}
	s.add("queue overflowed: %v, %s", got >= 2 && got < 50, outcome(err))
}
