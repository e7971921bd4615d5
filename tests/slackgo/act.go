// The third story, with act.json: an app of slack-go that people press, over HTTP and over Socket Mode.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// presses is what the app was asked, over either way.
type presses struct {
	commands chan slack.SlashCommand
	actions  chan slack.InteractionCallback
}

func newPresses() presses {
	return presses{make(chan slack.SlashCommand, 9), make(chan slack.InteractionCallback, 9)}
}

// receive serves the app's one address: signatures are checked as slack-go does it.
func (p presses) receive(w http.ResponseWriter, r *http.Request) {
	verifier, err := slack.NewSecretsVerifier(r.Header, os.Getenv("TAUT_SIGNING_SECRET"))
	went("its time", err)
	body, _ := io.ReadAll(io.TeeReader(r.Body, &verifier))
	went("its signature", verifier.Ensure())
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("payload") != "" {
		var pressed slack.InteractionCallback
		went("an interaction", json.Unmarshal([]byte(form.Get("payload")), &pressed))
		p.actions <- pressed
		return
	}
	command, err := slack.SlashCommandParse(r)
	went("a command", err)
	p.commands <- command
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(slack.Msg{ResponseType: slack.ResponseTypeInChannel, Text: "over HTTP: " + command.Text})
}

// listen acknowledges what comes over Socket Mode, commands with an answer.
func (p presses) listen(client *socketmode.Client) {
	for event := range client.Events {
		switch data := event.Data.(type) {
		case slack.SlashCommand:
			p.commands <- data
			client.Ack(*event.Request, slack.Msg{Text: "over a socket: " + data.Text})
		case slack.InteractionCallback:
			p.actions <- data
			client.Ack(*event.Request)
		}
	}
}

func (s *story) command(p presses, name, want string) {
	got := ask("taut.act", "xoxp-1-ann", url.Values{"type": {"command"}, "channel": {s.channel}, "command": {"/" + name}, "text": {"a & b"}})
	message, _ := got["message"].(map[string]interface{})
	check(message["text"] == want, fmt.Sprintf("%s: the answer: %v", name, got))
	select {
	case c := <-p.commands:
		check(c.Command == "/"+name && c.Text == "a & b" && c.UserName == "ann" && c.ChannelID == s.channel, name+": the command")
		check(c.ValidateToken(os.Getenv("TAUT_VERIFICATION_TOKEN")), name+": its token")
	case <-time.After(10 * time.Second):
		check(false, name+": no command")
	}
}

func (s *story) button(p presses, name string, bot *slack.Client) {
	button := slack.NewButtonBlockElement("go", "v", slack.NewTextBlockObject(slack.PlainTextType, "Go", false, false))
	_, ts, err := bot.PostMessage(s.channel, slack.MsgOptionText("press", false), slack.MsgOptionBlocks(slack.NewActionBlock("b", button)))
	went("chat.postMessage", err)
	got := ask("taut.act", "xoxp-1-ann", url.Values{"type": {"block_actions"}, "channel": {s.channel}, "message_ts": {ts}, "actions": {`[{"action_id":"go"}]`}})
	check(got["ok"] == true, name+": it is acknowledged")
	select {
	case i := <-p.actions:
		check(i.Type == slack.InteractionTypeBlockActions && i.Message.Timestamp == ts && i.User.Name == "ann", name+": the interaction")
		check(len(i.ActionCallback.BlockActions) == 1 && i.ActionCallback.BlockActions[0].Value == "v", name+": the button")
		went(name+": response_url", slack.PostWebhook(i.ResponseURL, &slack.WebhookMessage{Text: "pressed", ReplaceOriginal: true}))
	case <-time.After(10 * time.Second):
		check(false, name+": no interaction")
	}
	history, err := s.owner.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: s.channel, Latest: ts, Inclusive: true, Limit: 1})
	went("conversations.history", err)
	check(err == nil && history.Messages[0].Text == "pressed", name+": in its place")
}

// trigger is what a command of ann's lets the app open.
func (s *story) trigger(p presses) string {
	ask("taut.act", "xoxp-1-ann", url.Values{"type": {"command"}, "channel": {s.channel}, "command": {"/web"}})
	select {
	case c := <-p.commands:
		return c.TriggerID
	case <-time.After(10 * time.Second):
		check(false, "no command")
		return ""
	}
}

func modal(title string) slack.ModalViewRequest {
	text := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	input := slack.NewInputBlock("name", text("Name"), nil, slack.NewPlainTextInputBlockElement(nil, "text"))
	return slack.ModalViewRequest{Type: slack.VTModal, Title: text(title), Submit: text("Go"), Blocks: slack.Blocks{BlockSet: []slack.Block{input}},
		CallbackID: "form", PrivateMetadata: "kept", ExternalID: title}
}

