// The second story, on a workspace of its own (seed.json): people's own affairs, link previews, and an app that gets in by OAuth.
package main

import (
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/slack-go/slack"
)

// here sends what slack-go means for slack.com to the server that is tested: its OAuth functions know no other address.
type here struct{}

func (here) RoundTrip(r *http.Request) (*http.Response, error) {
	base, err := url.Parse(os.Getenv("TAUT_URL"))
	if err != nil {
		return nil, err
	}
	r.URL.Scheme, r.URL.Host, r.Host = base.Scheme, base.Host, base.Host
	return http.DefaultTransport.RoundTrip(r)
}

// ask calls a method of taut's own, as its pages do.
func ask(method, token string, args url.Values) map[string]interface{} {
	r, err := http.NewRequest("POST", os.Getenv("SLACK_API_URL")+method, strings.NewReader(args.Encode()))
	if err != nil {
		return nil
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil
	}
	defer reply.Body.Close()
	var out map[string]interface{}
	if json.NewDecoder(reply.Body).Decode(&out) != nil {
		return nil
	}
	return out
}

// consent signs ann in and lets the app have what it asks for; the code that it is given.
func consent(version string, args url.Values) string {
	session, _ := ask("taut.session.create", "", url.Values{"email": {"ann"}, "password": {"ann's own words"}})["token"].(string)
	args.Set("version", version)
	args.Set("client_id", "1.2")
	args.Set("approve", "true")
	code, _ := ask("taut.oauth.approve", session, args)["code"].(string)
	check(code != "", "a code of version "+version)
	return code
}

func (s *story) oauth() {
	client := &http.Client{Transport: here{}}
	_, err := slack.GetOAuthV2Response(client, "1.2", "previews-secret", "nonsense", "")
	refused("oauth.v2.access", "invalid_code", err)
	code := consent("2", url.Values{"scope": {"chat:write,links:write"}, "user_scope": {"identity.basic"}})
	in, err := slack.GetOAuthV2Response(client, "1.2", "previews-secret", code, "")
	went("oauth.v2.access", err)
	if err != nil {
		return
	}
	check(in.AppID == "A0PREVIEWS" && in.BotUserID == "U0PREVIEWS" && in.Scope == "chat:write,links:write" && in.ExpiresIn > 0, "the app is in")
	old := in.AccessToken
	in, err = slack.RefreshOAuthV2Token(client, "1.2", "previews-secret", in.RefreshToken)
	went("oauth.v2.access: refresh_token", err)
	check(err == nil && in.AccessToken != old && in.RefreshToken != "", "a new token")
	code = consent("1", url.Values{"scope": {"identity.basic"}})
	first, err := slack.GetOAuthResponse(client, "1.2", "previews-secret", code, "")
	went("oauth.access", err)
	check(err == nil && strings.HasPrefix(first.AccessToken, "xox") && first.Scope == "identify,identity.basic", "as apps of old got in")
	if in != nil {
		bot := slack.New(in.AccessToken, slack.OptionAPIURL(os.Getenv("SLACK_API_URL")))
		went("apps.uninstall", bot.UninstallApp("1.2", "previews-secret"))
		_, err = bot.AuthTest()
		check(err != nil, "its token has ended with it")
	}
}

func (s *story) previews() {
	c, err := s.owner.CreateConversation("previews", false)
	went("conversations.create", err)
	if err != nil {
		return
	}
	_, err = s.owner.InviteUsersToConversation(c.ID, s.botUser)
	went("conversations.invite", err)
	_, ts, err := s.owner.PostMessage(c.ID, slack.MsgOptionText("https://preview.example/a", false))
	went("chat.postMessage", err)
	_, _, _, err = s.bot.UnfurlMessage(c.ID, ts, map[string]slack.Attachment{"https://preview.example/a": {Title: "A"}})
	went("chat.unfurl", err)
	history, err := s.owner.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: c.ID, Limit: 1})
	went("conversations.history", err)
	check(err == nil && len(history.Messages) == 1 && len(history.Messages[0].Attachments) == 1 &&
		history.Messages[0].Attachments[0].Title == "A", "the preview")
}

func (s *story) picture() {
	path := filepath.Join(os.TempDir(), "slackgo-photo.png")
	f, err := os.Create(path)
	went("a picture", err)
	if err != nil {
		return
	}
	defer os.Remove(path)
	went("its bytes", png.Encode(f, image.NewGray(image.Rect(0, 0, 300, 200))))
	f.Close()
	params := slack.NewUserSetPhotoParams()
	params.CropW = 150
	went("users.setPhoto", s.owner.SetUserPhoto(path, params))
	u, err := s.owner.GetUserInfo(s.me)
	went("users.info", err)
	check(err == nil && u.Profile.ImageOriginal != "" && u.Profile.Image512 != "", "the photo")
	went("users.deletePhoto", s.owner.DeleteUserPhoto())
}

func (s *story) own() {
	who, err := slack.New("xoxp-1-identity", slack.OptionAPIURL(os.Getenv("SLACK_API_URL"))).GetUserIdentity()
	went("users.identity", err)
	check(err == nil && who.User.ID == s.me && who.User.Name != "" && strings.HasPrefix(who.Team.ID, "T"), "who signs in")
	went("users.setActive", s.owner.SetUserAsActive())
	went("users.profile.set: real name", s.owner.SetUserRealName("Ann Example"))
	went("users.profile.set: no status", s.owner.UnsetUserCustomStatus())
	both, err := s.owner.GetUsersInfo(s.me, s.other)
	if err == nil {
		check(len(*both) == 2 && (*both)[0].Profile.RealName == "Ann Example", "users.info of two")
	} else {
		refused("users.info of two", "user_not_found", err)
	}
	prefs, err := s.owner.MuteChat("C0RANDOM")
	went("users.prefs.set", err)
	check(err == nil && prefs != nil, "a muted channel")
	_, err = s.owner.GetUserPrefs()
	went("users.prefs.get", err)
	logins, paging, err := s.owner.GetAccessLogs(slack.NewAccessLogParameters())
	went("team.accessLogs", err)
	check(err == nil && paging.Page == 1 && len(logins) >= 0, "the access log")
	all, err := s.owner.GetBillableInfoForTeam()
	went("team.billableInfo", err)
	check(len(all) >= 2, "billing of all")
}

func apps() {
	s := &story{owner: client("TAUT_ADMIN_TOKEN"), bot: client("TAUT_BOT_TOKEN"), member: client("TAUT_USER2_TOKEN")}
	for _, part := range []func(){s.auth, s.own, s.picture, s.previews, s.oauth} {
		part()
	}
}
