package sdk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"minilab/simulator/engine"
)

// Options is what a Client needs.
type Options struct {
	Profile Profile
	Proc    *engine.Proc
	Wx      Wx
	// Rand gives session ids and the uid of a join without one. Each Client needs
	// its own stream.
	Rand *rand.Rand
	// Observe sees every event, listened to or not, before the listeners; may be nil.
	Observe func(Event)
}

// Validate tells what is missing.
func (o Options) Validate() error {
	if o.Proc == nil || o.Wx == nil || o.Rand == nil {
		return errors.New("sdk: Proc, Wx and Rand are needed")
	}
	return o.Profile.Validate()
}

// Client is the SDK's object. Its arguments are of type any where a page could pass
// anything, since refusing them is part of what is modelled. A method's error is
// always a *ThrowError: then nothing was sent and done is never called.
type Client struct {
	Options
	appID     string
	role      string
	sid       string
	listeners map[string][]func(Event)
	session   *session // nil: neither joining nor joined
	alarms    alarms
}

// New makes a Client, as the constructor does: nothing happens yet.
func New(o Options) (*Client, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	c := &Client{Options: o, role: o.Profile.DefaultRole, listeners: map[string][]func(Event){}}
	c.sid = newSID(o.Rand)
	c.alarms = alarms{
		open:    o.Proc.Alarm(func() { c.session.openTimedOut() }),
		ping:    o.Proc.Alarm(func() { c.session.ping() }),
		request: o.Proc.Alarm(func() { c.session.requestTimedOut() }),
	}
	return c, nil
}

// newSID is a UUID without dashes, in capitals.
func newSID(r *rand.Rand) string { return fmt.Sprintf("%016X%016X", r.Uint64(), r.Uint64()) }

// On registers a listener.
func (c *Client) On(name string, f func(Event)) { c.listeners[name] = append(c.listeners[name], f) }

func (c *Client) raise(e Event) {
	if c.Observe != nil {
		c.Observe(e)
	}
	for _, f := range c.listeners[e.Name] {
		f(e)
	}
}

// succeed calls done a moment later, as all methods but init do.
func (c *Client) succeed(done Done, a Answer) {
	if done != nil {
		c.Proc.After(c.Profile.SuccessDelay, func() { done(a, nil) })
	}
}

// Init keeps the app id. It calls back at once and asks nobody.
func (c *Client) Init(appID any, done Done) error {
	id, ok := text(appID)
	if !ok {
		return &ThrowError{"init", badAppID}
	}
	c.appID = id
	if done != nil {
		done(Answer{}, nil)
	}
	return nil
}

// SetRole sets the role for the next join and, where the profile can, in the channel
// now. Any name is accepted, as shipped versions do.
func (c *Client) SetRole(role string, done Done) error {
	if !c.Profile.SetRole {
		return &ThrowError{"setRole", notAFunction}
	}
	c.role = role
	switch {
	case c.Profile.SetRoleInChannel && c.session.isOpen():
		c.session.send(roleRequest{"set_role", role}, c.answerTo(done))
	case c.Profile.SetRoleAnswersEarly:
		c.succeed(done, Answer{})
	}
	return nil
}

// Join enters a channel. While a session is there it does nothing and never calls
// back. A token of nil means that the app id is the key, a uid of 0, nil or "" that
// the client picks one.
func (c *Client) Join(token, channel, uid any, done Done) error {
	return c.join("join", token, channel, uid, nil, done)
}

// Rejoin enters a channel again after its loss. speakers are the uids that the page
// knows. It needs a new Client, or a destroyed one: otherwise it does what Join does
// while a session is there.
func (c *Client) Rejoin(token, channel, uid any, speakers []string, done Done) error {
	known := append([]string{}, speakers...)
	return c.join("rejoin", token, channel, uid, &known, done)
}

func (c *Client) join(method string, token, channel, uid any, speakers *[]string, done Done) error {
	if c.appID == "" {
		return &ThrowError{method, notInit}
	}
	k, ok := key(token, c.appID)
	if !ok {
		return &ThrowError{method, badKey}
	}
	name, ok := channelName(channel)
	if !ok {
		return &ThrowError{method, badChannel}
	}
	id, ok := ownUID(uid)
	if !ok {
		return &ThrowError{method, badUID}
	}
	if c.session != nil {
		return nil
	}
	if id == 0 {
		id = 1 + c.Rand.Uint32N(maxPickedUID)
	}
	if c.Profile.SIDPerJoin {
		c.sid = newSID(c.Rand)
	}
	c.session = newSession(c, sessionOptions{key: k, channel: name, uid: id, role: c.role, speakers: speakers, done: done})
	c.session.lookup()
	return nil
}

