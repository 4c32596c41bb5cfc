package simulator

import (
	"fmt"
	"slices"

	"minilab/devices/app"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/mediaserver"
	"minilab/simulator/mediaserver/lookup"
)

// stepServer begins a step of the server: {server: {close: alice}}.
const stepServer = "server"

const everyone = "all"

// Faults of a lookup domain that lie in the network and not with the server: its name
// isn't found, or leads to an address where nobody listens.
const (
	faultDNS    = "dns"
	faultRefuse = "refuse"
	faultError  = "error"
)

// ServerWords are what a script can have the server do or suffer.
func ServerWords() []app.Word {
	one := func(name, doc string) app.Arg { return app.Arg{Name: name, Kind: app.KindMember, Doc: doc} }
	oneOrAll := func(name, doc string) app.Arg {
		return app.Arg{Name: name, Kind: app.KindMember, Words: []string{everyone}, Doc: doc}
	}
	words := func(name, doc string, valid ...string) app.Arg {
		return app.Arg{Name: name, Kind: app.KindWord, Words: valid, Doc: doc}
	}
	may := func(name string, kind app.Kind, doc string) app.Arg {
		return app.Arg{Name: name, Kind: kind, Optional: true, Doc: doc}
	}
	code := app.Arg{Name: "code", Kind: app.KindCount, Like: "501", Doc: "the code told"}
	number := app.Arg{Name: "number", Kind: app.KindCount, Words: []string{everyone}, Like: "1", Doc: "which gateway, from 1, or all"}
	return []app.Word{
		{Name: "lookup", Doc: "how a lookup domain answers from now on", Args: []app.Arg{
			words("domain", "which, or all", append([]string{everyone}, lookupDomains()...)...),
			words("fault", "refuse: nobody listens at its address; dns: its name isn't found; silent: no answer; slow: after delay; error: code and reason; none: as it should",
				faultRefuse, faultDNS, "silent", "slow", faultError, "none"),
			may("delay", app.KindTime, "of a slow answer"), may("code", app.KindCount, "of an error"), may("reason", app.KindText, "of an error"),
			may("gateways", app.KindList, "numbers of the gateways that it answers with; left out: all"),
		}},
		{Name: "gateway", Doc: "whether a gateway's WebSocket opens from now on", Args: []app.Arg{
			number, words("fault", "silent: the upgrade isn't answered; refuse: HTTP 503; none: as it should", "silent", faultRefuse, "none"),
		}},
		{Name: "answer", Doc: "how requests of a kind are answered from now on", Args: []app.Arg{
			{Name: "action", Kind: app.KindText, Like: "join", Doc: "join, publish, subscribe, ..."},
			oneOrAll("to", "who asks, or all"), words("fault", "silent: neither acted on nor answered; late: answered after delay; refuse: answered with code and reason, not acted on", "silent", "late", faultRefuse),
			may("delay", app.KindTime, "of a late answer"), may("code", app.KindCount, "of a refusal"), may("reason", app.KindText, "of a refusal"),
			may("times", app.KindCount, "how many requests; left out or 0: all that come"),
		}},
		{Name: "close", Doc: "the gateway closes a member's WebSocket and ends the session", Args: []app.Arg{one("to", "whose")}},
		{Name: "kick", Doc: "the gateway bans a member and ends the session", Args: []app.Arg{one("to", "whom")}},
		{Name: "status", Doc: "the gateway tells an error by its own accord", Args: []app.Arg{oneOrAll("to", "whom, or all"), code, may("reason", app.KindText, "told with it")}},
		{Name: "update-url", Doc: "the gateway tells a member a new URL in the place of one it has", Args: []app.Arg{
			one("to", "whom"), one("of", "whose stream; the member itself: its URL to push to"),
		}},
		{Name: "rotation", Doc: "a stream is turned: its subscribers are told, later ones when they subscribe", Args: []app.Arg{
			one("of", "whose stream"), {Name: "degrees", Kind: app.KindTurn, Doc: "clockwise: 0, 90, 180 or 270"},
		}},
		{Name: "expire-token", Doc: "a member's token expires: it is warned now, and told 30 s later unless it renewed it", Args: []app.Arg{one("to", "whose")}},
		{Name: "telemetry", Doc: "whether the telemetry hosts answer", Args: []app.Arg{words("fault", "down or up", "down", "up")}},
	}
}

