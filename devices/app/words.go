package app

import (
	"slices"

	"minilab/devices/sdk"
)

var (
	argUID    = Arg{Name: ArgUID, Kind: KindMember, Doc: "the member it is about"}
	argTarget = Arg{Name: "target", Kind: KindWord, Words: []string{"audio", "video", "all"}, Doc: "what of that member's stream"}
	argOwn    = Arg{Name: "target", Kind: KindWord, Words: []string{"audio", "video", "all"}, Doc: "what of the own stream"}
	argRole   = Arg{Name: "role", Kind: KindWord, Words: []string{sdk.Broadcaster, sdk.Audience}, Doc: "the role to have"}
	argSwitch = Arg{Name: "switch", Kind: KindWord, Words: []string{"on", "off"}, Doc: "on or off"}
	argTimes  = Arg{Name: "times", Kind: KindCount, Doc: "how many rounds"}
	argStay   = Arg{Name: "stay", Kind: KindSpan, Doc: "how long to stay, drawn for each round: 1s..3s"}
	argPause  = Arg{Name: "pause", Kind: KindSpan, Doc: "how long to wait before joining again, drawn each time: 0s..2s"}
	argMethod = Arg{Name: "method", Kind: KindWord, Words: methodNames(), Doc: "the client's method"}
	argArgs   = Arg{Name: "args", Kind: KindList, Doc: "its arguments: texts, numbers, true, false, null"}
	argWhose  = Arg{Name: ArgUID, Kind: KindMember, Doc: "the member that the URL was given to; oneself is allowed"}
	argURL    = Arg{Name: "url", Kind: KindWord, Words: []string{usePush, usePlay}, Doc: "which of its URLs: the one to push to, or one to play"}
	argOf     = Arg{Name: "of", Kind: KindMember, Optional: true, Doc: "whose stream the URL to play is for; left out: the one asked for last"}
	argWhen   = Arg{Name: "when", Kind: KindWord, Words: []string{whenNow, whenOld}, Optional: true, Doc: "now (as if left out): the URL given last; old: the one before it"}
	argAs     = Arg{Name: "as", Kind: KindWord, Words: []string{usePush, usePlay}, Optional: true, Doc: "what to do with it; left out: what it is for"}
)

// Steps is the vocabulary, in the order in which it is best read.
func Steps() []Word {
	return slices.Concat(visitWords(), callWords(), mediaWords(), oddWords())
}

// visitWords are about coming and going.
func visitWords() []Word {
	return []Word{
		{"join", nil, "open the page: listeners, setRole, init, join, and publish for a broadcaster; streams are subscribed as they come, and errors 501 and 904 recovered from",
			func(a *App, _ Step) { a.rounds = nil; a.join(nil) }},
		{"leave", nil, "close the page: unpublish, leave, and no more pusher and players",
			func(a *App, _ Step) { a.rounds = nil; a.leave("", nil) }},
		{"rejoin", nil, "setRole, init, rejoin with the uids of all tiles, and publish for a broadcaster, without the destroy that recovery does first",
			func(a *App, _ Step) { a.rounds = nil; a.rejoin() }},
		{"join-leave", []Arg{argTimes, argStay, argPause}, "join, stay, leave and pause, again and again on the same client; a join that is not answered in 60 s is given up with its client",
			func(a *App, s Step) {
				a.begin(rounds{left: s.Args[argTimes.Name].Count, stay: s.Args[argStay.Name], pause: s.Args[argPause.Name]})
			}},
		{"join-until", []Arg{argPause}, "join, and again after each failure until it succeeds",
			func(a *App, s Step) { a.begin(rounds{until: true, pause: s.Args[argPause.Name]}) }},
	}
}

