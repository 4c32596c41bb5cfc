package amf0

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	library "github.com/yutopp/go-amf0"
	"pgregory.net/rapid"
)

var limits = Limits{MaxDepth: 4, MaxItems: 50, MaxStringBytes: 70_000}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		want        any
	}{
		{"number", "\x00\x3f\xf8\x00\x00\x00\x00\x00\x00", 1.5},
		{"true", "\x01\x02", true},
		{"string", "\x02\x00\x02ab", "ab"},
		{"null", "\x05", nil},
		{"undefined", "\x06", nil},
		{"unsupported", "\x0d", nil},
		{"reference", "\x07\x00\x01", nil},
		{"long string", "\x0c\x00\x00\x00\x02ab", "ab"},
		{"XML", "\x0f\x00\x00\x00\x02ab", "ab"},
		{"date", "\x0b\x3f\xf8\x00\x00\x00\x00\x00\x00\xff\x88", 1.5},
		{"object in wire order", "\x03\x00\x01b\x05\x00\x01a\x01\x00\x00\x00\x09", Object{{"b", nil}, {"a", false}}},
		{"ECMA array, wrong count", "\x08\x00\x00\x00\x63\x00\x01a\x01\x00\x00\x00\x09", Object{{"a", false}}},
		{"typed object", "\x10\x00\x01C\x00\x01a\x05\x00\x00\x09", Object{{"a", nil}}},
		{"strict array", "\x0a\x00\x00\x00\x02\x05\x01\x01", []any{nil, true}},
	} {
		if got, n, err := First([]byte(c.bytes+"rest"), limits); err != nil || n != len(c.bytes) || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v of %d bytes, %v", c.name, got, n, err)
		}
		for i := range len(c.bytes) {
			if _, _, err := First([]byte(c.bytes[:i]), limits); !errors.Is(err, ErrSyntax) {
				t.Errorf("%s cut at %d: %v", c.name, i, err)
			}
		}
	}
}

func TestParseLimits(t *testing.T) {
	deep := func(n int) string {
		return strings.Repeat("\x03\x00\x01a", n) + "\x05" + strings.Repeat("\x00\x00\x09", n)
	}
	for _, c := range []struct {
		name, bytes string
		want        error
	}{
		{"depth 4", deep(4), nil},
		{"depth 5", deep(5), ErrLimit},
		{"arrays of depth 5", strings.Repeat("\x0a\x00\x00\x00\x01", 5) + "\x05", ErrLimit},
		{"50 values", strings.Repeat("\x05", 50), nil},
		{"51 values", strings.Repeat("\x05", 51), ErrLimit},
		{"array of 49", "\x0a\x00\x00\x00\x31" + strings.Repeat("\x05", 49), nil},
		{"array of 50", "\x0a\x00\x00\x00\x32" + strings.Repeat("\x05", 50), ErrLimit},
		{"array of 2^32-1", "\x0a\xff\xff\xff\xff", ErrLimit},
		{"array longer than its bytes", "\x0a\x00\x00\x00\x09\x05", ErrSyntax},
		{"string of 70,001", "\x0c\x00\x01\x11\x71" + strings.Repeat("x", 70_001), ErrLimit},
		{"movie clip", "\x04", ErrSyntax},
		{"AMF3", "\x11\x01", ErrSyntax},
		{"object end alone", "\x09", ErrSyntax},
		{"empty name without end", "\x03\x00\x00\x05", ErrSyntax},
	} {
		if _, err := Parse([]byte(c.bytes), limits); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestAppendRefusesWhatIsNoValue(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a time was written")
		}
	}()
	Append(nil, time.Now)
}

func TestObjectGet(t *testing.T) {
	o := Object{{"a", 1.0}, {"a", "x"}}
	if o.Text("a") != "x" || o.Get("b") != nil || o.Text("b") != "" {
		t.Error("last property doesn't win, or a missing one is there")
	}
}

func drawValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 4
		if depth > 0 {
			kinds = 6
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return rapid.Float64().Draw(t, "number")
		case 3:
			return rapid.String().Draw(t, "string")
		case 4:
			return rapid.SliceOfN(drawValue(depth-1), 0, 3).Draw(t, "array")
		}
		o := Object{}
		for _, name := range rapid.SliceOfNDistinct(rapid.StringN(1, 5, -1), 0, 3, rapid.ID).Draw(t, "names") {
			o = append(o, Property{name, drawValue(depth-1).Draw(t, "value")})
		}
		return o
	})
}

// TestAgainstLibrary: both codecs read what either writes.
func TestAgainstLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(3).Draw(t, "value")
		b := Append(nil, v)
		got, n, err := First(b, Limits{MaxDepth: 4, MaxItems: 1000, MaxStringBytes: 1000})
		if err != nil || n != len(b) || !reflect.DeepEqual(got, v) {
			t.Fatalf("%#v became %#v, %v", v, got, err)
		}
		var theirs any
		if err := library.NewDecoder(bytes.NewReader(b)).Decode(&theirs); err != nil {
			t.Fatalf("library can't read %x: %v", b, err)
		}
		var again bytes.Buffer
		if err := library.NewEncoder(&again).Encode(theirs); err != nil {
			t.Fatal(err)
		}
		list, err := Parse(again.Bytes(), Limits{MaxDepth: 4, MaxItems: 1000, MaxStringBytes: 1000})
		if err != nil || len(list) != 1 {
			t.Fatalf("library wrote %x: %v", again.Bytes(), err)
		}
	})
}

func TestAppendOrdersMaps(t *testing.T) {
	m := map[string]any{"b": 1, "a": uint32(2), "c": "x", "": true}
	want := Append(nil, Object{{"a", 2.0}, {"b", 1.0}, {"c", "x"}})
	for range 20 {
		if got := Append(nil, m); !bytes.Equal(got, want) {
			t.Fatalf("%x", got)
		}
	}
	long := strings.Repeat("x", 70_000)
	if v, _, err := First(Append(nil, long), limits); err != nil || v != long {
		t.Error("long string")
	}
	if v, _, _ := First(Append(nil, math.Inf(1)), limits); v != math.Inf(1) {
		t.Error("infinity")
	}
}