// lookupDomains are those of 1.1.2 and later, then the one of before.
func lookupDomains() []string {
	return append(slices.Clone(lookup.Domains[:]), lookup.GatewayDomain)
}

// serverAction reads what a server step does: {word: value}.
func (p *parser) serverAction(n yamlfile.Node) (Action, bool) {
	all := ServerWords()
	valid := names(all, func(w *app.Word) string { return w.Name })
	if text, scalar := n.Scalar(); scalar {
		if i := slices.Index(valid, text); i >= 0 {
			n.Fail(text+" needs a value", "as in "+p.example(all[i]))
		} else {
			n.FailWord("step of the server", text, valid)
		}
		return Action{}, false
	}
	entries := n.Entries()
	if n.IsMap() && len(entries) != 1 {
		n.Fail(fmt.Sprintf("a step does one thing, and here are %d", len(entries)), "write a step for each")
	}
	if len(entries) != 1 {
		return Action{}, false
	}
	i := slices.Index(valid, entries[0].Key)
	if i < 0 {
		entries[0].At.FailWord("step of the server", entries[0].Key, valid)
		return Action{}, false
	}
	args := p.arguments(all[i], entries[0].Value)
	for _, arg := range all[i].Args {
		if _, there := args[arg.Name]; !arg.Optional && !there {
			return Action{}, false // noted already
		}
	}
	a := Action{Word: stepServer, Args: args}
	a.Server = mediaserver.Command{
		Kind: all[i].Name, Domain: args["domain"].Word, Action: args["action"].Word, Fault: args["fault"].Word,
		Code: args["code"].Count, Reason: args["reason"].Word, Delay: args["delay"].From,
		Times: args["times"].Count, Degrees: args["degrees"].Count, Gateway: args["number"].Count,
	}
	return a, p.gatewaysOf(&a) && p.sensible(a, entries[0].Value)
}

// gatewaysOf reads numbers of gateways and looks whether the server has them.
func (p *parser) gatewaysOf(a *Action) bool {
	for _, v := range a.Args["gateways"].List {
		n, _ := v.(float64)
		if n != float64(int(n)) || n < 1 || int(n) > p.Server.gateways() {
			a.Args["gateways"].at.Fail(fmt.Sprintf("%v is no gateway's number", v), fmt.Sprintf("the server has %d, numbered from 1; gateways in server sets how many", p.Server.gateways()))
			return false
		}
		a.Server.Gateways = append(a.Server.Gateways, int(n))
	}
	if a.Server.Gateway > p.Server.gateways() {
		a.Args["number"].at.Fail(fmt.Sprintf("there is no gateway %d", a.Server.Gateway), fmt.Sprintf("the server has %d; gateways in server sets how many", p.Server.gateways()))
		return false
	}
	return true
}

// sensible has the server's own rules look at a command, with a uid in the place of
// each member.
func (p *parser) sensible(a Action, at yamlfile.Node) bool {
	if a.Server.Domain == lookup.GatewayDomain && (a.Server.Fault == faultDNS || a.Server.Fault == faultRefuse) {
		a.Args["fault"].at.Fail(fmt.Sprintf("%s can't be meant for lookups alone: the gateways' WebSockets go to %s too", a.Server.Fault, lookup.GatewayDomain), "use silent, slow or error")
		return false
	}
	if err := a.command(func(int) uint32 { return 1 }).Validate(); err != nil {
		at.Fail(err.Error(), "minilab explain "+a.Server.Kind+" says what it takes")
		return false
	}
	return true
}

// command is the server's command with the members' uids.
func (a *Action) command(uid func(member int) uint32) mediaserver.Command {
	c := a.Server
	if to, there := a.Args["to"]; there && to.Member >= 0 {
		c.To = uid(to.Member)
	}
	if of, there := a.Args["of"]; there && of.Member >= 0 {
		c.Of = uid(of.Member)
	}
	return c
}
