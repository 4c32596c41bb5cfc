package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// chartRows is the height of a chart, axisWidth the width of the numbers beside it.
const chartRows, axisWidth = 5, 9

// eighths fill a cell from below; on a terminal only.
var eighths = []rune(" ▁▂▃▄▅▆▇█")

// chart draws values over time as columns, from zero to the greatest. NaN leaves its
// column empty.
func (s style) chart(w io.Writer, title string, values []float64) {
	most := 0.0
	for _, v := range values {
		if v > most {
			most = v
		}
	}
	fmt.Fprintf(w, "  %s\n", s.bold(title))
	for row := chartRows; row > 0; row-- {
		label := ""
		switch row {
		case chartRows:
			label = short(most)
		case 1:
			label = "0"
		}
		var line strings.Builder
		for _, v := range values {
			line.WriteString(s.cell(v, most, row))
		}
		fmt.Fprintf(w, "  %s |%s|\n", padLeft(label, axisWidth), s.good(line.String()))
	}
}

// cell is what a column shows in a row, the lowest being 1. Without block elements a
// cell is full from its half on, and whatever is there at all shows in the lowest.
func (s style) cell(v, most float64, row int) string {
	if math.IsNaN(v) || most == 0 {
		return " "
	}
	fill := v/most*chartRows - float64(row-1)
	if s.colours {
		n := int(math.Round(fill * 8))
		if row == 1 && v > 0 {
			n = max(n, 1)
		}
		return string(eighths[max(0, min(n, 8))])
	}
	switch {
	case fill >= 0.5:
		return "#"
	case row == 1 && v > 0:
		return "."
	}
	return " "
}

// short is a number in at most four digits.
func short(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
