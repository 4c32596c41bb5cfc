package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// style is how a stream is written on: with colours on a terminal, plain elsewhere.
type style struct{ colours bool }

func styleOf(w io.Writer) style {
	return style{colours: isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (s style) paint(code, text string) string {
	if !s.colours || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(t string) string { return s.paint("1", t) }
func (s style) dim(t string) string  { return s.paint("2", t) }

// good and bad are blue and orange, which everybody can tell apart; a word or sign
// always says the same.
func (s style) good(t string) string { return s.paint("38;5;33", t) }
func (s style) bad(t string) string  { return s.paint("1;38;5;208", t) }

// pad fills text with blanks up to a width on the screen, where CJK letters take two
// columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-runewidth.StringWidth(text)))
}

func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-runewidth.StringWidth(text))) + text
}

// table writes rows under a head with columns as wide as they need to be. Columns
// whose head begins with > are aligned to the right; those with dashes only are left
// out.
func (s style) table(w io.Writer, indent string, head []string, rows [][]string) {
	width := make([]int, len(head))
	right, void := make([]bool, len(head)), make([]bool, len(head))
	for i, h := range head {
		head[i], right[i] = strings.CutPrefix(h, ">")
		width[i] = runewidth.StringWidth(head[i])
		void[i] = len(rows) > 0 && !slices.ContainsFunc(rows, func(row []string) bool { return row[i] != "-" })
	}
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], runewidth.StringWidth(cell))
		}
	}
	line := func(row []string) string {
		var b strings.Builder
		for i, cell := range row {
			if void[i] {
				continue
			}
			if b.Len() > 0 {
				b.WriteString("  ")
			}
			if right[i] {
				b.WriteString(padLeft(cell, width[i]))
			} else {
				b.WriteString(pad(cell, width[i]))
			}
		}
		return strings.TrimRight(b.String(), " ")
	}
	fmt.Fprintln(w, indent+s.dim(line(head)))
	for _, row := range rows {
		fmt.Fprintln(w, indent+line(row))
	}
}

// statusLine is the line on a terminal that says how far a long run has come.
type statusLine struct {
	w     io.Writer
	on    bool
	shown bool
}

func newStatusLine(w io.Writer) *statusLine {
	return &statusLine{w: w, on: isTerminal(w) && os.Getenv("TERM") != "dumb"}
}

// patience is how long a run may take before the status line appears.
const patience = 400 * time.Millisecond

// follow shows the state of a run until the returned stop is called.
func (l *statusLine) follow(text func() string) (stop func()) {
	if !l.on {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTimer(patience)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				fmt.Fprintf(l.w, "\r\x1b[K%s", text())
				l.shown = true
				tick.Reset(patience / 4)
			}
		}
	}()
	return func() {
		close(quit)
		<-done
		l.clear()
	}
}

func (l *statusLine) clear() {
	if l.shown {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.shown = false
	}
}

// progressText says how far one world has come.
func progressText(key string, at *atomic.Int64, length time.Duration, start time.Time) string {
	now := time.Duration(at.Load())
	return fmt.Sprintf("%s  %.0f of %.0f s  %s", key, now.Seconds(), length.Seconds(), times(now, time.Since(start)))
}

func times(virtual, wall time.Duration) string {
	if wall <= 0 {
		return "-"
	}
	return fmt.Sprintf("%.0fx real time", virtual.Seconds()/wall.Seconds())
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
