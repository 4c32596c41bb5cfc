package rtmp

import (
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	gortmp "github.com/yutopp/go-rtmp"
)

// guarded is a go-rtmp session behind a Guard over a real connection.
type guarded struct {
	net.Conn
	mu      sync.Mutex
	g       *Guard
	library *buffered
}

func (c *guarded) Read(p []byte) (int, error) { return c.library.Read(p) }

func (c *guarded) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(p), c.g.FromLibrary(append([]byte(nil), p...))
}

func (c *guarded) Close() error {
	c.library.Close()
	return c.Conn.Close()
}

func (c *guarded) pump() {
	defer c.Close()
	for {
		p := make([]byte, 4096)
		n, err := c.Conn.Read(p)
		c.mu.Lock()
		bad := c.g.FromPeer(p[:n])
		c.mu.Unlock()
		if err != nil || bad != nil {
			return
		}
	}
}

// recorder keeps what is published and gives it to whoever plays.
type recorder struct {
	mu    sync.Mutex
	media []Message
}

func (r *recorder) connect(conn net.Conn) (io.ReadWriteCloser, *gortmp.ConnConfig) {
	c := &guarded{Conn: conn, library: newBuffered()}
	c.g = NewGuard(GuardOptions{
		ToLibrary: func(p []byte) { c.library.Write(p) },
		ToPeer:    func(p []byte) { conn.Write(p) },
		OnMedia: func(m Message) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.media = append(r.media, m)
		},
		OnEgress: func(cmd Command, _ uint32) {
			if _, code, _ := cmd.Status(); code == "NetStream.Play.Start" {
				r.play(c)
			}
		},
	})
	go c.pump()
	return c, nil
}

// play sends all that was recorded, on a clock that needs extended timestamps.
func (r *recorder) play(c *guarded) {
	const start = 0xffffff - 500
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.media {
		m.CSID = csidVideo
		if m.Type == TypeAudio {
			m.CSID = csidAudio
		}
		one := Chunk(m, 0, guardChunkBytes)
		c.g.SendMedia(&one, m.Timestamp+start)
	}
	c.g.SendMessage(userControl(1, 1)) // stream EOF
	c.g.SendStatus(1, "status", "NetStream.Play.Stop", "Over.")
}

func ffmpeg(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ffmpeg", append([]string{"-nostdin", "-v", "error"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	return string(out)
}

// TestFFmpegPushesAndPlays: a foreign client of each kind works through the guard.
func TestFFmpegPushesAndPlays(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil || testing.Short() {
		t.Skip("needs ffmpeg, and a moment")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var r recorder
	srv := gortmp.NewServer(&gortmp.ServerConfig{OnConnect: r.connect})
	go srv.Serve(l)
	defer srv.Close()
	url := fmt.Sprintf("rtmp://%s/live/room", l.Addr())
	ffmpeg(t, "-f", "lavfi", "-i", "testsrc=d=2:s=320x240:r=15", "-f", "lavfi", "-i", "sine=d=2",
		"-c:v", "flv1", "-c:a", "aac", "-f", "flv", url)
	var want int
	r.mu.Lock()
	for _, m := range r.media {
		if m.Type == TypeVideo || m.Type == TypeAudio && m.Payload[1] == 1 {
			want++
		}
	}
	r.mu.Unlock()
	if want < 30+80 {
		t.Fatalf("%d frames came from ffmpeg", want)
	}
	got := 0
	for _, line := range strings.Split(ffmpeg(t, "-rtmp_live", "live", "-i", url, "-c", "copy", "-copyts", "-f", "framemd5", "-"), "\n") {
		if line != "" && line[0] != '#' {
			got++
		}
	}
	if got != want {
		t.Errorf("ffmpeg played %d frames of %d", got, want)
	}
}
