/* The authorize pages: what an app asks for, and a person's yes or no. */
#include "front/front.h"
#include "front/html.h"
#include "net/form.h"

struct consent {
    struct front *front;
    struct str args; /* the request's own arguments and the version, as a form */
    int version;
};

static void put_list(struct buf *b, const char *title, const struct json *scopes)
{
    const struct json *s;

    if (!scopes || scopes->kind != JSON_ARRAY || scopes->count == 0)
        return;
    buf_printf(b, "<h2>%s</h2><ul>", title);
    s = json_child(scopes);
    for (uint32_t i = 0; i < scopes->count; i++, s = json_next(s)) {
        buf_str(b, S("<li>"));
        html_text(b, json_get_str(s, S("doc")));
        buf_str(b, S(" <code>"));
        html_text(b, json_get_str(s, S("name")));
        buf_str(b, S("</code></li>"));
    }
    buf_str(b, S("</ul>"));
}

/* Where its webhook will post. */
static void put_choice(struct buf *b, const struct json *channels)
{
    const struct json *ch;

    if (!channels || channels->kind != JSON_ARRAY)
        return;
    buf_str(b, S("<h2>Where it will post</h2><label>Channel<select name=channel required><option value=\"\">Choose a "
                 "channel</option>"));
    ch = json_child(channels);
    for (uint32_t i = 0; i < channels->count; i++, ch = json_next(ch)) {
        const struct json *is_private = json_get(ch, S("is_private"));
        buf_str(b, S("<option value=\""));
        html_text(b, json_get_str(ch, S("id")));
        buf_str(b, S("\">#"));
        html_text(b, json_get_str(ch, S("name")));
        if (is_private && is_private->kind == JSON_TRUE)
            buf_str(b, S(" (private)"));
        buf_str(b, S("</option>"));
    }
    buf_str(b, S("</select></label>"));
}

/* The arguments go along as they came: the answer is checked anew against them. */
static void put_arguments(struct http_request *req, struct buf *b, struct str args)
{
    struct form_field *fields;
    int n;

    if (!form_parse(req->arena, args, &fields, &n))
        return;
    for (int i = 0; i < n; i++)
        if (!str_eq(fields[i].name, S("approve")) && !str_eq(fields[i].name, S("channel")))
            html_hidden(b, arena_cstr(req->arena, fields[i].name), fields[i].value);
}

/* Names reach an attribute only when they are the words that arguments are. */
static struct str plain_args(struct http_request *req, struct str form, int version)
{
    static const struct str known[] = {
        {"client_id", 9},     {"scope", 5},           {"user_scope", 10}, {"state", 5},
        {"redirect_uri", 12}, {"code_challenge", 14}, {"approve", 7},     {"code_challenge_method", 21},
        {"channel", 7}};
    struct buf b = buf_in(req->arena, 64 << 10);
    struct form_field *fields;
    int n;

    buf_printf(&b, "version=%d", version);
    if (!form_parse(req->arena, form, &fields, &n))
        return buf_view(&b);
    for (int i = 0; i < n; i++) {
        struct str value = percent_encode(req->arena, fields[i].value);
        for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
            if (str_eq(fields[i].name, known[k]))
                buf_printf(&b, "&%.*s=%.*s", STR_FMT(known[k]), STR_FMT(value));
    }
    return buf_view(&b);
}

static void refuse(struct http_request *req, const struct consent *consent, struct str error)
{
    static const struct {
        const char *error, *text;
    } texts[] = {
        {"invalid_client_id", "There is no app with this client id on this server."},
        {"bad_redirect_uri", "The address to go back to is not one that the app has registered."},
        {"invalid_scope", "The app asks for a right that does not exist, or not for this kind of token."},
        {"no_scopes", "The app asks for nothing: the address lacks scope and user_scope."},
        {"channel_not_found", "Choose a channel that the app may post into; go back and try again."},
        {"not_allowed_token_type", "This page is for people who have signed in themselves."},
        {"user_is_restricted", "Guests cannot let apps into a workspace."},
        {"user_is_ultra_restricted", "Guests cannot let apps into a workspace."},
    };

    if (signin_first(req, error,
                     arena_printf(req->arena, "/oauth/%sauthorize?%.*s", consent->version == 2 ? "v2/" : "",
                                  STR_FMT(consent->args))))
        return;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (str_eq(error, str_c(texts[i].error))) {
            html_say(req, 400, "This cannot be done", str_c(texts[i].text));
            return;
        }
    html_say(req, 400, "This cannot be done", error);
}

