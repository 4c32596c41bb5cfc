// Command minilab is the laboratory's command line: run a scenario and judge it, see
// what there is to run, measure the simulator's speed.
//
// It is a thin shell: worlds are made by package simulator and judged by package
// oracle; here they are asked for, and shown. Start at main, then the file of each
// command.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"minilab/fixtures/yamlfile"
	"minilab/simulator"
)

// Exit codes. They are a contract.
const (
	exitOK             = 0
	exitFailed         = 1 // a promise or expectation failed
	exitUsage          = 2 // usage or scenario error
	exitSelfCheck      = 3 // the simulator failed its own check
	exitInfrastructure = 4 // disk and the like
	exitInterrupted    = 130
)

type cli struct {
	Run     runCmd     `cmd:"" help:"Run a scenario, judge it and say what was found."`
	List    listCmd    `cmd:"" help:"What there is: scenarios, issues, promises, clauses, networks, devices, sdks, faults, wechats, sequences, mutants."`
	Explain explainCmd `cmd:"" help:"All about one of them."`
	Probe   probeCmd   `cmd:"" help:"One TCP stream over one link: goodput, delays, and how they went over time."`
	Serve   serveCmd   `cmd:"" help:"The media server on real sockets, for clients that are not of our making; a weak network in between, if asked for."`
	Bench   benchCmd   `cmd:"" help:"Speed of the standard rooms."`
	Signoff signoffCmd `cmd:"" help:"The release page: every promise and known issue of an SDK version, and whether it may ship."`
}

// env is what a command works with.
type env struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	style  style // of stdout
	status *statusLine
}

// exitError ends the program with that code; a message, if any, goes to stderr.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main with its surroundings given.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	var c cli
	helped := -1
	parser, err := kong.New(&c, kong.Name("minilab"),
		kong.Description("A laboratory for mini-program real-time audio and video: virtual phones, a real media server and bad networks, in virtual time, from one seed."),
		kong.Vars{"settings": strings.Join(simulator.Settings(), ", ")},
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { helped = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(stderr, "minilab:", err)
		return exitSelfCheck
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if helped >= 0 {
		return helped
	}
	out := &faithful{w: stdout}
	e := &env{ctx: ctx, stdout: out, stderr: stderr, style: styleOf(stdout), status: newStatusLine(stderr)}
	if err == nil {
		err = command.Run(e)
	} else {
		err = &simulator.UsageError{Problem: err.Error(), Remedy: helpFor(parser, args) + " says what there is"}
	}
	e.status.clear()
	if out.err != nil {
		err = &exitError{exitInfrastructure, out.err}
	}
	if err == nil {
		return exitOK
	}
	code, message := verdictOn(err)
	if message != "" {
		fmt.Fprintln(stderr, message)
	}
	return code
}

// faithful remembers that something could not be written: who counts on the output
// must not take an exit code of 0 for it.
type faithful struct {
	w   io.Writer
	err error
}

func (f *faithful) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	var n int
	n, f.err = f.w.Write(p)
	return n, f.err
}

// helpFor is the command line whose help has what these arguments lack.
func helpFor(parser *kong.Kong, args []string) string {
	for _, n := range parser.Model.Children {
		if len(args) > 0 && n.Name == args[0] {
			return "minilab " + n.Name + " --help"
		}
	}
	return "minilab --help"
}

// verdictOn is the exit code for an error, and what to say.
func verdictOn(err error) (code int, message string) {
	var (
		exit    *exitError
		usage   *simulator.UsageError
		mistake yamlfile.Errors
		path    *os.PathError
		link    *os.LinkError
	)
	switch {
	case errors.As(err, &exit) && exit.err == nil:
		return exit.code, ""
	case errors.As(err, &exit):
		return exit.code, "minilab: " + exit.err.Error()
	case errors.Is(err, context.Canceled):
		return exitInterrupted, "minilab: interrupted"
	case errors.As(err, &mistake):
		return exitUsage, mistake.Error()
	case errors.As(err, &usage):
		return exitUsage, "minilab: " + err.Error()
	case errors.As(err, &path), errors.As(err, &link):
		return exitInfrastructure, "minilab: " + err.Error()
	}
	return exitSelfCheck, "minilab: the simulator failed: " + err.Error()
}
