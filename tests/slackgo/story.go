// slack-go, as Debian packages it, unmodified but for its base URL, against `taut dev`: a story over every family that it has.
//
//	story [apps|act|rtm]      apps: the second story, of apps.go; act: the third; rtm: of real time, in rtm.go
//
// The environment is what `taut dev --env` writes.  Ends with "N passed, M failed".
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

var passed, failed int

func check(good bool, what string) {
	if good {
		passed++
		return
	}
	failed++
	fmt.Println("not ok:", what)
}

// went counts a call that must succeed; what it answered is looked at with check.
func went(what string, err error) {
	check(err == nil, fmt.Sprintf("%s: %v", what, err))
}

func refused(what, code string, err error) {
	check(err != nil && err.Error() == code, fmt.Sprintf("%s: %v, not %s", what, err, code))
}

func client(token string) *slack.Client {
	return slack.New(os.Getenv(token), slack.OptionAPIURL(os.Getenv("SLACK_API_URL")))
}

type story struct {
	owner, bot, member *slack.Client
	me, botUser, other string
	channel, message   string
}

func (s *story) auth() {
	_, err := slack.New("xoxp-nobody", slack.OptionAPIURL(os.Getenv("SLACK_API_URL"))).AuthTest()
	refused("a token of nobody", "invalid_auth", err)
	for _, of := range []struct {
		c  *slack.Client
		id *string
	}{{s.owner, &s.me}, {s.bot, &s.botUser}, {s.member, &s.other}} {
		who, err := of.c.AuthTest()
		went("auth.test", err)
		if err == nil {
			*of.id = who.UserID
			check(strings.HasPrefix(who.TeamID, "T") && who.URL != "" && who.User != "", "auth.test says who and where")
		}
	}
	who, err := s.bot.AuthTest()
	went("auth.test of a bot", err)
	if err == nil {
		bot, err := s.bot.GetBotInfo(who.BotID)
		went("bots.info", err)
		check(err == nil && bot.ID == who.BotID && bot.UserID == s.botUser && bot.AppID != "", "bots.info is the bot")
	}
}

func (s *story) conversations() {
	c, err := s.owner.CreateConversation("slack-go", false)
	went("conversations.create", err)
	if err != nil {
		return
	}
	s.channel = c.ID
	check(c.Name == "slack-go" && c.IsChannel && !c.IsPrivate && c.Creator == s.me, "the new channel")
	_, err = s.owner.CreateConversation("slack-go", false)
	refused("the same name again", "name_taken", err)
	_, err = s.owner.InviteUsersToConversation(s.channel, s.botUser, s.other)
	went("conversations.invite", err)
	members, _, err := s.owner.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: s.channel})
	went("conversations.members", err)
	check(len(members) == 3, fmt.Sprint("three members: ", members))
	went("conversations.kick", s.owner.KickUserFromConversation(s.channel, s.other))
	_, _, _, err = s.member.JoinConversation(s.channel)
	went("conversations.join", err)
	topic, err := s.owner.SetTopicOfConversation(s.channel, "Go")
	went("conversations.setTopic", err)
	check(err == nil && topic.Topic.Value == "Go", "the topic")
	_, err = s.owner.SetPurposeOfConversation(s.channel, "to try Go")
	went("conversations.setPurpose", err)
	_, err = s.owner.RenameConversation(s.channel, "slack-go-2")
	went("conversations.rename", err)
	c, err = s.owner.GetConversationInfo(s.channel, true)
	went("conversations.info", err)
	check(err == nil && c.Name == "slack-go-2" && c.Purpose.Value == "to try Go" && c.Locale != "", "what has become of it")
	list, _, err := s.owner.GetConversations(&slack.GetConversationsParameters{Limit: 200})
	went("conversations.list", err)
	found := false
	for _, one := range list {
		found = found || one.ID == s.channel
	}
	check(found, "the channel is in the list")
	mine, _, err := s.bot.GetConversationsForUser(&slack.GetConversationsForUserParameters{Types: []string{"public_channel"}})
	went("users.conversations", err)
	check(len(mine) > 0, "the bot's channels")
	_, err = s.member.LeaveConversation(s.channel)
	went("conversations.leave", err)
	went("conversations.archive", s.owner.ArchiveConversation(s.channel))
	went("conversations.unarchive", s.owner.UnArchiveConversation(s.channel))
	_, _, _, err = s.member.JoinConversation(s.channel)
	went("conversations.join again", err)
	_, _, _, err = s.bot.JoinConversation(s.channel)
	went("the bot is in it", err)
	im, _, _, err := s.owner.OpenConversation(&slack.OpenConversationParameters{Users: []string{s.other}})
	went("conversations.open of two", err)
	if err == nil {
		_, _, err = s.owner.CloseConversation(im.ID)
		went("conversations.close", err)
	}
	_, _, _, err = s.owner.OpenConversation(&slack.OpenConversationParameters{Users: []string{s.other, s.botUser}})
	went("conversations.open of three", err)
}

