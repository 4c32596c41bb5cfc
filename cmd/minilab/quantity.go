package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"minilab/fixtures/yamlfile"
	"minilab/simulator/network"
)

// Quantities as flags take them: the same words as in scenario files.
type (
	rateFlag  int64
	sizeFlag  int
	shareFlag float64
	timeFlag  time.Duration
	// burstFlag is a time that may lack its unit: milliseconds.
	burstFlag time.Duration
	// outageFlag is START+LENGTH.
	outageFlag network.Outage
)

func (f *rateFlag) UnmarshalText(text []byte) error {
	v, err := yamlfile.ParseRate(string(text))
	*f = rateFlag(v)
	return err
}

func (f *sizeFlag) UnmarshalText(text []byte) error {
	v, err := yamlfile.ParseSize(string(text))
	*f = sizeFlag(v)
	return err
}

func (f *shareFlag) UnmarshalText(text []byte) error {
	v, err := yamlfile.ParseShare(string(text))
	*f = shareFlag(v)
	return err
}

func (f *timeFlag) UnmarshalText(text []byte) error {
	v, err := yamlfile.ParseTime(string(text))
	*f = timeFlag(v)
	return err
}

func (f *burstFlag) UnmarshalText(text []byte) error {
	s := string(text)
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		s += "ms"
	}
	v, err := yamlfile.ParseTime(s)
	*f = burstFlag(v)
	return err
}

func (f *outageFlag) UnmarshalText(text []byte) error {
	start, length, ok := strings.Cut(string(text), "+")
	if !ok {
		return fmt.Errorf("outage %q is not START+LENGTH; write it as 20s+4s", text)
	}
	var err error
	if f.Start, err = yamlfile.ParseTime(start); err == nil {
		f.Length, err = yamlfile.ParseTime(length)
	}
	return err
}
