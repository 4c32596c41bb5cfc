package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"minilab/simulator"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// show tells a run to a person: what happened to each member, who saw whom how well,
// what the judges say.
func (j *judged) show(e *env) {
	h := &j.Record.Head
	fmt.Fprintf(e.stdout, "%s  %s\n", e.style.bold(h.Key), j.Scenario.Title.EN)
	fmt.Fprintf(e.stdout, "%s\n\n", e.style.dim(fmt.Sprintf("SDK %s, %s channel, %.0f virtual seconds", h.SDK, j.Scenario.Profile, h.Length.Seconds())))
	j.showTimelines(e)
	j.showViews(e)
	j.showVerdicts(e)
	j.showExpected(e)
	fmt.Fprintf(e.stdout, "digest %s\n", j.Record.Digest)
	fmt.Fprintf(e.stdout, "speed  %s: %.2f s for %.0f virtual seconds, %d events (%.2f M/s)\n",
		times(h.Length, j.Wall), j.Wall.Seconds(), h.Length.Seconds(), j.Events, float64(j.Events)/j.Wall.Seconds()/1e6)
	j.showNext(e)
}

// maxViewRows is how many views are told one by one: a class of seven has 42. Beyond,
// each viewer has a row: seventeen voices have 272 views.
const maxViewRows = 48

func (j *judged) showViews(e *env) {
	fmt.Fprintln(e.stdout, e.style.bold("who saw and heard whom"))
	if len(j.Views) == 0 {
		fmt.Fprint(e.stdout, "  nobody played anybody\n\n")
		return
	}
	var rows [][]string
	if len(j.Views) <= maxViewRows {
		for _, v := range j.Views {
			rows = append(rows, viewRow(j.view(v)))
		}
	} else {
		fmt.Fprintf(e.stdout, "  %s\n", e.style.dim(fmt.Sprintf("%d views, the worst of each viewer's; --json has all", len(j.Views))))
		rows = j.worstRows()
	}
	e.style.table(e.stdout, "  ", []string{"viewer", "of", ">first s", ">frames", ">freezes", ">frozen s", ">garbled s", ">black s", ">delay ms p50/p95", ">speed", ">fast s", ">audio gap s"}, rows)
	fmt.Fprintln(e.stdout)
}

// worstRows have one row a viewer: the worst of each measure, frames added up.
func (j *judged) worstRows() [][]string {
	var rows [][]string
	for i := range j.Record.Head.Members {
		var worst viewReport
		n := 0
		for _, v := range j.Views {
			if int(v.To) == i {
				worst.worsen(j.view(v))
				n++
			}
		}
		if n > 0 {
			worst.To, worst.From = j.Name(trace.ActorID(i)), fmt.Sprintf("%d members", n)
			rows = append(rows, viewRow(worst))
		}
	}
	return rows
}

func (r *viewReport) worsen(o viewReport) {
	r.FirstFrameS, r.FrozenS, r.GarbledS, r.BlackS = most(r.FirstFrameS, o.FirstFrameS), most(r.FrozenS, o.FrozenS), most(r.GarbledS, o.GarbledS), most(r.BlackS, o.BlackS)
	r.SpeedMax, r.FastS, r.AudioGapS = most(r.SpeedMax, o.SpeedMax), most(r.FastS, o.FastS), most(r.AudioGapS, o.AudioGapS)
	r.Freezes = most(r.Freezes, o.Freezes)
	r.Frames, r.FramesExpected = sum(r.Frames, o.Frames), sum(r.FramesExpected, o.FramesExpected)
	if o.DelayMS != nil && (r.DelayMS == nil || o.DelayMS.P95 > r.DelayMS.P95) {
		r.DelayMS = o.DelayMS
	}
}

// most is the greater of two measures of which either may be missing.
func most[T cmp.Ordered](a, b *T) *T {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func sum(a, b *int) *int {
	if a == nil || b == nil {
		return most(a, b)
	}
	total := *a + *b
	return &total
}

func viewRow(r viewReport) []string {
	frames := "-"
	if r.Frames != nil {
		frames = fmt.Sprint(*r.Frames)
		if r.FramesExpected != nil {
			frames += fmt.Sprintf("/%d", *r.FramesExpected)
		}
	}
	delay, freezes := "-", "-"
	if d := r.DelayMS; d != nil {
		delay = fmt.Sprintf("%.0f/%.0f", d.P50, d.P95)
	}
	if r.Freezes != nil {
		freezes = fmt.Sprint(*r.Freezes)
	}
	return []string{
		r.To, r.From, number(r.FirstFrameS, 2), frames, freezes, number(r.FrozenS, 1), number(r.GarbledS, 1), number(r.BlackS, 1),
		delay, number(r.SpeedMax, 2), number(r.FastS, 1), number(r.AudioGapS, 1),
	}
}

// number is a measure, or a dash where there was nothing to measure.
func number(x *float64, digits int) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.*f", digits, *x)
}

// about says in brackets what a verdict is about: its Chinese title, the sentences of
// the notes if there are some, and how well the cause is known.
func (c catalogue) about() string {
	parts := []string{c.title.ZH}
	if len(c.clauses) > 0 {
		parts = append(parts, strings.Join(c.clauses, " "))
	}
	return strings.Join(append(parts, "cause "+c.fidelity), "; ")
}

