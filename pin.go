//go:build pin

package minilab

import (
	_ "github.com/alecthomas/kong"
	_ "github.com/coder/websocket"
	_ "github.com/gobwas/ws"
	_ "github.com/goccy/go-yaml"
	_ "github.com/mattn/go-runewidth"
	_ "github.com/onsi/ginkgo/v2"
	_ "github.com/onsi/ginkgo/v2/ginkgo"
	_ "github.com/onsi/gomega"
	_ "github.com/pion/transport/v2"
	_ "github.com/santhosh-tekuri/jsonschema/v6"
	_ "github.com/yutopp/go-rtmp"
	_ "golang.org/x/net/nettest"
	_ "golang.org/x/term"
	_ "honnef.co/go/tools/cmd/staticcheck"
	_ "pgregory.net/rapid"
)
