package main

import (
	"fmt"
	"os"
	"path/filepath"

	"minilab/reports/pcapng"
	"minilab/simulator"
	"minilab/simulator/network"
)

// captureNote is what every capture says of itself.
const captureNote = `Packets are captured where they enter an access link, those included that are lost behind: each packet's comment says what became of it.
Sequence numbers begin at 0.`

// capture is the file that --pcapng asks for, if it does.
type capture struct {
	path string // "": none is wanted
	file *pcapng.Capture
	done bool
}

// newCapture prepares the file; about says what is captured.
func newCapture(path, about string) (*capture, error) {
	c := &capture{path: path}
	if path == "" {
		return c, nil
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("--pcapng %s: there is no directory %s", path, filepath.Dir(path))}
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("--pcapng %s: that is there, and is no file", path)}
	}
	var err error
	c.file, err = pcapng.Create(path, pcapng.Options{Build: build(), Comment: about + "\nbuild " + build() + "\n" + captureNote})
	return c, err
}

// tap is what the network is to tell of packets; nil if nobody wants to know.
func (c *capture) tap() network.Tap {
	if c.file == nil {
		return nil
	}
	return c.file
}

// close puts the file in its place.
func (c *capture) close() error {
	if c.file == nil {
		return nil
	}
	c.done = true
	return c.file.Close()
}

// abandon takes away a file that was not closed.
func (c *capture) abandon() {
	if c.file != nil && !c.done {
		c.file.Abandon()
	}
}

func (c *capture) show(e *env) {
	if c.file != nil {
		fmt.Fprintf(e.stdout, "left   all packets in %s\n", c.path)
	}
}
