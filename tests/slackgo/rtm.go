// Real time: NewRTM and ManageConnection, as bots of old are written.
package main

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"
)

// until passes events on until one fits, ten seconds at most.
func until(rtm *slack.RTM, what string, fits func(data interface{}) bool) {
	end := time.After(10 * time.Second)
	for {
		select {
		case e := <-rtm.IncomingEvents:
			if fits(e.Data) {
				check(true, what)
				return
			}
		case <-end:
			check(false, what+": not within ten seconds")
			return
		}
	}
}

func connected(c *slack.Client, who string) *slack.RTM {
	rtm := c.NewRTM()
	go rtm.ManageConnection()
	until(rtm, who+" connects", func(data interface{}) bool {
		e, ok := data.(*slack.ConnectedEvent)
		if ok {
			check(e.Info != nil && e.Info.User.ID != "" && e.Info.Team.ID != "", "rtm.connect says who and where")
		}
		return ok
	})
	return rtm
}

func message(text, user string) func(interface{}) bool {
	return func(data interface{}) bool {
		m, ok := data.(*slack.MessageEvent)
		return ok && m.Text == text && m.User == user
	}
}

func realTime() {
	owner, bot := client("TAUT_ADMIN_TOKEN"), client("TAUT_BOT_TOKEN")
	me, err := owner.AuthTest()
	went("auth.test", err)
	it, err := bot.AuthTest()
	went("auth.test", err)
	channel, err := owner.CreateConversation("slack-go-rtm", false)
	went("conversations.create", err)
	_, err = owner.InviteUsersToConversation(channel.ID, it.UserID)
	went("conversations.invite", err)

	person, robot := connected(owner, "a person"), connected(bot, "a bot")
	until(robot, "hello", func(data interface{}) bool { _, ok := data.(*slack.HelloEvent); return ok })

	// A bot that answers.
	person.SendMessage(person.NewOutgoingMessage("ping", channel.ID))
	until(person, "what was sent is acknowledged", func(data interface{}) bool {
		a, ok := data.(*slack.AckMessage)
		return ok && a.Ok && a.Text == "ping" && a.Timestamp != ""
	})
	until(robot, "the bot hears it", message("ping", me.UserID))
	robot.SendMessage(robot.NewOutgoingMessage("pong", channel.ID))
	until(person, "and answers", message("pong", it.UserID))

	robot.SendMessage(robot.NewTypingMessage(channel.ID))
	until(person, "typing", func(data interface{}) bool {
		t, ok := data.(*slack.UserTypingEvent)
		return ok && t.User == it.UserID && t.Channel == channel.ID
	})

	person.SendMessage(person.NewSubscribeUserPresence([]string{it.UserID}))
	until(person, "presence of whom one watches", presence(it.UserID, "active"))
	went("the bot leaves", robot.Disconnect())
	until(person, "and is away", presence(it.UserID, "away"))

	ts := post(owner, channel.ID, "look")
	went("reactions.add", owner.AddReaction("eyes", slack.NewRefToMessage(channel.ID, ts)))
	until(person, "a reaction", func(data interface{}) bool {
		r, ok := data.(*slack.ReactionAddedEvent)
		return ok && r.Reaction == "eyes" && r.Item.Timestamp == ts
	})
	person.SendMessage(person.NewOutgoingMessage("nobody is there", "C0NOTHERE"))
	until(person, "what cannot be said is told", func(data interface{}) bool {
		a, ok := data.(*slack.AckErrorEvent)
		return ok && fmt.Sprint(a.ErrorObj) != ""
	})
	went("the person leaves", person.Disconnect())
}

func presence(user, how string) func(interface{}) bool {
	return func(data interface{}) bool {
		p, ok := data.(*slack.PresenceChangeEvent)
		return ok && p.User == user && p.Presence == how
	}
}

func post(c *slack.Client, channel, text string) string {
	_, ts, err := c.PostMessage(channel, slack.MsgOptionText(text, false))
	went("chat.postMessage", err)
	return ts
}
