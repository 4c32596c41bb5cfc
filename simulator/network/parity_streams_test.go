package network

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/pion/transport/v2"
)

// session is a TCP connection of a program, both ends.
type session struct{ client, server transport.TCPConn }

func (s session) close() {
	s.client.Close()
	s.server.Close()
}

// streams is the TCP half of the program.
func streams(s *transcript, p place) {
	l, err := p.server.ListenTCP("tcp4", nil)
	if err != nil {
		s.add("listen: %v", err)
		return
	}
	port := l.Addr().(*net.TCPAddr).Port
	address := net.JoinHostPort(p.name, fmt.Sprint(port))
	open := func() session {
		c, err := p.client.Dial("tcp4", address)
		if err != nil {
			s.add("dial: %v", err)
			panic(err)
		}
		a, err := l.AcceptTCP()
		if err != nil {
			s.add("accept: %v", err)
			panic(err)
		}
		return session{c.(transport.TCPConn), a}
	}
	for _, part := range []func(*transcript, session){
		echo, addresses, readDeadline, writeDeadline, halfClose, serverFirst, clientFirst, lateWrite, closeWhileReading, closeUnread, lingerZero, closeRead, options, big,
	} {
		part(s, open())
	}
	listeners(s, p, l)
	dialing(s, p)
}

func echo(s *transcript, c session) {
	defer c.close()
	go io.Copy(c.server, c.server)
	n, err := c.client.Write([]byte("hello"))
	s.add("wrote %d, %s", n, outcome(err))
	b := make([]byte, 5)
	n, err = io.ReadFull(c.client, b)
	s.add("echo %q, %s", b[:n], outcome(err))
	n, err = c.client.Read(nil)
	s.add("empty read %d, %s", n, outcome(err))
}

func addresses(s *transcript, c session) {
	defer c.close()
	s.add("ends match: %v %v", c.client.LocalAddr().String() == c.server.RemoteAddr().String(), c.client.RemoteAddr().String() == c.server.LocalAddr().String())
	s.add("network %s", c.client.LocalAddr().Network())
}

func readDeadline(s *transcript, c session) {
	defer c.close()
	from := time.Now()
	c.client.SetReadDeadline(from.Add(50 * time.Millisecond))
	_, err := c.client.Read(make([]byte, 1))
	took := time.Since(from)
	s.add("read without data: %s, in time %v", outcome(err), took >= 50*time.Millisecond && took < 5*time.Second)
	_, err = c.client.Read(make([]byte, 1))
	s.add("again: %s", outcome(err))
	c.server.Write([]byte("x"))
	c.client.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, err := c.client.Read(make([]byte, 9))
	s.add("with data: %d %s", n, outcome(err))
	c.client.SetReadDeadline(time.Unix(1, 0))
	_, err = c.client.Read(make([]byte, 9))
	s.add("in the past: %s", outcome(err))
}

func writeDeadline(s *transcript, c session) {
	defer c.close()
	c.client.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
	n, err := c.client.Write(make([]byte, 64<<20)) // nobody reads
	s.add("write into a full pipe: some %v, %s", n > 0 && n < 64<<20, outcome(err))
}

func halfClose(s *transcript, c session) {
	defer c.close()
	go func() {
		all, err := io.ReadAll(c.server)
		fmt.Fprintf(c.server, "got %q %s", all, outcome(err))
		c.server.Close()
	}()
	c.client.Write([]byte("request"))
	s.add("close write: %s", outcome(c.client.CloseWrite()))
	_, err := c.client.Write([]byte("more"))
	s.add("write after it: %s", outcome(err))
	all, err := io.ReadAll(c.client)
	s.add("answer %q %s", all, outcome(err))
}

func serverFirst(s *transcript, c session) {
	c.server.Write([]byte("bye"))
	s.add("server closes: %s", outcome(c.server.Close()))
	all, err := io.ReadAll(c.client)
	s.add("client read %q %s", all, outcome(err))
	s.add("client closes: %s, again: %s", outcome(c.client.Close()), outcome(c.client.Close()))
}

