package sdk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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
	role      any // whatever setRole was given
	sid       string
	listeners map[string][]*listener
	session   *session // nil: neither joining nor joined
}

// New makes a Client, as the constructor does: nothing happens yet.
func New(o Options) (*Client, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	c := &Client{Options: o, role: o.Profile.DefaultRole, listeners: map[string][]*listener{}}
	if o.Profile.Defects.AudienceByDefault {
		c.role = Audience
	}
	c.sid = newSID(o.Rand)
	return c, nil
}

// newSID is a UUID without dashes, in capitals.
func newSID(r *rand.Rand) string { return fmt.Sprintf("%016X%016X", r.Uint64(), r.Uint64()) }

// listener is one function that listens; a page may give the same one twice.
type listener struct{ f func(Event) }

// On registers a listener. off takes this one back.
func (c *Client) On(name string, f func(Event)) (off func()) {
	l := &listener{f}
	c.listeners[name] = append(slices.Clip(c.listeners[name]), l)
	return func() {
		c.listeners[name] = slices.DeleteFunc(slices.Clone(c.listeners[name]), func(x *listener) bool { return x == l })
	}
}

// Off takes all listeners of an event back.
func (c *Client) Off(name string) { delete(c.listeners, name) }

// raise tells the listeners that there were when the event came.
func (c *Client) raise(e Event) {
	if c.Profile.Defects.swallows(e) {
		return
	}
	if c.Observe != nil {
		c.Observe(e)
	}
	for _, l := range c.listeners[e.Name] {
		l.f(e)
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
	switch {
	case ok:
	case c.Profile.Defects.InitAcceptsAnything:
		id = fmt.Sprint(appID)
	default:
		return &ThrowError{"init", badAppID}
	}
	c.appID = id
	c.report("init", nil)
	if done != nil {
		done(Answer{}, nil)
	}
	return nil
}

// SetRole sets the role for the next join and, where the profile can, in the channel
// now. Anything is accepted as a role, as shipped versions do.
func (c *Client) SetRole(role any, done Done) error {
	p := &c.Profile
	if !p.SetRole {
		return &ThrowError{"setRole", notAFunction}
	}
	c.role = role
	inChannel := p.SetRoleInChannel && !p.Defects.SetRoleOnlyStored || p.Defects.SetRoleSentAnyway
	switch {
	case inChannel && c.session.isOpen():
		c.session.send("set_role", roleRequest{"set_role", role}, c.answerTo("setRole", done))
	case p.SetRoleAnswersEarly:
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
	d := &c.Profile.Defects
	if c.session != nil && !(method == "join" && d.JoinsTwice || method == "rejoin" && d.RejoinsInSession) {
		return nil
	}
	if id == 0 {
		id = 1 + c.Rand.Uint32N(maxPickedUID)
	}
	if c.Profile.SIDPerJoin {
		c.sid = newSID(c.Rand)
	}
	o := sessionOptions{method: method, key: k, channel: name, uid: id, role: c.role, speakers: speakers, done: done}
	if d.RoleNotSent {
		o.role = c.Profile.DefaultRole
	}
	if d.SpeakersNotSent {
		o.speakers = nil
	}
	c.session = newSession(c, o)
	c.session.begin()
	return nil
}

// maxPickedUID bounds the uid that a client picks for itself.
// Source: SDK files 2.3.2 and 2.4.2: 1 to 10,000,000; fidelity: observed.
const maxPickedUID = 10_000_000

// Leave ends the session. See Profile.LeaveCallbacks for when done is called.
func (c *Client) Leave(done Done) error {
	s, d := c.session, &c.Profile.Defects
	if !s.isOpen() {
		c.end(false)
		if c.Profile.LeaveCallbacksClosed || d.AnswersClosedLeave {
			c.succeed(done, Answer{})
		}
		return nil
	}
	leave := uidRequest{Action: "leave", UID: s.uid}
	if !c.Profile.LeaveCallbacks {
		s.send("leave", leave, func(serverResponse, *Failure) {})
		c.end(d.PingsAfterLeave)
		return nil
	}
	s.send("leave", leave, func(_ serverResponse, f *Failure) {
		c.report("leave", f)
		if f != nil {
			done.fail(f)
			return
		}
		c.end(d.PingsAfterLeave)
		c.succeed(done, Answer{})
	})
	return nil
}

// Destroy drops the session without a word to the gateway but the close. Requests
// under way are never answered.
func (c *Client) Destroy(done Done) {
	open := c.session.isOpen()
	c.end(false)
	if c.Profile.LeaveCallbacksClosed || c.Profile.LeaveCallbacks && open {
		c.succeed(done, Answer{})
	}
}

// end gives up the session. adrift is a defect: what it had going goes on.
func (c *Client) end(adrift bool) {
	s := c.session
	if s == nil {
		return
	}
	c.session = nil
	s.over = true
	if !adrift {
		s.drop()
	}
}

func formatUID(uid uint32) string { return strconv.FormatUint(uint64(uid), 10) }

// lookupURL is where one lookup domain is asked.
func (c *Client) lookupURL(domain string) string {
	return "https://" + domain + "/" + strings.TrimPrefix(c.Profile.LookupPath, "/")
}
