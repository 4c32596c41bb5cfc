package channel

import (
	"slices"

	"minilab/simulator/trace"
)

// mayPublish is the one place that says who may.
func mayPublish(m *Member) error {
	if m.Role != Broadcaster && !m.r.o.Defects.AudiencePublishes {
		return refuse(CodeAudience, "audience may not publish or unpublish")
	}
	return nil
}

// SetRole changes a member's role. Who becomes audience loses the publish URL.
func (r *Registry) SetRole(m *Member, role Role) error {
	if role != Broadcaster && role != Audience {
		return refuse(CodeLoginFailed, "invalid role")
	}
	if r.o.Defects.SetRoleIgnored {
		return nil
	}
	changed := m.Role != role
	m.Role = role
	r.log(trace.ServerRole, m, nil, string(role), "")
	switch {
	case !changed:
	case role == Broadcaster:
		r.hosting(m, UserJoined)
	default:
		if !r.o.Defects.RoleStaysPublisher {
			r.withdraw(m, "revoked")
		}
		r.hosting(m, UserLeft)
	}
	if changed {
		r.counted(m)
	}
	return nil
}

// RoleURL is the publish URL that goes with the answer to a change of role, or empty.
func (r *Registry) RoleURL(m *Member) string {
	if !r.o.RoleURL || m.Role != Broadcaster {
		return ""
	}
	url, _ := r.Publish(m)
	return url
}

// Publish grants the URL to publish to: the same one until it is revoked or expires.
func (r *Registry) Publish(m *Member) (url string, err error) {
	if err := mayPublish(m); err != nil {
		return "", err
	}
	if m.push.now == nil {
		m.push.now = r.grant(m, nil)
		r.log(trace.ServerPublish, m, nil, "", "")
		if r.o.Presence == OnPublish {
			r.appear(m)
		}
	}
	if r.expired(m.push.now) {
		r.revoke(&m.push)
		m.push.now = r.grant(m, nil)
	}
	return m.push.now.url, nil
}

// RenewPublish grants a new publish URL in place of the one in force, whose
// connection goes on until the new URL is used. See Options.OldURLLife.
func (r *Registry) RenewPublish(m *Member) (url string, err error) {
	if err := mayPublish(m); err != nil {
		return "", err
	}
	if m.push.now == nil {
		return r.Publish(m)
	}
	r.renew(&m.push, r.grant(m, nil))
	return m.push.now.url, nil
}

// Unpublish takes the publish URL back, if there is one.
func (r *Registry) Unpublish(m *Member) error {
	if err := mayPublish(m); err != nil {
		return err
	}
	if m.push.now != nil {
		r.withdraw(m, "revoked")
	}
	return nil
}

// withdraw ends all that a member has as publisher.
func (r *Registry) withdraw(m *Member, why string) {
	if m.push.now != nil {
		r.revoke(&m.push)
		r.log(trace.ServerUnpublish, m, nil, "", "")
	}
	if m.pushing != nil {
		m.pushing.end(why, true)
	}
	for _, s := range slices.Clone(m.viewers) {
		r.drop(s, "revoked")
	}
	if m.present {
		m.present = false
		for _, other := range slices.Clone(m.channel.members) {
			if i := slices.Index(other.told, m.UID); i >= 0 {
				other.told = slices.Delete(other.told, i, i+1)
				other.untell(m.UID, m)
			}
		}
	}
}

// appear makes a stream known to all others.
func (r *Registry) appear(m *Member) {
	if m.present {
		return
	}
	m.present = true
	for _, other := range slices.Clone(m.channel.members) {
		other.tell(m)
	}
}
