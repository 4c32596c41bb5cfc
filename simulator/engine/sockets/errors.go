package sockets

import (
	"errors"
	"syscall"
)

// systemErrors are the errors of sockets as an operating system numbers them.
// Library code that asks for one of these numbers gets the answer it would get from
// package net.
var systemErrors = []struct {
	err   error
	errno syscall.Errno
}{
	{ErrRefused, syscall.ECONNREFUSED},
	{ErrReset, syscall.ECONNRESET},
	{ErrConnectTimeout, syscall.ETIMEDOUT},
	{ErrTimeout, syscall.ETIMEDOUT},
	{ErrNoRoute, syscall.ENETUNREACH},
	{ErrAddressInUse, syscall.EADDRINUSE},
	{ErrMessageSize, syscall.EMSGSIZE},
	{ErrWriteEnded, syscall.EPIPE},
}

// systemError is a socket's error together with its number.
type systemError struct {
	error
	errno syscall.Errno
}

// SystemError lets errors.Is find in a socket's error the number that an operating
// system gives it; an error without one stays as it is.
func SystemError(err error) error {
	if _, done := err.(systemError); done {
		return err
	}
	for _, s := range systemErrors {
		if errors.Is(err, s.err) {
			return systemError{err, s.errno}
		}
	}
	return err
}

func (s systemError) Unwrap() []error { return []error{s.error, s.errno} }
func (s systemError) Timeout() bool   { return s.errno.Timeout() }
func (s systemError) Temporary() bool { return s.errno.Temporary() }
