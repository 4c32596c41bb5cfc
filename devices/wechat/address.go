package wechat

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// rtmpAddress is a stream's URL taken apart.
type rtmpAddress struct {
	host   string
	port   uint16
	app    string
	tcURL  string
	stream string // with its query
}

func parseRTMP(raw string) (rtmpAddress, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return rtmpAddress{}, fmt.Errorf("stream address: %w", err)
	}
	app, stream, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if u.Scheme != "rtmp" || u.Hostname() == "" || !ok || app == "" || stream == "" {
		return rtmpAddress{}, fmt.Errorf("stream address %q: want rtmp://host/app/stream", raw)
	}
	port, err := portOf(u, 1935)
	if err != nil {
		return rtmpAddress{}, err
	}
	if u.RawQuery != "" {
		stream += "?" + u.RawQuery
	}
	return rtmpAddress{host: u.Hostname(), port: port, app: app, tcURL: "rtmp://" + u.Host + "/" + app, stream: stream}, nil
}

// parseSecure takes a URL of a scheme over TLS apart.
func parseSecure(raw, scheme string) (*url.URL, uint16, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, 0, err
	}
	if u.Scheme != scheme || u.Hostname() == "" {
		return nil, 0, fmt.Errorf("url %q: want %s", raw, scheme)
	}
	port, err := portOf(u, 443)
	return u, port, err
}

func portOf(u *url.URL, usual uint16) (uint16, error) {
	if u.Port() == "" {
		return usual, nil
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return 0, fmt.Errorf("port of %q: %w", u.Host, err)
	}
	return uint16(n), nil
}