// maxPickedUID bounds the uid that a client picks for itself.
// Source: SDK files 2.3.2 and 2.4.2: 1 to 10,000,000; fidelity: observed.
const maxPickedUID = 10_000_000

// Publish asks for the URL to push to. The role is the gateway's business.
func (c *Client) Publish(done Done) error {
	return c.ask("publish", func() any { return uidRequest{Action: "publish", UID: c.session.uid} }, done)
}

// Unpublish takes the stream back.
func (c *Client) Unpublish(done Done) error {
	return c.ask("unpublish", func() any { return uidRequest{Action: "unpublish", UID: c.session.uid} }, done)
}

// Subscribe asks for the URL to play a member's stream from.
func (c *Client) Subscribe(uid any, done Done) error {
	id, ok := remoteUID(uid)
	if !ok {
		return &ThrowError{"subscribe", badUID}
	}
	return c.ask("subscribe", func() any { return uidRequest{Action: "subscribe", UID: id} }, done)
}

// Unsubscribe gives up a member's stream.
func (c *Client) Unsubscribe(uid any, done Done) error {
	id, ok := remoteUID(uid)
	if !ok {
		return &ThrowError{"unsubscribe", badUID}
	}
	return c.ask("unsubscribe", func() any { return uidsRequest{"unsubscribe", []uint32{id}} }, done)
}

// Mute stops receiving a member's audio, video or both ("all").
func (c *Client) Mute(uid any, target string, done Done) error {
	return c.muting("mute", uid, target, done)
}

// Unmute receives it again.
func (c *Client) Unmute(uid any, target string, done Done) error {
	return c.muting("unmute", uid, target, done)
}

func (c *Client) muting(method string, uid any, target string, done Done) error {
	if !c.Profile.Mute {
		return &ThrowError{method, notAFunction}
	}
	id, ok := remoteUID(uid)
	if !ok {
		return &ThrowError{method, badUID}
	}
	if target != "audio" && target != "video" && target != "all" {
		return &ThrowError{method, badTarget}
	}
	return c.ask(method, func() any { return uidRequest{method, id, target} }, done)
}

// ask sends a request that needs an open socket.
func (c *Client) ask(method string, body func() any, done Done) error {
	if !c.session.isOpen() {
		return &ThrowError{method, disconnected}
	}
	c.session.send(body(), c.answerTo(done))
	return nil
}

// answerTo turns a gateway's answer into a page's callback.
func (c *Client) answerTo(done Done) func(serverResponse, *Failure) {
	return func(r serverResponse, f *Failure) {
		if f != nil {
			done.fail(f)
			return
		}
		c.succeed(done, Answer{URL: r.URL, Rotation: r.Rotation, UpdateURL: r.UpdateURL})
	}
}

// Leave ends the session. See Profile.LeaveCallbacks for when done is called.
func (c *Client) Leave(done Done) error {
	s := c.session
	if !s.isOpen() {
		c.end()
		if c.Profile.LeaveCallbacksClosed {
			c.succeed(done, Answer{})
		}
		return nil
	}
	leave := uidRequest{Action: "leave", UID: s.uid}
	if !c.Profile.LeaveCallbacks {
		s.send(leave, func(serverResponse, *Failure) {})
		c.end()
		return nil
	}
	s.send(leave, func(_ serverResponse, f *Failure) {
		if f != nil {
			done.fail(f)
			return
		}
		c.end()
		c.succeed(done, Answer{})
	})
	return nil
}

// Destroy drops the session without a word to the gateway but the close. Requests
// under way are never answered.
func (c *Client) Destroy(done Done) {
	open := c.session.isOpen()
	c.end()
	if c.Profile.LeaveCallbacksClosed || c.Profile.LeaveCallbacks && open {
		c.succeed(done, Answer{})
	}
}

// end forgets the session: none of its events, answers or timers can come after.
func (c *Client) end() {
	if c.session != nil {
		c.session.drop()
		c.session = nil
	}
}

func formatUID(uid uint32) string { return strconv.FormatUint(uint64(uid), 10) }

// lookupURL is where one lookup domain is asked.
func (c *Client) lookupURL(domain string) string {
	return "https://" + domain + "/" + strings.TrimPrefix(c.Profile.LookupPath, "/")
}
