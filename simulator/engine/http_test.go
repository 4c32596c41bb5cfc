package engine

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
)

// dialContext is how library code dials over the loopback.
func dialContext(e *Engine, n *loopback, p *Port, port uint16) func(context.Context, string, string) (net.Conn, error) {
	made := 0
	return func(context.Context, string, string) (net.Conn, error) {
		var c *Conn
		err := p.Call(func() {
			made++
			c = NewConn(e.Seam().Port(fmt.Sprintf("%s/conn-%d", p.name, made)), func(h sockets.Handler) sockets.Socket { return n.Dial("server", port, h) })
		})
		if err != nil {
			return nil, err
		}
		if err := c.WaitOpen(); err != nil {
			c.Close()
			return nil, err
		}
		return c, nil
	}
}

func TestHTTPServerAndClient(t *testing.T) {
	var got string
	var took time.Duration
	err := Run(World{Key: Key{"http", 1}, Length: 10 * time.Second}, func(e *Engine) error {
		n := newLoopback(e, 20*time.Millisecond)
		l, err := Listen(e, "http", n, 80)
		if err != nil {
			return err
		}
		served := 0
		control := e.Seam().Port("control")
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if err := control.Call(func() { served++ }); err != nil {
				t.Error(err)
			}
			fmt.Fprintf(w, "%s %d bytes, %d served", r.URL.Path, len(body), served)
		})}
		control.Go(func() { srv.Serve(l) })
		e.OnEnd(func() { srv.Close() })

		client := e.Seam().Port("client")
		client.Go(func() {
			tr := &http.Transport{DialContext: dialContext(e, n, client, 80)}
			defer tr.CloseIdleConnections()
			c := &http.Client{Transport: tr, Timeout: 5 * time.Second}
			for i := range 3 {
				start := time.Now()
				resp, err := c.Post(fmt.Sprintf("http://server/%d", i), "text/plain", io.LimitReader(zeros{}, 300_000))
				if err != nil {
					t.Error(err)
					return
				}
				b, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Error(err)
				}
				resp.Body.Close()
				got, took = string(b), time.Since(start)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got != "/2 300000 bytes, 3 served" {
		t.Errorf("got %q", got)
	}
	if took < 40*time.Millisecond || took > 2*time.Second {
		t.Errorf("the last request took %v", took)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
