package mediaserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"minilab/simulator/mediaserver/lookup"
)

// request is what came of one HTTP request of a test.
type request struct {
	status int
	body   string
	err    error
	took   time.Duration
}

// post asks over HTTPS, for that long at most.
func (m *member) post(url, body string, patience time.Duration) request {
	tr := m.w.transport(m.port)
	defer tr.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	begin := time.Now()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return request{err: err}
	}
	resp, err := (&http.Client{Transport: tr}).Do(q)
	if err != nil {
		return request{err: err, took: time.Since(begin)}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return request{resp.StatusCode, string(b), err, time.Since(begin)}
}

// on has the loop do something, as a script would.
func (m *member) on(f func() error) {
	_ = m.port.Call(func() {
		if err := f(); err != nil {
			m.w.t.Error(err)
		}
	})
}

func TestLookupDomainsFail(t *testing.T) {
	run(t, 10*time.Minute, 1, nil, func(w *world) {
		w.member(1, 0, func(m *member) {
			ask := func(domain string) request {
				return m.post("https://"+domain+lookup.Path, `{"appId":"app"}`, 70*time.Second)
			}
			set := func(f lookup.Fault) { m.on(func() error { return w.s.setLookup(lookup.Domains[0], f) }) }
			set(lookup.Fault{Kind: lookup.Slow, Delay: 25 * time.Second}) // longer than any time-out of the server's own
			if r := ask(lookup.Domains[0]); r.status != 200 || r.took < 25*time.Second || r.took > 26*time.Second {
				t.Errorf("slow: %+v", r)
			}
			set(lookup.Fault{Kind: lookup.Silent})
			if r := ask(lookup.Domains[0]); !errors.Is(r.err, context.DeadlineExceeded) || r.took != 70*time.Second {
				t.Errorf("silent: %+v", r)
			}
			if r := ask(lookup.Domains[1]); r.status != 200 || r.took > time.Second {
				t.Errorf("the next one: %+v", r)
			}
			set(lookup.Fault{Kind: lookup.Error, Code: 503, Reason: "no channel"})
			if r := ask(lookup.Domains[0]); r.status != 200 || r.body != `{"code":503,"reason":"no channel","error":"no channel"}` {
				t.Errorf("error: %+v", r)
			}
			set(lookup.Fault{Kind: lookup.None})
			if r := ask(lookup.Domains[0]); r.status != 200 || r.took > time.Second || r.body == `{"code":503,"reason":"no channel","error":"no channel"}` {
				t.Errorf("well again: %+v", r)
			}
			m.on(func() error {
				w.s.setTelemetry(true)
				return nil
			})
			if r := m.post("https://uni-webcollector.agora.io/report", "[]", 20*time.Second); !errors.Is(r.err, context.DeadlineExceeded) {
				t.Errorf("telemetry that is down: %+v", r)
			}
			m.on(func() error {
				w.s.setTelemetry(false)
				return nil
			})
			if r := m.post("https://uni-webcollector.agora.io/report", "[]", 20*time.Second); r.status != 200 {
				t.Errorf("telemetry: %+v", r)
			}
		})
	})
}

func TestGatewaysThatDoNotOpen(t *testing.T) {
	run(t, 5*time.Minute, 1, nil, func(w *world) {
		w.member(1, 0, func(m *member) {
			dial := func(number int) (status int, err error) {
				tr := w.transport(m.port)
				defer tr.CloseIdleConnections()
				ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
				defer cancel()
				ws, resp, err := websocket.Dial(ctx, "wss://"+lookup.GatewayDomain+lookup.GatewayPath(w.s.o.Gateways[number-1]),
					&websocket.DialOptions{HTTPClient: &http.Client{Transport: tr}})
				if err == nil {
					ws.CloseNow()
				}
				if resp != nil {
					status = resp.StatusCode
				}
				return status, err
			}
			set := func(number int, fault string) { m.on(func() error { return w.s.setGateway(number, fault) }) }
			for i, step := range []struct {
				number int
				fault  string
				want   [2]string // of gateways 1 and 2
			}{
				{1, gatewaySilent, [2]string{"silent", "opens"}},
				{2, gatewayRefuses, [2]string{"silent", "503"}},
				{0, gatewaySilent, [2]string{"silent", "silent"}},
				{1, gatewayOpens, [2]string{"opens", "silent"}},
				{0, gatewayOpens, [2]string{"opens", "opens"}},
			} {
				set(step.number, step.fault)
				for n, want := range step.want {
					status, err := dial(n + 1)
					got := "opens"
					switch {
					case errors.Is(err, context.DeadlineExceeded):
						got = "silent"
					case err != nil:
						got = fmt.Sprint(status)
					}
					if got != want {
						t.Errorf("step %d: gateway %d: %s (%v), want %s", i, n+1, got, err, want)
					}
				}
			}
			_ = m.port.Call(func() {
				for _, bad := range []func() error{
					func() error { return w.s.setGateway(3, gatewaySilent) }, func() error { return w.s.setGateway(-1, gatewaySilent) },
					func() error { return w.s.setGateway(1, "dns") },
				} {
					if bad() == nil {
						t.Error("a fault that isn't one is accepted")
					}
				}
			})
		})
	})
}
