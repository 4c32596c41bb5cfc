package network

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"
	"github.com/pion/transport/v2/vnet"
)

// transcript is what a program saw: the same on every network that is worth the name.
type transcript []string

func (s *transcript) add(format string, a ...any) { *s = append(*s, fmt.Sprintf(format, a...)) }

// outcome names an error as a program would tell it from others.
func outcome(err error) string {
	var ne net.Error
	switch {
	case err == nil:
		return "done"
	case err == io.EOF:
		return "EOF"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return "timeout"
	case errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return "closed"
	}
	for _, n := range []syscall.Errno{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.EADDRINUSE, syscall.EADDRNOTAVAIL, syscall.EMSGSIZE} {
		if errors.Is(err, n) {
			return n.Error()
		}
	}
	var unknown net.UnknownNetworkError
	if errors.As(err, &unknown) {
		return unknown.Error()
	}
	if isClosedText(err) {
		return "closed"
	}
	return "error: " + err.Error()
}

// isClosedText recognises vnet's own error of a closed connection, which has no type.
func isClosedText(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Err.Error() == "use of closed network connection"
}

// place is where a program runs: the server's and the client's network, and the
// server's name as the client knows it.
type place struct {
	server, client transport.Net
	name           string
}

func onLoopback(t *testing.T) place {
	t.Helper()
	n, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	return place{n, n, "localhost"}
}

// onVNet is two hosts of pion's virtual network, which knows UDP only.
func onVNet(t *testing.T) place {
	t.Helper()
	router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/8", LoggerFactory: logging.NewDefaultLoggerFactory()})
	if err != nil {
		t.Fatal(err)
	}
	var hosts []*vnet.Net
	for _, ip := range []string{"10.0.0.1", "10.0.0.2"} {
		n, err := vnet.NewNet(&vnet.NetConfig{StaticIP: ip})
		if err != nil {
			t.Fatal(err)
		}
		if err := router.AddNet(n); err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, n)
	}
	if err := router.AddHost("server", "10.0.0.1"); err != nil {
		t.Fatal(err)
	}
	if err := router.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := router.Stop(); err != nil {
			t.Error(err)
		}
	})
	return place{hosts[0], hosts[1], "server"}
}

// onSimulated runs a program on a simulated net and gives its transcript.
func onSimulated(t *testing.T, program func(*transcript, place)) (saw transcript) {
	t.Helper()
	link := LinkOptions{RateBPS: 40e6, QueueBytes: 200000, Delay: 4 * time.Millisecond}
	inWorld(t, 5*time.Minute, link, func(phone, server *Net, end func()) {
		defer end()
		program(&saw, place{server, phone, "server"})
	})
	return saw
}

// sameEverywhere runs a program on the simulated net, twice, and on real ones, and
// compares what it saw.
func sameEverywhere(t *testing.T, program func(*transcript, place), real map[string]func(*testing.T) place) {
	t.Helper()
	want := onSimulated(t, program)
	if again := onSimulated(t, program); !slices.Equal(want, again) {
		t.Errorf("two worlds of one seed differ:\n%q\n%q", want, again)
	}
	for name, where := range real {
		t.Run(name, func(t *testing.T) {
			var saw transcript
			program(&saw, where(t))
			for i := range max(len(want), len(saw)) {
				a, b := "nothing", "nothing"
				if i < len(want) {
					a = want[i]
				}
				if i < len(saw) {
					b = saw[i]
				}
				if a != b {
					t.Errorf("step %d: simulated %q, here %q", i, a, b)
				}
			}
		})
	}
	for _, line := range want {
		t.Log(line)
	}
}

func TestParityOfStreams(t *testing.T) {
	sameEverywhere(t, streams, map[string]func(*testing.T) place{"stdnet": onLoopback})
}

func TestParityOfDatagrams(t *testing.T) {
	sameEverywhere(t, datagrams, map[string]func(*testing.T) place{"stdnet": onLoopback, "vnet": onVNet})
}

// TestParityOfKernelDatagrams is what vnet lacks: errors of ICMP, truncation as the
// kernel does it, ReadMsgUDP, dialers, limits.
func TestParityOfKernelDatagrams(t *testing.T) {
	sameEverywhere(t, kernelDatagrams, map[string]func(*testing.T) place{"stdnet": onLoopback})
}

// TestParitySeesADifference: a program that tells networks apart must be noticed.
func TestParitySeesADifference(t *testing.T) {
	program := func(s *transcript, p place) {
		i, err := p.client.InterfaceByName("eth0")
		s.add("%v %v", i != nil && i.HardwareAddr.String() == "02:00:0a:00:00:01", err == nil)
	}
	var here transcript
	program(&here, onLoopback(t))
	if there := onSimulated(t, program); slices.Equal(here, there) || there[0] != "true true" {
		t.Errorf("simulated %q, here %q", there, here)
	}
}
