package commands

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// served is a running minilab serve.
type served struct {
	cmd        *exec.Cmd
	rtmp, http string
	stderr     *safeBuffer
	done       chan struct{} // closed when it has ended
}

// safeBuffer may be read while it is written to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serve starts the server on free ports; it is interrupted when the spec is over.
func serve(args ...string) *served {
	GinkgoHelper()
	s := &served{stderr: &safeBuffer{}, done: make(chan struct{})}
	s.cmd = exec.Command(binary, append([]string{"serve", "--rtmp", "127.0.0.1:0", "--http", "127.0.0.1:0"}, args...)...)
	s.cmd.Stderr = s.stderr
	stdout, err := s.cmd.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(s.cmd.Start()).To(Succeed())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	Expect(err).NotTo(HaveOccurred(), s.stderr.String())
	_, err = fmt.Sscanf(line, "listening rtmp=%s http=%s\n", &s.rtmp, &s.http)
	Expect(err).NotTo(HaveOccurred(), line)
	go func() {
		defer close(s.done)
		_ = s.cmd.Wait() // its exit code says more
	}()
	DeferCleanup(func() { s.stop() })
	return s
}

// stop interrupts the server and says how long it took to end, and its exit code.
func (s *served) stop() (took time.Duration, code int) {
	GinkgoHelper()
	begin := time.Now()
	_ = s.cmd.Process.Signal(os.Interrupt) // it may have ended
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
		Fail("the server doesn't end")
	}
	return time.Since(begin), s.cmd.ProcessState.ExitCode()
}

// post asks the server as if it were a host of that name.
func (s *served) post(host, path, body string) (status int, answer string) {
	GinkgoHelper()
	r, err := http.NewRequest(http.MethodPost, "http://"+s.http+path, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	r.Host = host
	resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(r)
	Expect(err).NotTo(HaveOccurred())
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	Expect(err).NotTo(HaveOccurred())
	return resp.StatusCode, string(b)
}

// caller is a member of a channel: a client of the protocol over a real WebSocket.
type caller struct {
	ws   *websocket.Conn
	uid  uint32
	room string
	next int
	told []string // stream-added 7, ...
}

// gatewayAnswer is what these specs read of a gateway's messages.
type gatewayAnswer struct {
	Command        string
	RequestID      int `json:"requestId"`
	Code           int
	ServerResponse struct{ URL string }
	ServerStatus   struct {
		Action string
		UID    uint32
	}
}

// enter looks up the gateways and joins.
func (s *served) enter(room string, uid uint32, role string) *caller {
	GinkgoHelper()
	status, body := s.post("miniapp-2.agoraio.cn", "/appcenter/1-1-1/getWorkerManager/",
		fmt.Sprintf(`{"command":"convergeAllocateEdge","appId":"demo","cname":%q,"uid":"%d","version":"1.1.0"}`, room, uid))
	Expect(status).To(Equal(http.StatusOK))
	var list struct {
		Code    int
		Servers []struct{ Address string }
	}
	Expect(json.Unmarshal([]byte(body), &list)).To(Succeed(), body)
	Expect(list.Code).To(Equal(200))
	Expect(list.Servers).NotTo(BeEmpty())
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	path := "/" + strings.ReplaceAll(list.Servers[0].Address, ".", "-") + "/api"
	ws, _, err := websocket.Dial(ctx, "ws://"+s.http+path, &websocket.DialOptions{Host: "miniapp.agoraio.cn"})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(ws.CloseNow)
	c := &caller{ws: ws, uid: uid, room: room, next: 3}
	Expect(c.ask(`{"action":"join","role":%q,"appId":"demo","channel_name":%q,"uid":"%d","news":{"of":"tomorrow"}}`, role, room, uid).Code).To(Equal(200))
	return c
}

// ask sends a request and reads up to its answer.
func (c *caller) ask(format string, args ...any) gatewayAnswer {
	GinkgoHelper()
	id := c.next
	c.next++
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	Expect(c.ws.Write(ctx, websocket.MessageText, fmt.Appendf(nil,
		`{"appId":"demo","cname":%q,"uid":"%d","sid":"S%d","sdkVersion":"1.1.0","seq":%d,"requestId":%d,"ts":1,"clientRequest":%s}`,
		c.room, c.uid, c.uid, id-1, id, fmt.Sprintf(format, args...)))).To(Succeed())
	for {
		if a := c.read(ctx); a.RequestID == id {
			return a
		}
	}
}

func (c *caller) read(ctx context.Context) gatewayAnswer {
	GinkgoHelper()
	_, data, err := c.ws.Read(ctx)
	Expect(err).NotTo(HaveOccurred())
	var a gatewayAnswer
	Expect(json.Unmarshal(data, &a)).To(Succeed(), string(data))
	if a.Command == "serverStatus" {
		c.told = append(c.told, fmt.Sprint(a.ServerStatus.Action, " ", a.ServerStatus.UID))
	}
	return a
}

// hears waits until the server has said that.
func (c *caller) hears(what string) {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		for _, t := range c.told {
			if t == what {
				return
			}
		}
		c.read(ctx)
	}
}

// push has ffmpeg push the recording to a URL, for ever; it ends with the spec or when
// the server ends the connection.
func push(url string) *exec.Cmd {
	GinkgoHelper()
	cmd := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", "../../fixtures/clips/lobby.flv", "-c", "copy", "-f", "flv", url)
	Expect(cmd.Start()).To(Succeed())
	DeferCleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	return cmd
}

// streams are the kinds of streams that ffprobe sees at a URL within that time.
func streams(url string, patience time.Duration) []string {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, _ := exec.CommandContext(ctx, "ffprobe", "-v", "error", "-analyzeduration", "1000000", "-show_entries", "stream=codec_type", "-of", "csv=p=0", url).Output()
	return strings.Fields(string(out))
}