func (s *story) views(p presses, bot *slack.Client) {
	opened, err := bot.OpenView(s.trigger(p), modal("One"))
	went("views.open", err)
	if err != nil {
		return
	}
	check(opened.CallbackID == "form" && opened.RootViewID == opened.ID && opened.Title.Text == "One", "the modal")
	_, err = bot.OpenView("nothing", modal("Two"))
	refused("views.open without a trigger", "invalid_trigger_id", err)
	got := ask("taut.act", "xoxp-1-ann", url.Values{"type": {"view_submission"}, "view_id": {opened.ID}, "state": {`{"name":{"text":{"value":"Go"}}}`}})
	check(got["ok"] == true, fmt.Sprint("it is submitted: ", got))
	i := <-p.actions
	check(i.Type == slack.InteractionTypeViewSubmission && i.View.State.Values["name"]["text"].Value == "Go" && i.View.PrivateMetadata == "kept", "what was filled in")
	opened, err = bot.OpenView(s.trigger(p), modal("One"))
	went("views.open again", err)
	pushed, err := bot.PushView(s.trigger(p), modal("Two"))
	went("views.push", err)
	check(err == nil && pushed.PreviousViewID == opened.ID, "on the other")
	_, err = bot.UpdateView(modal("Three"), "", "1.2", pushed.ID)
	refused("views.update of another hash", "hash_conflict", err)
	updated, err := bot.UpdateView(modal("Three"), "", pushed.Hash, pushed.ID)
	went("views.update", err)
	check(err == nil && updated.Title.Text == "Three", "something else")
	me, err := s.owner.AuthTest()
	went("auth.test", err)
	home, err := bot.PublishView(me.UserID, slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}}, "")
	went("views.publish", err)
	check(err == nil && home.Type == slack.VTHomeTab && len(home.Blocks.BlockSet) == 1, "the Home tab")
	shown := ask("taut.views.list", "xoxp-1-ann", url.Values{})
	views, _ := shown["views"].([]interface{})
	check(len(views) == 3, fmt.Sprint("what ann sees: ", shown))
}

func (s *story) dialog(p presses, bot *slack.Client) {
	dialog := slack.Dialog{Title: "Ride", CallbackID: "ride", State: "Limo", Elements: []slack.DialogElement{
		slack.NewTextInput("to", "To", ""), slack.NewStaticSelectDialogInput("car", "Car", []slack.DialogSelectOption{{Label: "Red", Value: "r"}})}}
	went("dialog.open", bot.OpenDialog(s.trigger(p), dialog))
	refused("dialog.open without a trigger", "invalid_trigger", bot.OpenDialog("nothing", dialog))
	shown := ask("taut.views.list", "xoxp-1-ann", url.Values{})
	dialogs, _ := shown["dialogs"].([]interface{})
	check(len(dialogs) == 1, fmt.Sprint("ann sees it: ", shown))
	if len(dialogs) != 1 {
		return
	}
	id, _ := dialogs[0].(map[string]interface{})["id"].(string)
	got := ask("taut.act", "xoxp-1-ann", url.Values{"type": {"dialog_submission"}, "dialog_id": {id}, "submission": {`{"to":"town","car":"r"}`}})
	check(got["ok"] == true && got["errors"] == nil, fmt.Sprint("it is submitted: ", got))
	i := <-p.actions
	check(i.Type == slack.InteractionTypeDialogSubmission && i.CallbackID == "ride" && i.State == `"Limo"`, "the submission") // slack-go leaves the quotes
	check(i.Submission["to"] == "town" && i.Submission["car"] == "r" && i.Channel.ID == s.channel, "what was filled in")
}

func act() {
	s := &story{owner: client("TAUT_ADMIN_TOKEN"), channel: "C0GENERAL"}
	web, socket := newPresses(), newPresses()
	at, err := net.Listen("tcp", os.Getenv("APP_ADDRESS"))
	went("the app's address", err)
	if err != nil {
		return
	}
	go http.Serve(at, http.HandlerFunc(web.receive))
	api := slack.New("xoxb-1-socket", slack.OptionAPIURL(os.Getenv("SLACK_API_URL")), slack.OptionAppLevelToken("xapp-1-socket"))
	link := socketmode.New(api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	context, end := context.WithCancel(context.Background())
	defer end()
	go link.RunContext(context)
	go socket.listen(link)
	s.command(web, "web", "over HTTP: a &amp; b")
	bot := slack.New("xoxb-1-web", slack.OptionAPIURL(os.Getenv("SLACK_API_URL")))
	s.button(web, "web", bot)
	s.views(web, bot)
	s.dialog(web, bot)
	for i := 0; i < 200; i++ { // until it is connected
		if ask("taut.act", "xoxp-1-ann", url.Values{"type": {"shortcut"}, "callback_id": {"ready"}})["ok"] == true {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	ready := <-socket.actions
	check(ready.Type == slack.InteractionTypeShortcut && ready.CallbackID == "ready", "socket: a shortcut")
	s.command(socket, "socket", "over a socket: a &amp; b")
	s.button(socket, "socket", api)
}
