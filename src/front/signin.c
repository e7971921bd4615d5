/* Signing in and out: a form, a cookie, and whose forms are taken. */
#include "front/front.h"
#include "front/html.h"
#include "net/form.h"

#define COOKIE "taut_session"

struct str signin_token(struct http_request *req)
{
    struct str rest = http_header(req, S("Cookie")), piece;

    while (str_cut(&rest, ';', &piece)) {
        struct str name;
        str_cut(&piece, '=', &name);
        if (str_eq(str_trim(name), S(COOKIE)))
            return str_trim(piece);
    }
    return S("");
}

bool signin_same_origin(struct front *front, struct http_request *req)
{
    struct str origin = http_header(req, S("Origin"));
    struct str own = front->api->public_url;

    if (own.n)
        own.n--; /* without its slash */
    else
        own = arena_printf(req->arena, "%s://%.*s", req->secure ? "https" : "http", STR_FMT(req->host));
    return str_eq_nocase(origin, own);
}

bool signin_foreign(struct front *front, struct http_request *req)
{
    if (signin_same_origin(front, req))
        return false;
    html_say(req, 403, "Not from here", S("This form was not sent by a page of this server."));
    return true;
}

/* A path of this server to go on to; anything else could send people away. */
static struct str safe_next(struct str next)
{
    if (next.n < 1 || next.p[0] != '/' || (next.n > 1 && (next.p[1] == '/' || next.p[1] == '\\')))
        return S("/");
    for (size_t i = 0; i < next.n; i++)
        if ((unsigned char)next.p[i] <= ' ' || next.p[i] == 0x7f)
            return S("/");
    return next;
}

static void ask(struct http_request *req, int status, struct str next, const char *complaint)
{
    struct buf b = buf_in(req->arena, 1 << 16);

    buf_str(&b, S("<h1>Sign in</h1>"));
    if (complaint)
        buf_printf(&b, "<p class=bad role=alert>%s</p>", complaint);
    buf_str(
        &b,
        S("<form method=post action=/signin><label>E-mail or handle<input name=email autocomplete=username required "
          "autofocus></label><label>Password<input name=password type=password autocomplete=current-password "
          "required></label>"));
    html_hidden(&b, "next", next);
    buf_str(&b, S("<div class=row><button class=go>Sign in</button></div></form>"
                  "<p class=dim>No password yet? An operator sets one with <code>taut user password</code>.</p>"));
    html_reply(req, status, "Sign in", buf_view(&b));
}

static void show(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    const struct str *next = ctx;
    struct str token = json_get_str(reply, S("token")), error = json_get_str(reply, S("error"));

    if (ok)
        html_go(req, *next,
                arena_printf(req->arena,
                             "Set-Cookie: " COOKIE "=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600%s\r\n",
                             STR_FMT(token), req->secure ? "; Secure" : ""));
    else if (str_eq(error, S("ratelimited")))
        ask(req, 429, *next, "Too many tries; wait a minute.");
    else if (str_eq(error, S("service_unavailable")) || str_eq(error, S("internal_error")))
        ask(req, 503, *next, "Nobody can sign in right now; try again later.");
    else
        ask(req, 403, *next, "E-mail or password is wrong.");
}

enum http_verdict signin_http(struct front *front, struct http_request *req)
{
    struct str *next = ARENA_NEW(req->arena, struct str);
    struct str args;

    if (!str_eq(req->method, S("POST"))) {
        *next = safe_next(front_field(req, req->query, S("next")));
        ask(req, 200, *next, NULL);
        return HTTP_DONE;
    }
    if (signin_foreign(front, req))
        return HTTP_DONE;
    *next = safe_next(front_field(req, req->body, S("next")));
    args = ARENA_JOIN(req->arena, S("email="), percent_encode(req->arena, front_field(req, req->body, S("email"))),
                      S("&password="), percent_encode(req->arena, front_field(req, req->body, S("password"))));
    return page_call(front, req, S("taut.session.create"), FORM_TYPE, args, S(""), show, next);
}

bool signin_first(struct http_request *req, struct str error, struct str path)
{
    static const struct str errors[] = {{"not_authed", 10},
                                        {"invalid_auth", 12},
                                        {"token_revoked", 13},
                                        {"token_expired", 13},
                                        {"account_inactive", 16}};

    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (str_eq(error, errors[i])) {
            html_go(req, ARENA_JOIN(req->arena, S("/signin?next="), percent_encode(req->arena, path)), S(""));
            return true;
        }
    return false;
}

static void gone(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    (void)reply;
    (void)ok;
    (void)ctx;
    html_go(req, S("/signin"), S("Set-Cookie: " COOKIE "=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0\r\n"));
}

enum http_verdict signout_http(struct front *front, struct http_request *req)
{
    if (!str_eq(req->method, S("POST")) || !signin_same_origin(front, req)) {
        html_reply(req, 200, "Sign out",
                   S("<h1>Sign out</h1><form method=post action=/signout><button class=go>Sign out</button></form>"));
        return HTTP_DONE;
    }
    return page_call(front, req, S("auth.revoke"), FORM_TYPE, S(""), signin_token(req), gone, NULL);
}
