package link

import (
	"math"
	"math/rand/v2"
)

// Distribution is the shape of jitter.
type Distribution uint8

// Distributions. Uniform is even from Delay-Jitter to Delay+Jitter; the others have
// the mean Delay and Jitter as the standard deviation that netem's tables assume.
const (
	Uniform Distribution = iota
	Normal
	Pareto
	ParetoNormal
)

var distributions = [...]string{"uniform", "normal", "pareto", "paretonormal"}

func (d Distribution) String() string { return distributions[d] }

// Distributions are the names of all of them, in their order.
func Distributions() []string { return distributions[:] }

// Shape of netem's tables: values end at 4 deviations, and a Pareto value is
// 4/3 (u^(-1/3) - 3/2), which has the mean 0.
// Source: iproute2 netem/pareto.c, normal.c; fidelity: documented.
const (
	tableEnd   = 4.0
	paretoA    = 3.0
	paretoMean = 1.5
	paretoUnit = 4.0 / 3.0
	// Shares of the mixture. Source: iproute2 netem/paretonormal.c; fidelity: documented.
	mixedNormal, mixedPareto = 0.25, 0.75
)

func normal(r *rand.Rand) float64 { return max(-tableEnd, min(tableEnd, r.NormFloat64())) }

func pareto(r *rand.Rand) float64 {
	u := 1 - r.Float64() // 0 is left out, 1 is not
	return min(tableEnd, paretoUnit*(math.Pow(u, -1/paretoA)-paretoMean))
}

// spread draws how far a delay is from its mean, in ns.
func spread(r *rand.Rand, d Distribution, jitter int64) int64 {
	switch d {
	case Normal:
		return int64(normal(r) * float64(jitter))
	case Pareto:
		return int64(pareto(r) * float64(jitter))
	case ParetoNormal:
		return int64((mixedNormal*normal(r) + mixedPareto*pareto(r)) * float64(jitter))
	}
	return r.Int64N(2*jitter+1) - jitter
}
