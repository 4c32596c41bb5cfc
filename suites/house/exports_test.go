package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// maxExports is how many names whoever opens a room should have to learn.
const maxExports = 25

// wide are the rooms that export more, each with how many at most and the reason. A room
// that needs no exception any more must leave this list.
var wide = map[string]struct {
	names int
	why   string
}{
	"fixtures":         {55, "one catalogue: for each of some 15 kinds of fact a type, what it is made of, and an accessor; whoever wants one kind reads two names of it"},
	"simulator/oracle": {30, "the limits that define a symptom or a measure are published beside it, so that a verdict can be understood without its judge's code"},
}

// exports are the names that a file adds to what its package exports: top-level
// constants, variables, types and functions. Methods and fields belong to their types. So
// do the constants of a type of the package's own, which are its values: types are those
// that the package declares.
func exports(s source, types map[string]bool) []string {
	var out []string
	add := func(n *ast.Ident) {
		if n.IsExported() {
			out = append(out, n.Name)
		}
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			own := false // the constant before was a value of such a type
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name)
				case *ast.ValueSpec:
					if spec.Type != nil || len(spec.Values) > 0 {
						t, named := spec.Type.(*ast.Ident)
						own = d.Tok == token.CONST && named && types[t.Name]
					}
					for _, n := range spec.Names {
						if !own {
							add(n)
						}
					}
				}
			}
		}
	}
	return out
}

// typesOf are the types that a file declares.
func typesOf(s source) []string {
	var out []string
	for _, d := range s.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok {
			for _, spec := range g.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					out = append(out, t.Name.Name)
				}
			}
		}
	}
	return out
}

// exported are the names of each room that isn't a test's.
func exported(all []source) map[string][]string {
	types := map[string]map[string]bool{}
	for _, s := range all {
		if types[s.dir] == nil {
			types[s.dir] = map[string]bool{}
		}
		for _, t := range typesOf(s) {
			types[s.dir][t] = true
		}
	}
	out := map[string][]string{}
	for _, s := range all {
		if !s.test {
			out[s.dir] = append(out[s.dir], exports(s, types[s.dir])...)
		}
	}
	return out
}

// crowded says what is wrong with how much a room exports, if anything.
func crowded(room string, names []string, most int) string {
	if len(names) <= most {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf("%s exports %d names, at most %d: split it by subject, unexport what nobody else uses, or give families of constants a type (%s)",
		room, len(names), most, strings.Join(names, " "))
}

var _ = Describe("what rooms export", func() {
	It("can be learnt", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		rooms := exported(all)
		var wrong []string
		for room, names := range rooms {
			most := maxExports
			if w, ok := wide[room]; ok {
				most = w.names
				Expect(len(names)).To(BeNumerically(">", maxExports), "%s needs no exception", room)
				Expect(len(strings.Fields(w.why))).To(BeNumerically(">=", 8), "%s: why?", room)
			}
			if bad := crowded(room, names, most); bad != "" {
				wrong = append(wrong, bad)
			}
		}
		Expect(wrong).To(BeEmpty())
		for room := range wide {
			Expect(rooms).To(HaveKey(room))
		}
	})

	DescribeTable("are counted", func(body string, names ...string) {
		s := parseText(body)
		types := map[string]bool{}
		for _, t := range typesOf(s) {
			types[t] = true
		}
		Expect(exports(s, types)).To(ConsistOf(names))
	},
		Entry("a function, not a method", `type t int; func F() {}; func f() {}; func (t) M() {}`, "F"),
		Entry("a type, not its fields", `type ( T struct{ A, B int }; u int )`, "T"),
		Entry("variables", `var A, b = 1, 2; var ( C t; D = 3 ); type t int`, "A", "C", "D"),
		Entry("constants", `const ( A = 1; b = 2 ); const C = "c"`, "A", "C"),
		Entry("an enumeration is one with its type", `type T int; const ( A T = iota; B; C )`, "T"),
		Entry("values of a type that isn't exported", `type t string; const ( A t = "a"; B t = "b" )`),
		Entry("a type of another room makes no enumeration", `const ( A int = iota; B ); const C time.Duration = 1`, "A", "B", "C"),
		Entry("a value of no type among others", `type T int; const ( A T = 1; B = 2; C T = 3 )`, "T", "B"),
	)

	It("a room too wide is caught", func() {
		names := strings.Fields(strings.Repeat("N ", maxExports+1))
		Expect(crowded("room", names, maxExports)).To(ContainSubstring("room exports 26 names, at most 25"))
		Expect(crowded("room", names[1:], maxExports)).To(BeEmpty())
	})
})