// maxEvidence is how much evidence of a verdict is printed.
const maxEvidence = 4

func (j *judged) showVerdicts(e *env) {
	fmt.Fprintln(e.stdout, e.style.bold("verdicts"))
	quiet := map[string][]string{}
	for _, v := range j.Verdicts {
		c := lookUp(v.ID)
		if v.Verdict == oracle.NotRun || v.Verdict == oracle.Absent || v.Verdict == oracle.Held {
			quiet[v.Verdict] = append(quiet[v.Verdict], v.ID)
			continue
		}
		fmt.Fprintf(e.stdout, "  %s %s  %s %s\n", pad(e.style.bold(v.ID), 4), e.style.bad(v.Verdict)+j.asDocumented(v.ID), c.title.EN,
			e.style.dim("("+c.about()+")"))
		e.showEvidence(v)
	}
	for _, word := range []string{oracle.Held, oracle.Absent} {
		if ids := quiet[word]; len(ids) > 0 {
			fmt.Fprintf(e.stdout, "  %s  %s\n", pad(word, 7), strings.Join(ids, " "))
		}
	}
	if n := len(quiet[oracle.NotRun]); n > 0 {
		fmt.Fprintf(e.stdout, "  %s  %d that nothing in this run could show\n", pad(oracle.NotRun, 7), n)
	}
	j.showInvariants(e)
	fmt.Fprintln(e.stdout)
}

func (e *env) showEvidence(v oracle.Verdict) {
	for _, f := range v.Findings[:min(len(v.Findings), maxEvidence)] {
		fmt.Fprintf(e.stdout, "      %s s  %s\n", padLeft(seconds(f.At), 8), f.Text)
	}
	if n := len(v.Findings) - maxEvidence; n > 0 {
		fmt.Fprintf(e.stdout, "      and %d more\n", n)
	}
}

// showInvariants names those that don't hold, and counts the others.
func (j *judged) showInvariants(e *env) {
	held, idle := 0, 0
	for _, v := range j.Invariants {
		switch v.Verdict {
		case oracle.Held:
			held++
		case oracle.NotRun:
			idle++
		default:
			fmt.Fprintf(e.stdout, "  %s %s: this must hold in every run\n", e.style.bad("INVARIANT VIOLATED"), e.style.bold(v.ID))
			e.showEvidence(v)
		}
	}
	fmt.Fprintf(e.stdout, "  invariants: %d hold", held)
	if idle > 0 {
		fmt.Fprintf(e.stdout, ", %d had nothing to hold", idle)
	}
	fmt.Fprintln(e.stdout)
}

func (j *judged) showExpected(e *env) {
	if len(j.Outcomes) == 0 {
		return
	}
	fmt.Fprintln(e.stdout, e.style.bold("expected"))
	for _, x := range j.Outcomes {
		if x.Met {
			fmt.Fprintf(e.stdout, "  %s  %s\n", e.style.good("yes"), x.Text)
			continue
		}
		fmt.Fprintf(e.stdout, "  %s  %s: %s\n", e.style.bad("NO "), x.Text, x.Why)
	}
	fmt.Fprintln(e.stdout)
}

// showNext names what a reader may want to do now: see the control run of what was
// reproduced.
func (j *judged) showNext(e *env) {
	for _, v := range j.Verdicts {
		if v.Verdict != oracle.Reproduced {
			continue
		}
		if command := control(v.ID, j.Scenario.Name, j.Record.Head.Seed); command != "" {
			fmt.Fprintf(e.stdout, "%s\n", e.style.dim(fmt.Sprintf("next   %s   (%s without its cause)", command, v.ID)))
		}
	}
}

// showMany tells many runs: a count for each verdict.
func (e *env) showMany(s *simulator.Scenario, rep *runsReport) {
	first, last := rep.Runs[0].Seed, rep.Runs[len(rep.Runs)-1].Seed
	fmt.Fprintf(e.stdout, "%s  %s, seeds %d to %d\n\n", e.style.bold(s.Name), s.Title.EN, first, last)
	var rows [][]string
	untold := 0
	for _, v := range rep.Verdicts {
		if v.N == 0 {
			untold++
			continue
		}
		word := "reproduced"
		if strings.HasPrefix(v.ID, "C") {
			word = "held"
		}
		share := fmt.Sprintf("%.1f %%", 100*float64(v.K)/float64(v.N))
		rows = append(rows, []string{v.ID, lookUp(v.ID).title.EN, fmt.Sprintf("%s in %d of %d", word, v.K, v.N), share})
	}
	e.style.table(e.stdout, "  ", []string{"id", "what", "verdict", ">share"}, rows)
	fmt.Fprintf(e.stdout, "  and %d that nothing in these runs could show\n\n%s\ndigest %s\n", untold, invariantsOf(rep), rep.Digest)
}

// invariantsOf says in how many runs all of them hold.
func invariantsOf(rep *runsReport) string {
	whole := 0
	for _, r := range rep.Runs {
		if !slices.ContainsFunc(r.Invariants, func(v invariantReport) bool { return v.Verdict == oracle.Violated }) {
			whole++
		}
	}
	return fmt.Sprintf("invariants hold in %d of %d runs", whole, len(rep.Runs))
}
