package sdk

import "encoding/json"

// Publish asks for the URL to push to. The role is the gateway's business.
func (c *Client) Publish(done Done) error {
	return c.ask("publish", "publish", func() any { return uidRequest{Action: "publish", UID: c.session.uid} }, done)
}

// Unpublish takes the stream back.
func (c *Client) Unpublish(done Done) error {
	return c.ask("unpublish", "unpublish", func() any { return uidRequest{Action: "unpublish", UID: c.session.uid} }, done)
}

// Subscribe asks for the URL to play a member's stream from.
func (c *Client) Subscribe(uid any, done Done) error {
	id, ok := c.remoteUID(uid)
	if !ok {
		return &ThrowError{"subscribe", badUID}
	}
	return c.ask("subscribe", "subscribe", func() any { return uidRequest{Action: "subscribe", UID: id} }, done)
}

// Unsubscribe gives up a member's stream.
func (c *Client) Unsubscribe(uid any, done Done) error {
	id, ok := c.remoteUID(uid)
	if !ok {
		return &ThrowError{"unsubscribe", badUID}
	}
	return c.ask("unsubscribe", "unsubscribe", func() any { return uidsRequest{"unsubscribe", []uint32{id}} }, done)
}

// remoteUID reads the uid of another member.
func (c *Client) remoteUID(v any) (uint32, bool) {
	if c.Profile.Defects.TextIsUID {
		if id, ok := ownUID(v); ok {
			return id, true
		}
	}
	return remoteUID(v)
}

// Mute stops receiving a member's audio, video or both ("all").
func (c *Client) Mute(uid, target any, done Done) error {
	if c.Profile.Defects.MuteIsAll && isTarget(target) {
		target = "all"
	}
	return c.muting("mute", uid, target, done)
}

// Unmute receives it again.
func (c *Client) Unmute(uid, target any, done Done) error {
	if c.Profile.Defects.UnmuteNotSent {
		c.succeed(done, Answer{})
		return nil
	}
	return c.muting("unmute", uid, target, done)
}

func (c *Client) muting(method string, uid, target any, done Done) error {
	if !c.Profile.Mute {
		return &ThrowError{method, notAFunction}
	}
	id, ok := c.remoteUID(uid)
	if !ok {
		return &ThrowError{method, badUID}
	}
	if !isTarget(target) && !c.Profile.Defects.AnyTarget {
		return &ThrowError{method, badTarget}
	}
	return c.ask(method, method, func() any { return muteRequest{method, id, target} }, done)
}

// MuteLocal tells the gateway that the page sends no more audio, video or both
// ("all"). Whether the live-pusher really stops is the page's business.
func (c *Client) MuteLocal(target any, done Done) error {
	return c.mutingLocal("muteLocal", target, true, done)
}

// UnmuteLocal tells it that the page sends again.
func (c *Client) UnmuteLocal(target any, done Done) error {
	return c.mutingLocal("unmuteLocal", target, false, done)
}

func (c *Client) mutingLocal(method string, target any, mute bool, done Done) error {
	if !c.Profile.MuteLocal {
		return &ThrowError{method, notAFunction}
	}
	if !isTarget(target) {
		return &ThrowError{method, badTarget}
	}
	return c.ask(method, "mute_local", func() any { return localRequest{"mute_local", c.session.uid, target, mute} }, done)
}

// UpdatePushURL asks for a new URL to push to.
func (c *Client) UpdatePushURL(done Done) error {
	if !c.Profile.RawRequests {
		return &ThrowError{"updatePushUrl", notAFunction}
	}
	return c.ask("updatePushUrl", "update_url", func() any { return urlRequest{"update_url", "publish", c.session.uid} }, done)
}

// Send sends a request as the page made it.
func (c *Client) Send(request map[string]any, done Done) error {
	if !c.Profile.RawRequests {
		return &ThrowError{"send", notAFunction}
	}
	body, err := json.Marshal(request)
	if err != nil {
		return &ThrowError{"send", err.Error()}
	}
	action, _ := request["action"].(string)
	return c.ask("send", action, func() any { return json.RawMessage(body) }, done)
}

// IsConnected tells whether the socket stands, as far as the client knows: a link
// that has gone dead counts as standing.
func (c *Client) IsConnected() (bool, error) {
	if !c.Profile.Connected {
		return false, &ThrowError{"isConnected", notAFunction}
	}
	return c.session.isOpen(), nil
}

// ask sends a request that needs an open socket.
func (c *Client) ask(method, action string, body func() any, done Done) error {
	if !c.session.isOpen() {
		if c.Profile.Defects.CallsVanish {
			return nil
		}
		return &ThrowError{method, disconnected}
	}
	c.session.send(action, body(), c.answerTo(method, done))
	return nil
}

// answerTo turns a gateway's answer into a page's callback.
func (c *Client) answerTo(method string, done Done) func(serverResponse, *Failure) {
	return func(r serverResponse, f *Failure) {
		c.report(method, f)
		d := &c.Profile.Defects
		if f != nil && !(d.RefusalsAreSuccess && f.Code < CodeNoServer) {
			done.fail(f)
			return
		}
		a := Answer{URL: r.URL, Rotation: r.Rotation}
		if c.Profile.SetRoleGivesURL {
			a.UpdateURL = r.UpdateURL
		}
		if d.RotationLost {
			a.Rotation = 0
		}
		c.succeed(done, a)
	}
}
