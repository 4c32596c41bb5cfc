package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

const root = "../.."

// source is one Go file of the project, seen from the top.
type source struct {
	path    string // such as simulator/engine/queue.go
	dir     string
	test    bool
	imports []string
	file    *ast.File
	pos     *token.FileSet
}

// sources parses every Go file of the project.
func sources() ([]source, error) {
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		s, err := parse(path)
		if err == nil {
			all = append(all, s)
		}
		return err
	})
	sort.Slice(all, func(i, j int) bool { return all[i].path < all[j].path })
	return all, err
}

func parse(path string) (source, error) {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return source{}, err
	}
	s := source{path: filepath.ToSlash(rel), test: strings.HasSuffix(path, "_test.go"), pos: token.NewFileSet()}
	s.dir = filepath.ToSlash(filepath.Dir(rel))
	s.file, err = parser.ParseFile(s.pos, path, nil, parser.ParseComments)
	if err != nil {
		return s, err
	}
	for _, im := range s.file.Imports {
		name, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			return s, err
		}
		s.imports = append(s.imports, name)
	}
	return s, nil
}

// under tells whether a directory is a room or lies in it.
func under(dir, room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }

// parseText is a file of a package made up for a spec.
func parseText(body string) source {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package x\n"+body, parser.ParseComments)
	if err != nil {
		panic(err)
	}
	return source{path: "x.go", dir: "x", file: f, pos: fset}
}
