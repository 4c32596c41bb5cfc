package mediaserver

import (
	"errors"
	"io"
	"net"

	gortmp "github.com/yutopp/go-rtmp"
	"github.com/yutopp/go-rtmp/message"

	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/channel"
)

// session answers go-rtmp's callbacks for one connection, in a goroutine of the
// library's: it asks the loop and waits.
type session struct {
	gortmp.DefaultHandler
	s    *Server
	port *engine.Port // of the connection
	peer string       // finds the connection's rtmpConn
	app  string
}

// openSession gives go-rtmp a connection's handler. It must not panic or return no
// connection: nothing would catch that.
func (s *Server) openSession(conn net.Conn) (io.ReadWriteCloser, *gortmp.ConnConfig) {
	h := &session{s: s, peer: conn.RemoteAddr().String()}
	if c, ok := conn.(*engine.Conn); ok {
		h.port = c.Port()
	}
	return conn, &gortmp.ConnConfig{
		Handler:                   h,
		SkipHandshakeVerification: true, // some peers don't echo as they should
		ReaderBufferSize:          4 << 10,
		WriterBufferSize:          4 << 10,
		ControlState:              gortmp.StreamControlStateConfig{MaxMessageStreams: s.o.Limits.MaxMessageStreams + 1},
	}
}

var (
	errUnknownApp = errors.New("unknown application")
	errGone       = errors.New("the connection has ended")
)

// OnConnect implements gortmp.Handler.
func (h *session) OnConnect(_ uint32, cmd *message.NetConnectionConnect) error {
	if h.port == nil || cmd.Command.App != channel.App {
		return errUnknownApp
	}
	h.app = cmd.Command.App
	return nil
}

// OnPublish implements gortmp.Handler.
func (h *session) OnPublish(ctx *gortmp.StreamContext, _ uint32, cmd *message.NetStreamPublish) error {
	return h.ask(func(c *rtmpConn) error { return c.publish(ctx.StreamID, h.app, cmd.PublishingName) })
}

// OnPlay implements gortmp.Handler.
func (h *session) OnPlay(ctx *gortmp.StreamContext, _ uint32, cmd *message.NetStreamPlay) error {
	return h.ask(func(c *rtmpConn) error { return c.subscribe(ctx.StreamID, h.app, cmd.StreamName) })
}

func (h *session) ask(question func(*rtmpConn) error) error {
	err := errGone
	ended := h.port.Call(func() {
		if c := h.s.conns[h.peer]; c != nil {
			err = question(c)
		}
	})
	if ended != nil {
		return ended
	}
	return err
}