// callWords are single calls of the SDK.
func callWords() []Word {
	return []Word{
		{"setRole", []Arg{argRole}, "one call of setRole, which the page also wants at its next join",
			func(a *App, s Step) { a.setRole(s.Args[argRole.Name].Word) }},
		{"publish", nil, "one call of publish, whatever the role; its URL is pushed to",
			func(a *App, _ Step) { a.publish(nil) }},
		{"unpublish", nil, "one call of unpublish; on success the pusher goes",
			func(a *App, _ Step) { a.unpublish() }},
		{"subscribe", []Arg{argUID}, "one call of subscribe; its URL is played",
			func(a *App, s Step) { a.subscribe(s.Args[ArgUID].UID) }},
		{"unsubscribe", []Arg{argUID}, "one call of unsubscribe; on success the player goes",
			func(a *App, s Step) { a.unsubscribe(s.Args[ArgUID].UID) }},
		{"mute", []Arg{argUID, argTarget}, "one call of mute: stop receiving a member's sound, picture or both",
			func(a *App, s Step) { a.mute(s.Args[ArgUID].UID, s.Args[argTarget.Name].Word) }},
		{"unmute", []Arg{argUID, argTarget}, "one call of unmute: receive it again",
			func(a *App, s Step) { a.unmute(s.Args[ArgUID].UID, s.Args[argTarget.Name].Word) }},
		{"muteLocal", []Arg{argOwn}, "one call of muteLocal: stop sending the own sound, picture or both; the live-pusher stays as it is",
			func(a *App, s Step) { a.muteLocal(s.Args[argOwn.Name].Word) }},
		{"unmuteLocal", []Arg{argOwn}, "one call of unmuteLocal: send it again",
			func(a *App, s Step) { a.unmuteLocal(s.Args[argOwn.Name].Word) }},
		{"updatePushUrl", nil, "one call of updatePushUrl; the live-pusher goes on with the URL that it gives",
			func(a *App, _ Step) { a.updatePushURL() }},
		{"destroy", nil, "one call of destroy; tiles stay, and the next call has a new client",
			func(a *App, _ Step) { a.rounds = nil; a.destroy(); a.become(stateIdle, "destroyed") }},
	}
}

// mediaWords switch what the page sends.
func mediaWords() []Word {
	return []Word{
		{"mic", []Arg{argSwitch}, "switch the live-pusher's microphone, now or for when it starts",
			func(a *App, s Step) { a.setMic(s.Args[argSwitch.Name].Word == "on") }},
		{"camera", []Arg{argSwitch}, "switch the live-pusher's camera, now or for when it starts",
			func(a *App, s Step) { a.setCamera(s.Args[argSwitch.Name].Word == "on") }},
		{"switchCamera", nil, "one call of the live-pusher's switchCamera: the other camera opens, which takes its time and ends a stall; before the live-pusher starts, and while the page is left, it fails and changes nothing",
			func(a *App, _ Step) { a.operate("switchCamera") }},
		{"pause", nil, "one call of the live-pusher's pause: instead of the camera's picture it sends its waiting image, or black if it has none, until resume; sound goes on; fails as switchCamera does",
			func(a *App, _ Step) { a.operate("pause") }},
		{"resume", nil, "one call of the live-pusher's resume, after pause",
			func(a *App, _ Step) { a.operate("resume") }},
		{"up", nil, "become broadcaster in the channel as the demo does: setRole(broadcaster), then publish",
			func(a *App, _ Step) { a.up() }},
		{"down", nil, "become audience in the channel as the demo does: unpublish, setRole(audience), and no more pusher",
			func(a *App, _ Step) { a.down() }},
	}
}

// oddWords are what no demo does, for tests of what must not work.
func oddWords() []Word {
	return []Word{
		{"call", []Arg{argMethod, argArgs}, "one call of a method with any arguments, right or wrong; what it gives is not used",
			func(a *App, s Step) { a.raw(s.Args[argMethod.Name].Word, s.Args[argArgs.Name].List) }},
		{"abandon", nil, "forget the client without destroying it; the next call has a new one beside it",
			func(a *App, _ Step) { a.abandon() }},
		{"intrude", []Arg{argWhose, argURL, argOf, argWhen, argAs}, "push to or play a media URL that was given to another member, or to oneself before",
			func(a *App, s Step) {
				a.intrude(s.Args[ArgUID], s.Args[argURL.Name].Word, s.Args[argOf.Name].UID, s.Args[argWhen.Name].Word == whenOld, s.Args[argAs.Name].Word)
			}},
	}
}
