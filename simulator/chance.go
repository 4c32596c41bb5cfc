package simulator

import (
	"fmt"
	"slices"
	"strconv"

	"minilab/devices/phone"
	"minilab/fixtures/yamlfile"
)

// What phones do wrong, as settings: nobody has published how often, or why, so a run may
// say otherwise than the device.
const (
	chanceStalls      = "camera-stalls"       // times an hour
	chanceUnrecovered = "encoder-unrecovered" // share of the sessions that the system takes away
	chanceSilent      = "encoder-silent"      // share of the sessions that begin
	chanceCorrupt     = "encoder-corrupt"     // on or off: whether what it writes is wrong
)

var chanceNames = []string{chanceStalls, chanceUnrecovered, chanceSilent, chanceCorrupt}

// mostStalls bounds how often an hour a camera may stall. Source: none; fidelity: assumed.
const mostStalls = 3600

// chances are those that a run sets, by name.
type chances map[string]float64

// with gives the chances with one more.
func (c chances) with(name, value string) (chances, error) {
	var v float64
	switch name {
	case chanceCorrupt:
		var position string
		if err := choose(&position, "switch position", value, switchPositions); err != nil {
			return nil, err
		}
		if position == switchOn {
			v = 1
		}
	case chanceStalls:
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || !(n >= 0 && n <= mostStalls) {
			return nil, &UsageError{Problem: fmt.Sprintf("%q is no number of times an hour", value), Remedy: fmt.Sprintf("write 0 to %d", mostStalls)}
		}
		v = n
	default:
		share, err := yamlfile.ParseShare(value)
		if err != nil {
			return nil, &UsageError{Problem: err.Error()}
		}
		v = float64(share)
	}
	out := chances{name: v}
	for _, other := range chanceNames {
		if x, there := c[other]; there && other != name {
			out[other] = x
		}
	}
	return out, nil
}

// apply has a phone be so.
func (c chances) apply(chip *phone.Chip) {
	if v, there := c[chanceCorrupt]; there {
		chip.Corrupt = v > 0
	}
	for _, x := range []struct {
		name string
		to   *float64
	}{{chanceStalls, &chip.Stalls}, {chanceUnrecovered, &chip.Unrecovered}, {chanceSilent, &chip.Silent}} {
		if v, there := c[x.name]; there {
			*x.to = v
		}
	}
}

func isChance(name string) bool { return slices.Contains(chanceNames, name) }