func (s *story) chat() {
	_, _, err := s.bot.PostMessage("C0NOWHERE", slack.MsgOptionText("x", false))
	refused("a message to nowhere", "channel_not_found", err)
	channel, ts, err := s.bot.PostMessage(s.channel, slack.MsgOptionText("marmalade & toast", true),
		slack.MsgOptionAttachments(slack.Attachment{Text: "with", Fields: []slack.AttachmentField{{Title: "a", Value: "b"}}}))
	went("chat.postMessage", err)
	check(channel == s.channel && len(ts) == 17, "where it stands")
	s.message = ts
	_, _, err = s.bot.PostMessage(s.channel, slack.MsgOptionBlocks(
		slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "*blocks*", false, false), nil, nil),
		slack.NewDividerBlock()), slack.MsgOptionTS(ts))
	went("chat.postMessage: blocks, in a thread", err)
	_, _, text, err := s.bot.UpdateMessage(s.channel, ts, slack.MsgOptionText("marmalade", false))
	went("chat.update", err)
	check(text == "marmalade", "the new text")
	_, err = s.bot.PostEphemeral(s.channel, s.me, slack.MsgOptionText("only you", false))
	went("chat.postEphemeral", err)
	_, _, err = s.owner.PostMessage(s.channel, slack.MsgOptionMeMessage(), slack.MsgOptionText("waves", false))
	went("chat.meMessage", err)
	link, err := s.bot.GetPermalink(&slack.PermalinkParameters{Channel: s.channel, Ts: ts})
	went("chat.getPermalink", err)
	check(strings.Contains(link, s.channel), "the link")
	at := strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)
	_, _, err = s.bot.ScheduleMessage(s.channel, at, slack.MsgOptionText("later", false))
	went("chat.scheduleMessage", err)
	waiting, _, err := s.bot.GetScheduledMessages(&slack.GetScheduledMessagesParameters{Channel: s.channel})
	went("chat.scheduledMessages.list", err)
	check(len(waiting) == 1 && waiting[0].Text == "later", "the message that waits")
	if len(waiting) == 1 {
		_, err = s.bot.DeleteScheduledMessage(
			&slack.DeleteScheduledMessageParameters{Channel: s.channel, ScheduledMessageID: waiting[0].ID})
		went("chat.deleteScheduledMessage", err)
	}
	history, err := s.bot.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: s.channel, Limit: 100})
	went("conversations.history", err)
	if err == nil {
		check(len(history.Messages) > 2 && history.Messages[0].Text == "waves", "the newest comes first")
	}
	thread, _, _, err := s.bot.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: s.channel, Timestamp: ts})
	went("conversations.replies", err)
	check(len(thread) == 2 && thread[0].ReplyCount == 1 && len(thread[1].Blocks.BlockSet) == 2, "the thread")
	went("conversations.mark", s.owner.MarkConversation(s.channel, ts))
	_, gone, err := s.bot.PostMessage(s.channel, slack.MsgOptionText("gone", false))
	went("chat.postMessage", err)
	_, _, err = s.bot.DeleteMessage(s.channel, gone)
	went("chat.delete", err)
}

