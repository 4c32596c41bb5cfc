package wechat

// hidden implements component.
func (p *LivePlayer) hidden(bool) {}

// suspended implements component.
func (p *LivePlayer) suspended() {}

// shown implements component.
func (p *LivePlayer) shown() {}

// interrupted implements component.
func (p *LivePlayer) interrupted(bool) {}
