package channel

// Defects are planted mistakes, all off in a server that is right. Each names the
// promises that it must break.
type Defects struct {
	// IgnoresRoleAtJoin makes whoever joins a broadcaster (C13).
	IgnoresRoleAtJoin bool `yaml:"ignoresRoleAtJoin"`
	// LiveJoinsAsAudience makes mini-program members of live channels audience, whatever
	// role they join with (C18).
	LiveJoinsAsAudience bool `yaml:"liveJoinsAsAudience"`
	// SetRoleIgnored answers a change of role and keeps the old one (C15).
	SetRoleIgnored bool `yaml:"setRoleIgnored"`
	// AudiencePublishes refuses no audience that publishes: 433 is never sent (C16).
	AudiencePublishes bool `yaml:"audiencePublishes"`
	// RoleStaysPublisher leaves who becomes audience its stream and its URL (C17).
	RoleStaysPublisher bool `yaml:"roleStaysPublisher"`
	// PublishAnnouncedToSelf tells a publisher of its own stream (C19).
	PublishAnnouncedToSelf bool `yaml:"publishAnnouncedToSelf"`
	// WrongStream plays another publisher's stream than the one subscribed, if there is
	// one (C20).
	WrongStream bool `yaml:"wrongStream"`
	// SubscribeAudience grants a subscription of who is no broadcaster (C21).
	SubscribeAudience bool `yaml:"subscribeAudience"`
	// LocalMuteUntold tells nobody that a publisher stopped sending a medium (C28).
	LocalMuteUntold bool `yaml:"localMuteUntold"`
	// LocalMuteCutsPush ends the publisher's connection when it mutes itself (C29).
	LocalMuteCutsPush bool `yaml:"localMuteCutsPush"`
	// RejoinHearsNothing tells who rejoins of no stream (C32).
	RejoinHearsNothing bool `yaml:"rejoinHearsNothing"`
	// RejoinAsNew ignores what a member that rejoins says it knows, so that it never
	// hears of streams that ended meanwhile (C33).
	RejoinAsNew bool `yaml:"rejoinAsNew"`
	// StreamRemovedNotSent tells nobody that a stream has ended (C36, C33).
	StreamRemovedNotSent bool `yaml:"streamRemovedNotSent"`
	// SubscribesSeven refuses a member's eighth subscription (C43).
	SubscribesSeven bool `yaml:"subscribesSeven"`
	// SmallChannels admit 100 members (C44).
	SmallChannels bool `yaml:"smallChannels"`
	// RoleChangesAnnounced tells all of who joins as audience and of changes of role (C47).
	RoleChangesAnnounced bool `yaml:"roleChangesAnnounced"`
	// NativeInvisible announces streams of Native and Web members to nobody (C49).
	NativeInvisible bool `yaml:"nativeInvisible"`
	// PassesVP8 sends mini-program members video that they can't decode (C50).
	PassesVP8 bool `yaml:"passesVP8"`
	// URLsUnbound lets anybody use a media URL (C51).
	URLsUnbound bool `yaml:"urlsUnbound"`
	// URLsSurviveLeave revokes no media URL: not on leave, unsubscribe or a change of
	// role (C51).
	URLsSurviveLeave bool `yaml:"urlsSurviveLeave"`
	// URLsServeBoth lets a publish URL be played, which shows the member itself (C51).
	URLsServeBoth bool `yaml:"urlsServeBoth"`
}