func clientFirst(s *transcript, c session) {
	c.client.Write([]byte("bye"))
	s.add("client closes: %s", outcome(c.client.Close()))
	all, err := io.ReadAll(c.server)
	s.add("server read %q %s", all, outcome(err))
	_, err = c.client.Write([]byte("x"))
	s.add("client writes after its close: %s", outcome(err))
	s.add("server closes: %s", outcome(c.server.Close()))
}

// lateWrite: the peer is gone; the first write is answered by a reset, and then the
// connection is broken.
func lateWrite(s *transcript, c session) {
	defer c.close()
	c.server.Close()
	_, err := c.client.Read(make([]byte, 1))
	s.add("peer closed: %s", outcome(err))
	_, err = c.client.Write([]byte("x"))
	s.add("first write: %s", outcome(err))
	for range 100 {
		time.Sleep(20 * time.Millisecond)
		if _, err = c.client.Write([]byte("x")); err != nil {
			break
		}
	}
	o := outcome(err)
	s.add("later: broken %v", o == "broken pipe" || o == "connection reset by peer")
}

func closeWhileReading(s *transcript, c session) {
	defer c.close()
	time.AfterFunc(30*time.Millisecond, func() { c.client.Close() })
	_, err := c.client.Read(make([]byte, 1))
	s.add("closed while reading: %s", outcome(err))
}

func closeUnread(s *transcript, c session) {
	defer c.close()
	c.client.Write([]byte("nobody reads this"))
	time.Sleep(100 * time.Millisecond)
	c.server.Close()
	_, err := c.client.Read(make([]byte, 1))
	s.add("peer closed without reading: %s", outcome(err))
}

func lingerZero(s *transcript, c session) {
	defer c.close()
	s.add("linger: %s %s", outcome(c.client.SetLinger(5)), outcome(c.client.SetLinger(0)))
	c.client.Close()
	_, err := c.server.Read(make([]byte, 1))
	s.add("reset: %s", outcome(err))
}

func closeRead(s *transcript, c session) {
	defer c.close()
	time.AfterFunc(30*time.Millisecond, func() { c.client.CloseRead() })
	_, err := c.client.Read(make([]byte, 1))
	s.add("reading side closed: %s", outcome(err))
	_, err = c.client.Write([]byte("still"))
	s.add("write: %s", outcome(err))
	b := make([]byte, 5)
	_, err = io.ReadFull(c.server, b)
	s.add("peer read %q %s", b, outcome(err))
}

func options(s *transcript, c session) {
	s.add("options: %s %s %s %s %s", outcome(c.client.SetNoDelay(false)), outcome(c.client.SetNoDelay(true)), outcome(c.client.SetReadBuffer(1<<16)), outcome(c.client.SetWriteBuffer(1<<16)), outcome(c.client.SetKeepAlive(true)))
	c.close()
	s.add("after close: %s %s %s %s", outcome(c.client.SetNoDelay(true)), outcome(c.client.SetDeadline(time.Time{})), outcome(c.client.CloseWrite()), outcome(c.client.SetLinger(0)))
}

// big sends 4 MB each way at once, one of them by ReadFrom.
func big(s *transcript, c session) {
	defer c.close()
	const size = 4 << 20
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i * i >> 7)
	}
	receive := func(c transport.TCPConn, sum chan string) {
		h := sha256.New()
		n, err := io.Copy(h, c)
		sum <- fmt.Sprintf("%d %x %s", n, h.Sum(nil)[:8], outcome(err))
	}
	up, down := make(chan string, 1), make(chan string, 1)
	go receive(c.server, up)
	go receive(c.client, down)
	go func() {
		c.server.Write(data)
		c.server.CloseWrite()
	}()
	n, err := c.client.ReadFrom(bytes.NewReader(data))
	s.add("read from: %d %s", n, outcome(err))
	c.client.CloseWrite()
	s.add("up %s", <-up)
	s.add("down %s", <-down)
}

