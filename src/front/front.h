/* What the listener serves: the API, and a few pages besides. */
#ifndef TAUT_FRONT_FRONT_H
#define TAUT_FRONT_FRONT_H

#include "api/dispatch.h"
#include "live/rtm.h"
#include "net/http.h"

struct front {
    struct api *api;
    struct rtm *rtm;
    int64_t max_body_bytes, max_file_bytes;
    /* Makes a request that showed a good ticket one of the app's connections. */
    void (*link)(void *ctx, struct http_request *req, int64_t app, bool short_lived);
    void *link_ctx;
};

/* http_handler and http_body_limit; ctx is a struct front. */
enum http_verdict front_handle(void *ctx, struct http_request *req);
int64_t front_body_limit(void *ctx, const struct http_request *req);

/* /api/METHOD */
enum http_verdict api_http(struct front *front, struct http_request *req, struct str method);

/* A page that is an API call with a face: calls METHOD with the body `args` of this type, as token, then show() turns
 * the reply into the page. reply is the JSON object; ok is its "ok". */
typedef void page_show(struct http_request *req, const struct json *reply, bool ok, void *ctx);
enum http_verdict page_call(struct front *front, struct http_request *req, struct str method, struct str type,
                            struct str args, struct str token, page_show *show, void *ctx);
/* The same for a method that takes files: its arguments are a query, its files these parts. */
enum http_verdict page_upload(struct front *front, struct http_request *req, struct str method, struct str query,
                              const struct http_part *parts, int n_parts, page_show *show);
#define FORM_TYPE S("application/x-www-form-urlencoded")
/* The token of the Authorization header; empty when there is none. */
struct str front_bearer(const struct http_request *req);
/* A form's field; empty when there is none. */
struct str front_field(struct http_request *req, struct str form, struct str name);

/* /signin, /signout, /oauth/authorize, /oauth/v2/authorize. */
enum http_verdict signin_http(struct front *front, struct http_request *req);
enum http_verdict signout_http(struct front *front, struct http_request *req);
enum http_verdict consent_http(struct front *front, struct http_request *req, int version);
/* The session's token of the cookie; empty when there is none. */
struct str signin_token(struct http_request *req);
/* Does a call's error mean that nobody is signed in (any more)?  Then the browser goes to the sign-in page, and from
 * there on to the path. */
bool signin_first(struct http_request *req, struct str error, struct str path);
/* Did one of this server's own pages send the form?  Forms of other sites must not act for whoever is signed in. */
bool signin_same_origin(struct front *front, struct http_request *req);
/* The form is refused, and the page says so: another site sent it. */
bool signin_foreign(struct front *front, struct http_request *req);

/* /services/TOKEN */
enum http_verdict webhook_http(struct front *front, struct http_request *req, struct str token);
/* /services/B…: the page of a bot's webhooks. */
enum http_verdict webhooks_http(struct front *front, struct http_request *req, struct str bot);
/* /actions/SECRET: a response_url. */
enum http_verdict response_http(struct front *front, struct http_request *req, struct str token);

/* /link/ */
enum http_verdict link_http(struct front *front, struct http_request *req);

/* Addresses of files; false when the path is none of them. */
bool files_http(struct front *front, struct http_request *req, enum http_verdict *verdict);
/* The largest body that the address takes: what was announced for it, or other when it was made for none. */
int64_t upload_limit(struct front *front, const struct http_request *req, struct str ticket, int64_t other);
/* /upload/v1/TICKET */
enum http_verdict upload_http(struct front *front, struct http_request *req, struct str ticket);

/* A short answer of the front itself. */
enum http_verdict front_text(struct http_request *req, int status, struct str content_type, struct str body);

/* /avatars/ID-PIXELS.png: a picture drawn from the id; /avatars/ID-HASH-SIZE: a person's photo. */
enum http_verdict avatar_http(struct front *front, struct http_request *req, struct str name);
enum http_verdict emoji_http(struct front *front, struct http_request *req, struct str name);

#endif
