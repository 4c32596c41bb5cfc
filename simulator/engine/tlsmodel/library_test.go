package tlsmodel

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
)

// TestUnderLibrary has net/http serve and ask through Sockets.
func TestUnderLibrary(t *testing.T) {
	var body string
	var took time.Duration
	w := &wire{piece: 1448}
	err := engine.Run(engine.World{Length: time.Minute}, func(e *engine.Engine) error {
		w.p = e.Proc("wire")
		l, err := engine.Listen(e, "https", Sockets(w), 443)
		if err != nil {
			return err
		}
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.Host+strings.Repeat("!", 50_000))
		})}
		e.Seam().Port("server").Go(func() { srv.Serve(l) })
		e.OnEnd(func() { srv.Close() })

		p := e.Seam().Port("client")
		c := engine.NewConn(p, func(h sockets.Handler) sockets.Socket { return Sockets(w).Dial("host", 443, h) })
		p.Go(func() {
			start := time.Now()
			if err := c.WaitOpen(); err != nil {
				t.Error(err)
			}
			body, err = get(c)
			if err != nil {
				t.Error(err)
			}
			took = time.Since(start)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if body != "host"+strings.Repeat("!", 50_000) {
		t.Errorf("%d bytes came", len(body))
	}
	// TCP, two round trips of TLS, the request's: 400 ms and a few wake-ups.
	if took < 8*delay || took > 8*delay+30*time.Millisecond {
		t.Errorf("took %v", took)
	}
	if got := w.ends[1].sent; got < 50_000+3600+51+4*29 || got > 52_000+3600 {
		t.Errorf("the server sent %d bytes", got)
	}
}

func get(c net.Conn) (string, error) {
	r, err := http.NewRequestWithContext(context.Background(), "GET", "http://host/", nil)
	if err != nil {
		return "", err
	}
	if err := r.Write(c); err != nil {
		return "", err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}
