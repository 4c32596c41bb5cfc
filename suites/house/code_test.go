package house

import (
	"fmt"
	"go/ast"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// model are the rooms in which only virtual time, named randomness and the event
// loop exist.
var model = []string{"simulator/network", "simulator/mediaserver", "simulator/realnet", "simulator/media", "simulator/rtmp", "simulator/trace", "simulator/oracle", "devices"}

// wallClock are the functions of package time that read or wait on a clock.
var wallClock = map[string]bool{"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "AfterFunc": true, "NewTimer": true, "NewTicker": true, "Tick": true}

// seam are the files of the model that run library goroutines or stand at their
// edge, each with the reason.
var seam = map[string]string{
	"simulator/realnet/net.go":                "goroutines accept and dial on real sockets here, and one carries what they have to the loop; a lock guards the list of connections",
	"simulator/realnet/pump.go":               "two goroutines a real connection block in reads and writes here; a lock guards what the loop gives them, and the time is the wall clock's",
	"simulator/mediaserver/gateway/socket.go": "goroutines of coder/websocket read and write here; a lock guards what the loop hands over, and the time is the bubble's",
}

// sins lists what a file of the model must not do.
func sins(s source) []string {
	var out []string
	add := func(n ast.Node, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s:%d: %s", s.path, s.pos.Position(n.Pos()).Line, fmt.Sprintf(format, args...)))
	}
	for _, im := range s.file.Imports {
		switch im.Path.Value {
		case `"math/rand"`:
			add(im, "math/rand v1: use engine.Rand, a named stream")
		case `"crypto/rand"`:
			add(im, "crypto/rand can't be replayed: use engine.Rand, a named stream")
		case `"sync"`, `"sync/atomic"`:
			add(im, "no locks in the model: one loop owns it")
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.GoStmt:
			add(x, "no goroutines in the model: library code runs behind engine.Seam")
		case *ast.SelectorExpr:
			pkg, ok := x.X.(*ast.Ident)
			if !ok || pkg.Obj != nil {
				break
			}
			if pkg.Name == "time" && wallClock[x.Sel.Name] {
				add(x, "time.%s is a wall clock: use the engine's", x.Sel.Name)
			}
			if pkg.Name == "rand" && !randTypes[x.Sel.Name] {
				add(x, "rand.%s draws from the global source: use engine.Rand", x.Sel.Name)
			}
		}
		return true
	})
	return out
}

// randTypes of math/rand/v2 draw nothing by themselves.
var randTypes = map[string]bool{"Rand": true, "New": true, "NewPCG": true, "PCG": true, "Source": true}

var _ = Describe("the model", func() {
	It("keeps no clock, no locks, no goroutines and no randomness of its own", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		var wrong []string
		for _, s := range all {
			if s.test || !listed(model, s.dir) || seam[s.path] != "" {
				continue
			}
			wrong = append(wrong, sins(s)...)
		}
		Expect(wrong).To(BeEmpty())
	})

	It("names only files of the seam that exist", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		exists := map[string]bool{}
		for _, s := range all {
			exists[s.path] = true
		}
		for path := range seam {
			Expect(exists).To(HaveKey(path))
		}
	})

	DescribeTable("a sin is caught", func(body string, caught int) {
		Expect(sins(parseText(body))).To(HaveLen(caught))
	},
		Entry("nothing", `import "time"; var d = time.Second`, 0),
		Entry("a wall clock", `import "time"; func f() { time.Now() }`, 1),
		Entry("a sleep", `import "time"; func f() { time.Sleep(1) }`, 1),
		Entry("old randomness", `import "math/rand"; func f() { rand.Int() }`, 2),
		Entry("global randomness", `import "math/rand/v2"; func f() { rand.IntN(3) }`, 1),
		Entry("a stream of its own", `import "math/rand/v2"; func f(r *rand.Rand) { r.IntN(3) }`, 0),
		Entry("a lock", `import "sync"; var m sync.Mutex`, 1),
		Entry("a goroutine", `func f() { go f() }`, 1),
	)
})

var _ = Describe("rooms", func() {
	It("say what they are", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		docs := map[string]string{}
		for _, s := range all {
			if s.test {
				continue
			}
			docs[s.dir] += "" // a room without any doc stays empty
			if s.file.Doc != nil {
				docs[s.dir] = s.file.Doc.Text()
			}
		}
		for dir, doc := range docs {
			Expect(strings.Fields(doc)).NotTo(BeEmpty(), "%s has no package doc", dir)
			Expect(len(strings.Fields(doc))).To(BeNumerically(">=", 12), "%s: what is it, what is it not, where to start?", dir)
		}
	})

	It("keep their files and functions of a size that can be read", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		var wrong []string
		for _, s := range all {
			if lines := s.pos.File(s.file.Pos()).LineCount(); lines > maxFileLines {
				wrong = append(wrong, fmt.Sprintf("%s has %d lines", s.path, lines))
			}
			for _, d := range s.file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || s.test {
					continue
				}
				if n := s.pos.Position(f.End()).Line - s.pos.Position(f.Pos()).Line + 1; n > maxFunctionLines {
					wrong = append(wrong, fmt.Sprintf("%s: %s has %d lines", s.path, f.Name.Name, n))
				}
			}
		}
		Expect(wrong).To(BeEmpty())
	})
})

const (
	maxFileLines     = 400
	maxFunctionLines = 70
)
