package sockets

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
)

func TestSystemErrors(t *testing.T) {
	for _, s := range systemErrors {
		err := SystemError(fmt.Errorf("port 5: %w", s.err))
		if !errors.Is(err, s.err) || !errors.Is(err, s.errno) || err.Error() != "port 5: "+s.err.Error() {
			t.Errorf("%v: %v", s.err, err)
		}
		var ne net.Error = &net.OpError{Op: "dial", Err: SystemError(err)}
		if ne.Timeout() != (s.errno == syscall.ETIMEDOUT) {
			t.Errorf("%v: Timeout %v", s.err, ne.Timeout())
		}
	}
	if err := errors.New("other"); SystemError(err) != err {
		t.Error("an error without a number was changed")
	}
}
