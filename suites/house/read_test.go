package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// written are the structs that data of WeChats and phones are read into. What a page may
// write of a component is taken whole; of that, fields without a comment change nothing,
// and only they.
var written = []struct {
	room, name string
	markup     bool
	listed     string // is for people alone, who read it in lists
}{
	{room: "devices/wechat", name: "Version"},
	{room: "devices/wechat", name: "System"},
	{room: "devices/wechat", name: "PusherAttributes", markup: true},
	{room: "devices/wechat", name: "PlayerAttributes", markup: true},
	{room: "fixtures", name: "Device", listed: "Released"},
	{room: "fixtures", name: "Encoder"},
	{room: "fixtures", name: "Memory"},
}

// fields are those of a struct that data name, and whether each has a comment.
func fields(all []source, room, name string) map[string]bool {
	out := map[string]bool{}
	for _, s := range all {
		if s.dir != room || s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			t, is := n.(*ast.TypeSpec)
			if !is || t.Name.Name != name {
				return true
			}
			for _, f := range t.Type.(*ast.StructType).Fields.List {
				for _, n := range f.Names {
					out[n.Name] = f.Tag != nil && (f.Comment != nil || f.Doc != nil)
				}
			}
			return false
		})
	}
	return out
}

// checks are functions that look at fields without acting upon them.
var checks = []string{"Validate", "validate"}

// readIn adds the names that a file reads of anything: x.Name, but where it is assigned
// to, and where it is only checked or only printed in a list.
func readIn(s source, to map[string]bool) {
	set := map[ast.Node]bool{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return !slices.Contains(checks, n.Name.Name)
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				set[x] = n.Tok == token.ASSIGN
			}
		case *ast.SelectorExpr:
			if !set[n] {
				to[n.Sel.Name] = true
			}
		}
		return true
	})
}

var _ = Describe("data of WeChats and phones", func() {
	It("are read by something", func() {
		all, err := sources()
		Expect(err).NotTo(HaveOccurred())
		read := map[string]bool{}
		for _, s := range all {
			if !s.test && (under(s.dir, "devices") || under(s.dir, "simulator") || under(s.dir, "fixtures")) {
				readIn(s, read)
			}
		}
		var wrong []string
		for _, w := range written {
			all := fields(all, w.room, w.name)
			Expect(all).NotTo(BeEmpty(), w.name)
			for name, commented := range all {
				if name != w.listed && read[name] != (!w.markup || commented) {
					wrong = append(wrong, fmt.Sprintf("%s.%s: read %v, with a comment %v", w.name, name, read[name], commented))
				}
			}
		}
		Expect(wrong).To(BeEmpty())
	})

	DescribeTable("a field is read", func(body string, is bool) {
		read := map[string]bool{}
		readIn(parseText("type t struct{ F int }; "+body), read)
		Expect(read["F"]).To(Equal(is))
	},
		Entry("nowhere", "", false),
		Entry("where something follows from it", "func f(x t) bool { return x.F > 1 }", true),
		Entry("not where it is set", "func f(x *t) { x.F = 1 }", false),
		Entry("not where it is only checked", "func (x *t) Validate() bool { return x.F > 1 }", false),
	)
})