func (s *story) marks() {
	ref := slack.NewRefToMessage(s.channel, s.message)
	went("reactions.add", s.bot.AddReaction("tada", ref))
	refused("reactions.add again", "already_reacted", s.bot.AddReaction("tada", ref))
	reactions, err := s.owner.GetReactions(ref, slack.NewGetReactionsParameters())
	went("reactions.get", err)
	check(len(reactions) == 1 && reactions[0].Name == "tada" && reactions[0].Count == 1, "the reaction")
	items, paging, err := s.bot.ListReactions(slack.NewListReactionsParameters())
	went("reactions.list", err)
	check(err == nil && len(items) == 1 && items[0].Type == "message" && paging.Total == 1, "what the bot reacted to")
	went("reactions.remove", s.bot.RemoveReaction("tada", ref))
	went("pins.add", s.owner.AddPin(s.channel, ref))
	pins, _, err := s.owner.ListPins(s.channel)
	went("pins.list", err)
	check(len(pins) == 1 && pins[0].Message != nil && pins[0].Message.Timestamp == s.message, "the pin")
	went("pins.remove", s.owner.RemovePin(s.channel, ref))
	went("stars.add", s.owner.AddStar(s.channel, ref))
	stars, _, err := s.owner.ListStars(slack.NewStarsParameters())
	went("stars.list", err)
	check(len(stars) == 1 && stars[0].Message != nil && stars[0].Message.Text == "marmalade", "the star")
	went("stars.remove", s.owner.RemoveStar(s.channel, ref))
}

func (s *story) files() {
	f, err := s.owner.UploadFile(slack.FileUploadParameters{Reader: strings.NewReader("one\ntwo\n"), Filename: "two.txt",
		Title: "Two lines", InitialComment: "look", Channels: []string{s.channel}})
	went("files.upload", err)
	if err != nil {
		return
	}
	check(f.Name == "two.txt" && f.Size == 8 && f.Title == "Two lines", "the file")
	_, err = s.owner.UploadFile(slack.FileUploadParameters{Content: "text", Filename: "text.txt"})
	went("files.upload of content", err)
	var body bytes.Buffer
	went("the download", s.owner.GetFile(f.URLPrivateDownload, &body))
	check(body.String() == "one\ntwo\n", "what was uploaded is what is downloaded")
	f, _, _, err = s.owner.GetFileInfo(f.ID, 0, 0)
	went("files.info", err)
	files, _, err := s.owner.GetFiles(slack.NewGetFilesParameters())
	went("files.list", err)
	check(len(files) == 2, "both files")
	f, _, _, err = s.owner.ShareFilePublicURL(f.ID)
	went("files.sharedPublicURL", err)
	check(err == nil && f.PermalinkPublic != "", "the public link")
	f, err = s.owner.RevokeFilePublicURL(files[0].ID)
	went("files.revokePublicURL", err)
	went("files.delete", s.owner.DeleteFile(files[0].ID))
}