func listeners(s *transcript, p place, l transport.TCPListener) {
	from := time.Now()
	l.SetDeadline(from.Add(40 * time.Millisecond))
	_, err := l.Accept()
	s.add("nobody comes: %s, in time %v", outcome(err), time.Since(from) >= 40*time.Millisecond)
	at := l.Addr().(*net.TCPAddr)
	_, err = p.server.ListenTCP("tcp4", &net.TCPAddr{Port: at.Port})
	s.add("port in use: %s", outcome(err))
	l.SetDeadline(time.Time{})
	closed := make(chan error, 1)
	time.AfterFunc(30*time.Millisecond, func() { closed <- l.Close() })
	_, err = l.Accept()
	s.add("closed while accepting: %s, close: %s", outcome(err), outcome(<-closed))
	_, err = p.client.Dial("tcp4", net.JoinHostPort(p.name, fmt.Sprint(at.Port)))
	s.add("nobody listens: %s", outcome(err))
	again, err := p.server.ListenTCP("tcp4", &net.TCPAddr{Port: at.Port})
	s.add("port free again: %s", outcome(err))
	if err == nil {
		s.add("close: %s, again: %s", outcome(again.Close()), outcome(again.Close()))
	}
	_, err = p.server.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)})
	s.add("another's address: %s", outcome(err))
	_, err = p.server.ListenTCP("udp", nil)
	s.add("not TCP: %s", outcome(err))
}

func dialing(s *transcript, p place) {
	only, err := p.server.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		s.add("listen: %v", err)
		return
	}
	defer only.Close()
	c, err := p.server.CreateDialer(&net.Dialer{Timeout: time.Second}).Dial("tcp", only.Addr().String())
	s.add("dial oneself: %s", outcome(err))
	if err == nil {
		s.add("loopback: %v %v", c.LocalAddr().(*net.TCPAddr).IP.IsLoopback(), c.RemoteAddr().String() == only.Addr().String())
		c.Close()
	}
	free, err := p.server.ListenTCP("tcp4", nil)
	if err != nil {
		s.add("listen: %v", err)
		return
	}
	from := &net.TCPAddr{Port: free.Addr().(*net.TCPAddr).Port}
	free.Close()
	c, err = p.server.CreateDialer(&net.Dialer{LocalAddr: from}).Dial("tcp4", only.Addr().String())
	s.add("from a port: %s", outcome(err))
	if err == nil {
		s.add("that port: %v", c.LocalAddr().(*net.TCPAddr).Port == from.Port)
		_, err = p.server.DialTCP("tcp4", from, only.Addr().(*net.TCPAddr))
		s.add("the same ends again: failed %v", err != nil)
		c.Close()
	}
	_, err = p.server.CreateDialer(&net.Dialer{LocalAddr: &net.UDPAddr{}}).Dial("tcp4", only.Addr().String())
	s.add("from another kind of address: failed %v", err != nil)
	_, err = p.client.CreateDialer(&net.Dialer{Deadline: time.Unix(1, 0)}).Dial("tcp4", "192.0.2.1:9")
	s.add("too late: %s", outcome(err))
	_, err = p.client.Dial("tcp5", "127.0.0.1:1")
	s.add("no such network: %s", outcome(err))
	_, err = p.client.DialTCP("tcp", nil, nil)
	s.add("nowhere: failed %v", err != nil)
	a, err := p.client.ResolveTCPAddr("tcp4", p.name+":http")
	s.add("resolve: %s %v", outcome(err), err == nil && a.Port == 80 && a.IP != nil)
	_, err = p.client.ResolveTCPAddr("tcp6", "127.0.0.1:80")
	s.add("IPv4 as IPv6: failed %v", err != nil)
	i, err := p.client.ResolveIPAddr("ip4", p.name)
	s.add("resolve IP: %s %v", outcome(err), err == nil && i.IP.To4() != nil)
	lo, err := p.client.InterfaceByIndex(1)
	s.add("loopback interface: %s %v", outcome(err), err == nil && lo.Flags&net.FlagLoopback != 0)
	_, err = p.client.InterfaceByName("none")
	s.add("no such interface: failed %v", err != nil)
}