static void show_ask(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    const struct consent *consent = ctx;
    struct buf b = buf_in(req->arena, 1000 << 10);

    if (!ok) {
        refuse(req, consent, json_get_str(reply, S("error")));
        return;
    }
    buf_str(&b, S("<h1>"));
    html_text(&b, json_get_str(reply, S("app_name")));
    buf_str(&b, S(" asks to enter "));
    html_text(&b, json_get_str(reply, S("team_name")));
    buf_str(&b, S("</h1><p>"));
    html_text(&b, json_get_str(reply, S("app_description")));
    buf_str(&b, S("</p>"));
    put_list(&b, "Its bot will be able to", json_get(reply, S("bot_scopes")));
    put_list(&b, "In your name it will be able to", json_get(reply, S("user_scopes")));
    buf_printf(&b, "<form method=post action=\"/oauth/%sauthorize\">", consent->version == 2 ? "v2/" : "");
    put_choice(&b, json_get(reply, S("channels")));
    put_arguments(req, &b, consent->args);
    buf_str(&b, S("<div class=row><button class=go name=approve value=true>Allow</button><button name=approve "
                  "value=false formnovalidate>Cancel</button></div></form><p class=dim>You are signed in as "));
    html_text(&b, json_get_str(reply, S("user_name")));
    if (json_get_str(reply, S("redirect_uri")).n) {
        buf_str(&b, S(". Afterwards you go to <code>"));
        html_text(&b, json_get_str(reply, S("redirect_uri")));
        buf_str(&b, S("</code>.</p>"));
    } else {
        buf_str(&b, S(". Afterwards its tokens are shown to you, for you manage this app.</p>"));
    }
    html_reply(req, 200, "Let an app in", buf_view(&b));
}

/* What an app that cannot fetch them itself needs. */
static void show_tokens(struct http_request *req, const struct json *reply)
{
    static const struct {
        const char *key, *title;
    } secrets[] = {{"bot_token", "Token of its bot"},
                   {"bot_refresh_token", "Refresh token of its bot"},
                   {"user_token", "Token in your name"},
                   {"user_refresh_token", "Refresh token in your name"},
                   {"webhook_url", "Webhook"}};
    struct buf b = buf_in(req->arena, 64 << 10);
    bool any = false;

    buf_str(&b, S("<h1>The app is in</h1><p>This is shown once; keep it where the app finds it.</p>"));
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        struct str secret = json_get_str(reply, str_c(secrets[i].key));
        if (!secret.n)
            continue;
        any = true;
        buf_printf(&b, "<h2>%s</h2><p><code>", secrets[i].title);
        html_text(&b, secret);
        buf_str(&b, S("</code></p>"));
    }
    if (any)
        html_reply(req, 200, "The app is in", buf_view(&b));
    else
        html_say(req, 200, "Not let in", S("The app was not let in; nothing has changed."));
}

static void show_done(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    struct str redirect = json_get_str(reply, S("redirect"));

    if (ok && redirect.n)
        html_go(req, redirect, S(""));
    else if (ok)
        show_tokens(req, reply);
    else
        refuse(req, ctx, json_get_str(reply, S("error")));
}

enum http_verdict consent_http(struct front *front, struct http_request *req, int version)
{
    struct consent *consent = ARENA_NEW(req->arena, struct consent);
    bool post = str_eq(req->method, S("POST"));

    *consent = (struct consent){front, plain_args(req, post ? req->body : req->query, version), version};
    if (!post)
        return page_call(front, req, S("taut.oauth.describe"), FORM_TYPE, consent->args, signin_token(req), show_ask,
                         consent);
    if (signin_foreign(front, req))
        return HTTP_DONE;
    return page_call(front, req, S("taut.oauth.approve"), FORM_TYPE, consent->args, signin_token(req), show_done,
                     consent);
}
