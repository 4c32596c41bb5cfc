package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// serving runs serve in this process until visit has returned, and sees that it ends in
// time with nothing left of it.
func serving(t *testing.T, args []string, visit func(rtmp, web string)) {
	t.Helper()
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	var stderr bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve", "--rtmp", "127.0.0.1:0", "--http", "127.0.0.1:0"}, args...), w, &stderr)
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: exit %d, %s", err, <-ended, stderr.String())
	}
	var rtmp, web string
	if _, err := fmt.Sscanf(line, "listening rtmp=%s http=%s\n", &rtmp, &web); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	visit(rtmp, web)
	cancel()
	begin := time.Now()
	if code := <-ended; code != exitInterrupted || stderr.String() != "minilab: interrupted\n" {
		t.Errorf("exit %d, %s", code, stderr.String())
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("it took %v to end", took)
	}
	for range 300 { // library goroutines learn of the end from their connections
		if runtime.NumGoroutine() <= before+1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b := make([]byte, 1<<20)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, b[:runtime.Stack(b, true)])
}

func TestServeLeavesNothingBehind(t *testing.T) {
	for name, args := range map[string][]string{"near": nil, "weak": {"--network", "4g"}} {
		t.Run(name, func(t *testing.T) {
			serving(t, args, func(rtmp, web string) {
				for i := range 20 {
					c, err := net.Dial("tcp", rtmp)
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close()
					if i%2 == 0 { // a handshake, and then nothing
						_, _ = c.Write(append([]byte{3}, make([]byte, 1536)...))
						_, _ = io.ReadFull(c, make([]byte, 1537))
					}
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					defer cancel()
					ws, resp, err := websocket.Dial(ctx, "ws://"+web+"/203-0-113-11/api", &websocket.DialOptions{Host: "miniapp.agoraio.cn"})
					if err != nil {
						t.Fatal(err)
					}
					if resp.StatusCode != http.StatusSwitchingProtocols {
						t.Errorf("HTTP %d", resp.StatusCode)
					}
					defer ws.CloseNow()
					join := fmt.Sprintf(`{"requestId":3,"clientRequest":{"action":"join","appId":"a","channel_name":"room","uid":"%d","role":"audience"}}`, i+1)
					if err := ws.Write(ctx, websocket.MessageText, []byte(join)); err != nil {
						t.Fatal(err)
					}
					if _, answer, err := ws.Read(ctx); err != nil || !strings.Contains(string(answer), `"code":200`) {
						t.Errorf("join: %s, %v", answer, err)
					}
				}
				h, err := net.Dial("tcp", web) // half a request
				if err != nil {
					t.Fatal(err)
				}
				defer h.Close()
				_, _ = io.WriteString(h, "POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
			})
		})
	}
}

// Who sends too much at once reads why its socket ends, however much it still sends.
func TestServeTellsWhyASocketEnds(t *testing.T) {
	serving(t, nil, func(_, web string) {
		for _, size := range []int{40 << 10, 200 << 10, 4 << 20} {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			ws, _, err := websocket.Dial(ctx, "ws://"+web+"/203-0-113-10/api", nil)
			if err != nil {
				t.Fatal(err)
			}
			sent := ws.Write(ctx, websocket.MessageText, bytes.Repeat([]byte("x"), size))
			if _, _, err := ws.Read(ctx); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
				t.Errorf("%d bytes: %v, %v", size, sent, err)
			}
			cancel()
			ws.CloseNow()
		}
	})
}

// A mistake is told before any port is opened.
func TestServeMistakes(t *testing.T) {
	for args, want := range map[string]string{
		"--http 127.0.0.1":                   "missing port",
		"--rtmp 127.0.0.1:70000":             "no number up to 65535",
		"--rtmp :0":                          "no host",
		"--network 3g-lost --rtmp nonsense":  `did you mean "3g-lossy"`,
		"--rtmp 127.0.0.1:0 --http nonsense": "HOST:PORT",
	} {
		if code, stdout, stderr := minilab(t, append([]string{"serve"}, strings.Fields(args)...)...); code != exitUsage || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("serve %s: exit %d, %s%s", args, code, stdout, stderr)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if code, _, stderr := minilab(t, "serve", "--rtmp", "127.0.0.1:0", "--http", taken.Addr().String()); code != exitInfrastructure || !strings.Contains(stderr, "--http") {
		t.Errorf("a port that is taken: exit %d, %s", code, stderr)
	}
	var lost bytes.Buffer
	if code := run(t.Context(), []string{"serve", "--rtmp", "127.0.0.1:0", "--http", "127.0.0.1:0"}, full{}, &lost); code != exitInfrastructure || lost.String() != "minilab: no space left\n" {
		t.Errorf("a line that is lost: exit %d, %s", code, lost.String())
	}
}

func TestReachable(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 1935} }
	if got := reachable(tcp("127.0.0.1")); got != "127.0.0.1:1935" {
		t.Error(got)
	}
	if got := reachable(tcp("::1")); got != "[::1]:1935" {
		t.Error(got)
	}
	for _, all := range []string{"0.0.0.0", "::"} {
		host, port, err := net.SplitHostPort(reachable(tcp(all)))
		ip, _ := netip.ParseAddr(host)
		if err != nil || port != "1935" || !ip.IsValid() || ip.IsUnspecified() || !ip.IsLoopback() && !slices.Contains(own(), ip) {
			t.Errorf("%s leads to %s:%s, %v", all, host, port, err)
		}
	}
}