func (s *story) people() {
	users, err := s.bot.GetUsers()
	went("users.list", err)
	check(len(users) > 3, "everybody")
	u, err := s.owner.GetUserInfo(s.me)
	went("users.info", err)
	check(err == nil && u.ID == s.me && u.IsOwner && !u.IsBot && u.Profile.Image72 != "", "the owner")
	if err == nil {
		same, err := s.owner.GetUserByEmail(u.Profile.Email)
		went("users.lookupByEmail", err)
		check(err == nil && same.ID == s.me, "the owner by address")
	}
	went("users.setPresence", s.owner.SetUserPresence("away"))
	_, err = s.owner.GetUserPresence(s.me)
	went("users.getPresence", err)
	went("users.profile.set", s.owner.SetUserCustomStatus("in Go", ":eyes:", 0))
	profile, err := s.owner.GetUserProfile(&slack.GetUserProfileParameters{UserID: s.me})
	went("users.profile.get", err)
	check(err == nil && profile.StatusText == "in Go" && profile.StatusEmoji == ":eyes:", "the status")
	snooze, err := s.owner.SetSnooze(30)
	went("dnd.setSnooze", err)
	check(err == nil && snooze.SnoozeEnabled, "snoozed")
	_, err = s.owner.GetDNDInfo(&s.me)
	went("dnd.info", err)
	team, err := s.owner.GetDNDTeamInfo([]string{s.me, s.other})
	went("dnd.teamInfo", err)
	check(len(team) == 2, "dnd of two")
	_, err = s.owner.EndSnooze()
	went("dnd.endSnooze", err)
	if err = s.owner.EndDND(); err != nil { // it depends on the hour
		refused("dnd.endDnd by day", "not_in_dnd", err)
	} else {
		went("dnd.endDnd by night", err)
	}
	group, err := s.owner.CreateUserGroup(slack.UserGroup{Name: "Gophers", Handle: "gophers"})
	went("usergroups.create", err)
	_, err = s.owner.UpdateUserGroupMembers(group.ID, s.me+","+s.other)
	went("usergroups.users.update", err)
	in, err := s.owner.GetUserGroupMembers(group.ID)
	went("usergroups.users.list", err)
	check(len(in) == 2, "two gophers")
	_, err = s.owner.UpdateUserGroup(group.ID, slack.UpdateUserGroupsOptionName("The gophers"))
	went("usergroups.update", err)
	groups, err := s.owner.GetUserGroups(slack.GetUserGroupsOptionIncludeUsers(true))
	went("usergroups.list", err)
	check(len(groups) == 1 && groups[0].Name == "The gophers" && len(groups[0].Users) == 2, "the group")
	_, err = s.owner.DisableUserGroup(group.ID)
	went("usergroups.disable", err)
	_, err = s.owner.EnableUserGroup(group.ID)
	went("usergroups.enable", err)
}

func (s *story) workspace() {
	team, err := s.owner.GetTeamInfo()
	went("team.info", err)
	check(err == nil && strings.HasPrefix(team.ID, "T") && team.Name != "" && team.Icon != nil, "the team")
	billed, err := s.owner.GetBillableInfo(s.me)
	went("team.billableInfo", err)
	check(len(billed) == 1, "billing of one")
	_, err = s.owner.GetEmoji()
	went("emoji.list", err)
	r, err := s.owner.AddUserReminder(s.me, "tea", "in 20 minutes")
	went("reminders.add", err)
	list, err := s.owner.ListReminders()
	went("reminders.list", err)
	check(len(list) == 1 && list[0].Text == "tea" && list[0].Time > 0, "the reminder")
	if r != nil {
		went("reminders.delete", s.owner.DeleteReminder(r.ID))
	}
	found, err := s.owner.SearchMessages("marmalade", slack.NewSearchParameters())
	went("search.messages", err)
	check(err == nil && found.Total == 1 && found.Matches[0].Timestamp == s.message, "what was searched for")
	_, err = s.owner.SearchFiles("text", slack.NewSearchParameters())
	went("search.files", err)
	_, _, err = s.owner.Search("marmalade", slack.NewSearchParameters())
	went("search.all", err)
	info, address, err := s.bot.ConnectRTM()
	went("rtm.connect", err)
	check(err == nil && info.User.ID == s.botUser && strings.HasPrefix(address, "ws"), "the stream's address")
	_, _, err = s.bot.StartRTM()
	went("rtm.start", err)
	_, err = s.member.SendAuthRevoke("")
	went("auth.revoke", err)
	_, err = s.member.AuthTest()
	refused("a revoked token", "token_revoked", err)
}

func families() {
	s := &story{owner: client("TAUT_ADMIN_TOKEN"), bot: client("TAUT_BOT_TOKEN"), member: client("TAUT_USER2_TOKEN")}
	for _, part := range []func(){s.auth, s.conversations, s.chat, s.marks, s.files, s.people, s.workspace} {
		part()
	}
}

func main() {
	switch strings.Join(os.Args[1:], " ") {
	case "apps":
		apps()
	case "act":
		act()
	case "rtm":
		realTime()
	default:
		families()
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
