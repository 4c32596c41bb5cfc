package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"minilab/simulator"
	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/mediaserver"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/network"
	"minilab/simulator/realnet"
)

type serveCmd struct {
	RTMP    string `name:"rtmp" default:"127.0.0.1:1935" help:"Where to listen for RTMP (127.0.0.1:1935); port 0 takes a free one." placeholder:"HOST:PORT"`
	HTTP    string `name:"http" default:"127.0.0.1:8080" help:"Where to listen for HTTP and WebSockets (127.0.0.1:8080); port 0 takes a free one." placeholder:"HOST:PORT"`
	Network string `help:"A network of the catalogue between clients and server, in real time: each connection has a link of its own, at the network's nominal values." placeholder:"N"`
	Verbose bool   `short:"v" help:"Say on stderr who asked for what: HTTP requests and RTMP connections, when they are over."`
}

// Help says what the flags alone don't.
func (c *serveCmd) Help() string {
	return `The same media server as in the worlds of "run", on real sockets and the real clock: lookup, gateway and telemetry over HTTP, media over RTMP. ` +
		"It prints one line on stdout, \"listening rtmp=HOST:PORT http=HOST:PORT\", when it is ready, and serves until it is interrupted.\n\n" +
		"TLS isn't spoken: point a client's https and wss at the HTTP address in plain, and keep the Host header. Answered are, by host and path,\n\n" +
		"  POST miniapp-1..4.agoraio.cn/appcenter/1-1-1/getWorkerManager/  lookup, 1.1.2 to 2.4.x\n" +
		"  POST miniapp.agoraio.cn/appcenter/getWorkerManager              lookup, before\n" +
		"  POST uap-ap-web-1..4 (.agora.io, .agoraio.cn)/api/v1            lookup, since 2.5.2\n" +
		"  GET  miniapp.agoraio.cn/203-0-113-10/api (and -11)              gateway, a WebSocket\n" +
		"  POST uni-webcollector.agora.io, report-ad.agoralab.co, rest-argus-ad.agoralab.co  telemetry, ignored\n\n" +
		"and by the path alone where the host is an address or localhost. Any App ID is good. The media URLs that the gateway hands out lead to the RTMP address; " +
		"where that is all addresses (0.0.0.0), they name the first one of this machine that isn't loopback.\n\n" +
		"  minilab serve -v &\n" +
		`  curl -d '{"appId":"demo"}' http://127.0.0.1:8080/appcenter/1-1-1/getWorkerManager/`
}

func (c *serveCmd) Run(e *env) error {
	access, err := c.access()
	if err != nil {
		return err
	}
	rtmp, err := listen("--rtmp", c.RTMP)
	if err != nil {
		return err
	}
	defer rtmp.Close()
	web, err := listen("--http", c.HTTP)
	if err != nil {
		return err
	}
	defer web.Close()

	opt := mediaserver.DefaultOptions()
	opt.Channel.Host = reachable(rtmp.Addr())
	opt.Channel.Own = own()
	if access != nil {
		opt.Channel.Binding = channel.Bearer // on the network between, each connection has its own address
	}
	o := realnet.Options{Listeners: map[uint16]net.Listener{mediaserver.PortRTMP: rtmp, mediaserver.PortHTTP: web}}
	var seen func(*http.Request, int)
	if c.Verbose {
		seen = accessLog(e.stderr, &o)
	}
	var real *realnet.Net
	// The seed is drawn, so that no media URL is the same as one of the last time.
	world := engine.World{Key: engine.Key{Scenario: "serve", Seed: rand.Uint64()}}
	err = engine.RunWall(e.ctx, world, func(eng *engine.Engine) error {
		real = realnet.New(eng, o)
		sockets, err := behind(eng, real, access)
		if err != nil {
			return err
		}
		server, err := mediaserver.New(eng, nil, opt, nil)
		if err != nil {
			return err
		}
		if err := server.ListenPlain(sockets, seen); err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.stdout, "listening rtmp=%v http=%v\n", rtmp.Addr(), web.Addr())
		return err
	})
	real.Wait()
	if err == nil {
		err = e.ctx.Err() // the only way out
	}
	return err
}

// access is the link between clients and server; nil is none.
func (c *serveCmd) access() (*network.AccessOptions, error) {
	if c.Network == "" {
		return nil, nil
	}
	return simulator.Access(c.Network)
}

// behind are the sockets that the server gets.
func behind(eng *engine.Engine, real *realnet.Net, access *network.AccessOptions) (sockets.Stack, error) {
	if access == nil {
		return real, nil
	}
	return realnet.NewWeak(eng, real, *access)
}

// listen opens a port, and tells a wrong address from one that can't be had.
func listen(flag, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if n, bad := strconv.Atoi(port); err == nil && (bad != nil || n < 0 || n > 65535) {
		err = fmt.Errorf("port %q is no number up to 65535", port)
	}
	if err == nil && host == "" {
		err = errors.New("no host: 127.0.0.1 for this machine only, 0.0.0.0 for all who can reach it")
	}
	if err != nil {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("%s %s: %v", flag, address, err), Remedy: "give HOST:PORT, such as 127.0.0.1:8080"}
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &exitError{exitInfrastructure, fmt.Errorf("%s: %w; port 0 takes a free one", flag, err)}
	}
	return l, nil
}

// reachable is the address that media URLs name.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	ip := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	for _, other := range own() {
		if other.Is4() && !other.IsLoopback() {
			ip = other
			break
		}
	}
	return net.JoinHostPort(ip.String(), strconv.Itoa(tcp.Port))
}

// own are the addresses of this machine.
func own() (out []netip.Addr) {
	addrs, _ := net.InterfaceAddrs() // without any, there is only the loopback
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, ip.Unmap())
			}
		}
	}
	return out
}

// accessLog writes a line for each HTTP request and each RTMP connection that is over.
func accessLog(w io.Writer, o *realnet.Options) func(*http.Request, int) {
	lines := log.New(w, "", log.Ltime|log.Lmicroseconds)
	o.Ended = func(c realnet.Connection) {
		if c.Port == mediaserver.PortRTMP {
			lines.Printf("%v rtmp %v in %d B out %d B", c.Remote, c.Length.Round(time.Millisecond), c.In, c.Out)
		}
	}
	return func(r *http.Request, status int) {
		lines.Printf("%s http %d %s %s%s", r.RemoteAddr, status, r.Method, r.Host, r.URL.Path)
	}
}
