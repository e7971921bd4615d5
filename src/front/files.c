/* What the addresses in file objects serve: bodies, thumbnails, public pages; and where bodies are sent to.
 *
 *   /files-pri/T…-F…/NAME            a body, to whoever may see the file (bearer token, ?token=, or ?pub_secret=)
 *   /files-pri/T…-F…/download/NAME   the same, to be saved
 *   /files-tmb/T…-F…-KEY/NAME_64.png a thumbnail
 *   /files/U…/F…/NAME                a page that leads there
 *   /files-pub/T…-F…-SECRET          the page of a file that was given a public address
 *   /upload/v1/TICKET                takes the body of a file that was announced
 *
 * Nothing that people upload runs in a browser under this origin: only kinds that are known to be passive are shown,
 * under the type their bytes have, in a sandbox; all others are saved. */
#include <unistd.h>

#include "api/upload.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/auth.h"
#include "core/file.h"
#include "core/filetype.h"
#include "front/front.h"
#include "front/html.h"
#include "net/download.h"
#include "net/form.h"

static enum http_verdict gone(struct http_request *req)
{
    return front_text(req, 404, S("text/plain; charset=utf-8"), S("no such file\n"));
}

/* --- who asks ------------------------------------------------------------------------------------------------- */

static struct str token_of(struct http_request *req)
{
    struct str header = front_bearer(req);

    if (header.n)
        return header;
    header = front_field(req, req->query, S("token"));
    return header.n ? header : signin_token(req);
}

/* A call that only looks, as whoever the token speaks for. */
static enum err open_call(struct front *front, struct http_request *req, struct call *c)
{
    const struct api *api = front->api;

    *c = (struct call){.arena = req->arena, .db = api->readers[req->worker], .settings = api->settings};
    c->blobs = api->blobs;
    c->now_us = clock_now_us();
    c->events_tail = &c->events;
    TRY(auth_actor(api->actors[req->worker], c->db, c->arena, token_of(req), c->now_us, &c->who));
    c->team = c->who.home;
    return scope_has(&c->who, SCOPE_FILES_READ) || scope_has(&c->who, SCOPE_BOT) || c->who.kind == TOKEN_SESSION
               ? OK
               : ERR_MISSING_SCOPE;
}

static enum err find(struct front *front, struct http_request *req, struct str team, struct str id, struct file_row *f)
{
    bool found = false;

    if (id_parse_kind(id, "F"))
        TRY(sql_file_get(front->api->readers[req->worker], req->arena, id_parse(id), f, &found));
    return found && f->team_id == id_parse(team) ? OK : ERR_FILE_NOT_FOUND;
}

static bool is_public(const struct file_row *f, struct str secret)
{
    return f->state == FILE_READY && f->shared_publicly && secret_eq(secret, f->secret);
}

static enum err may_get(struct front *front, struct http_request *req, const struct file_row *f)
{
    struct str secret = front_field(req, req->query, S("pub_secret"));
    struct call c;

    if (secret.n)
        return is_public(f, secret) ? OK : ERR_FILE_NOT_FOUND;
    TRY(open_call(front, req, &c));
    return file_may_see(&c, f);
}

static enum http_verdict refuse(struct http_request *req, enum err e)
{
    if (e == ERR_SERVICE_UNAVAILABLE || e == ERR_INTERNAL_ERROR)
        return front_text(req, 503, S("text/plain; charset=utf-8"), S("try again later\n"));
    if (e == ERR_FILE_NOT_FOUND || e == ERR_FILE_DELETED)
        return gone(req);
    front_text(req, e == ERR_MISSING_SCOPE ? 403 : 401, S("text/plain; charset=utf-8"),
               S("send a token that may read files: Authorization: Bearer xox…\n"));
    req->reply.headers = S("WWW-Authenticate: Bearer\r\nCache-Control: no-store\r\n");
    return HTTP_DONE;
}

/* --- bodies --------------------------------------------------------------------------------------------------- */

static struct str safe_headers(struct http_request *req, struct str more)
{
    return arena_printf(req->arena,
                        "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; sandbox\r\n"
                        "Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n"
                        "Cache-Control: private, max-age=0, must-revalidate\r\n%.*s",
                        STR_FMT(more));
}

static enum http_verdict send_body(struct front *front, struct http_request *req, struct str hash, struct str type,
                                   struct str headers)
{
    int64_t size = 0;
    int fd = blob_open(front->api->blobs, hash, &size);

    if (fd < 0)
        return gone(req);
    download_reply(req, &(struct download){.fd = fd,
                                           .bytes = size,
                                           .etag = arena_printf(req->arena, "\"%.*s\"", STR_FMT(hash)),
                                           .content_type = type,
                                           .headers = safe_headers(req, headers)});
    return HTTP_DONE;
}

static enum http_verdict send_file(struct front *front, struct http_request *req, const struct file_row *f, bool save)
{
    const struct filetype *t = filetype_of(f->filetype);
    bool show = t->inline_safe && !save;
    struct str type = t->text ? S("text/plain; charset=utf-8") : t->mime; /* no text is a program here */

    if (f->external_id.n) /* what is kept of it is to be found by, not to be read */
        return gone(req);
    return send_body(
        front, req, f->body, type,
        download_disposition(req->arena, show ? "inline" : "attachment", filename_slug(req->arena, f->name), f->name));
}

static enum http_verdict private_http(struct front *front, struct http_request *req, struct str path)
{
    struct str place, team;
    struct file_row f;
    enum err e;

    str_cut(&path, '/', &place);
    str_cut(&place, '-', &team);
    e = find(front, req, team, place, &f);
    if (e == OK || e == ERR_FILE_NOT_FOUND) { /* without a token nobody learns which files there are */
        enum err may = e == OK ? may_get(front, req, &f) : open_call(front, req, &(struct call){0});
        e = may != OK ? may : e;
    }
    return e == OK ? send_file(front, req, &f, str_starts(path, S("download/"))) : refuse(req, e);
}

/* "name_360.png" -> 360 */
static int64_t pixels_of(struct str name)
{
    size_t at = name.n;
    struct str digits;
    int64_t pixels;

    while (at > 0 && name.p[at - 1] != '_')
        at--;
    digits = str_skip(name, at);
    str_cut(&digits, '.', &name);
    return str_to_i64(name, &pixels) ? pixels : 0;
}

static enum http_verdict thumb_http(struct front *front, struct http_request *req, struct str path)
{
    struct str place, team, id, rest;
    struct file_thumb t;
    struct file_row f;
    enum err e;

    str_cut(&path, '/', &place);
    str_cut(&place, '-', &team);
    str_cut(&place, '-', &id);
    e = find(front, req, team, id, &f);
    e = e == OK ? may_get(front, req, &f) : e;
    if (e != OK)
        return refuse(req, e);
    for (rest = f.thumbs; file_thumb_next(&rest, &t);)
        if (t.pixels == pixels_of(path) && str_starts(t.hash, place))
            return send_body(front, req, t.hash, str_eq(t.type, S("jpg")) ? S("image/jpeg") : S("image/png"), S(""));
    return gone(req);
}

/* --- pages ---------------------------------------------------------------------------------------------------- */

/* The page of a public address: the title, and the file or a way to save it. */
static struct str public_page(struct http_request *req, const struct file_row *f)
{
    const struct filetype *t = filetype_of(f->filetype);
    struct buf b = buf_in(req->arena, 1 << 20);
    char team[ID_MAX], id[ID_MAX];
    struct str place = arena_printf(req->arena, "/files-pri/%.*s-%.*s", (int)id_format(f->team_id, team), team,
                                    (int)id_format(f->id, id), id);
    struct str slug = filename_slug(req->arena, f->name);

    buf_str(&b, S("<!doctype html><html lang=en><meta charset=utf-8><meta name=robots content=noindex><title>"));
    html_text(&b, f->title);
    buf_str(&b, S("</title><h1>"));
    html_text(&b, f->title);
    buf_str(&b, S("</h1>"));
    if (str_eq(t->kind, S("images")) && t->inline_safe)
        buf_printf(&b, "<p><img alt=\"\" style=\"max-width:100%%\" src=\"%.*s/%.*s?pub_secret=%.*s\">", STR_FMT(place),
                   STR_FMT(slug), STR_FMT(f->secret));
    if (f->preview.n) {
        buf_str(&b, S("<pre>"));
        html_text(&b, f->preview);
        buf_str(&b, S("</pre>"));
    }
    buf_printf(&b, "<p><a href=\"%.*s/download/%.*s?pub_secret=%.*s\">Save this file</a> (%.*s, %lld bytes)\n",
               STR_FMT(place), STR_FMT(slug), STR_FMT(f->secret), STR_FMT(t->pretty), (long long)f->size_bytes);
    return buf_view(&b);
}

static enum http_verdict public_http(struct front *front, struct http_request *req, struct str path)
{
    struct str team, id;
    struct file_row f;
    enum err e;

    str_cut(&path, '-', &team);
    str_cut(&path, '-', &id);
    e = find(front, req, team, id, &f);
    if (e != OK || !is_public(&f, path))
        return e == OK ? gone(req) : refuse(req, e);
    front_text(req, 200, S("text/html; charset=utf-8"), public_page(req, &f));
    req->reply.headers =
        S("X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"
          "Content-Security-Policy: default-src 'none'; img-src 'self'; style-src 'unsafe-inline'\r\n");
    return HTTP_DONE;
}

/* A permalink: for people, who come with the session of a browser, the way to the body. */
static enum http_verdict permalink_http(struct front *front, struct http_request *req, struct str path)
{
    char team[ID_MAX];
    struct str id, user, slug;
    struct file_row f;
    struct call c;
    enum err e;

    str_cut(&path, '/', &user);
    str_cut(&path, '/', &id);
    e = open_call(front, req, &c);
    if (e == OK)
        e = file_open(&c, id, &f);
    if (e != OK)
        return refuse(req, e);
    slug = filename_slug(req->arena, f.name);
    front_text(req, 302, S("text/plain; charset=utf-8"), S("the file is elsewhere\n"));
    req->reply.headers = arena_printf(req->arena, "Location: /files-pri/%.*s-%.*s/%.*s\r\nCache-Control: no-store\r\n",
                                      (int)id_format(f.team_id, team), team, STR_FMT(id), STR_FMT(slug));
    return HTTP_DONE;
}

bool files_http(struct front *front, struct http_request *req, enum http_verdict *verdict)
{
    static const struct {
        struct str prefix;
        enum http_verdict (*serve)(struct front *, struct http_request *, struct str);
    } places[] = {
        {{"/files-pri/", 11}, private_http},
        {{"/files-tmb/", 11}, thumb_http},
        {{"/files-pub/", 11}, public_http},
        {{"/files/", 7}, permalink_http},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        if (str_starts(req->path, places[i].prefix)) {
            *verdict = places[i].serve(front, req, str_skip(req->path, places[i].prefix.n));
            return true;
        }
    return false;
}

/* --- where bodies are sent to --------------------------------------------------------------------------------- */

enum { FORM_AROUND_BYTES = 16 << 10 }; /* what a form adds to its file */

int64_t upload_limit(struct front *front, const struct http_request *req, struct str ticket, int64_t other)
{
    struct call c = {.arena = req->arena, .db = front->api->readers[req->worker], .now_us = clock_now_us()};
    struct file_row f;

    if (upload_promised(&c, ticket, &f) != OK || f.size_bytes < other)
        return other;
    return f.size_bytes + FORM_AROUND_BYTES;
}

static void show_upload(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    struct str error = json_get_str(reply, S("error"));
    int64_t size = 0;
    int status = 400;

    (void)ctx;
    if (ok) {
        json_i64(json_get(reply, S("size")), &size);
        front_text(req, 200, S("text/plain; charset=utf-8"), arena_printf(req->arena, "OK - %lld", (long long)size));
        return;
    }
    if (str_eq(error, S("file_not_found")))
        status = 404;
    else if (str_eq(error, S("service_unavailable")) || str_eq(error, S("internal_error")))
        status = 503;
    front_text(req, status, S("text/plain; charset=utf-8"), error);
}

enum http_verdict upload_http(struct front *front, struct http_request *req, struct str ticket)
{
    struct str encoded = percent_encode(req->arena, ticket);
    struct str args = arena_printf(req->arena, "ticket=%.*s", STR_FMT(encoded));
    struct http_part *whole = ARENA_NEW(req->arena, struct http_part);

    if (req->is_multipart)
        return page_upload(front, req, S("taut.upload"), args, req->parts, req->n_parts, show_upload);
    if (req->n_parts) {
        *whole = *req->parts;
        whole->filename = S("body");
        return page_upload(front, req, S("taut.upload"), args, whole, 1, show_upload);
    }
    /* The bytes as they are, whatever they are called: Python's SDK says that they are a form. */
    *whole = (struct http_part){.name = S("file"), .filename = S("body"), .data = req->body, .fd = -1};
    whole->size_bytes = (int64_t)req->body.n;
    return page_upload(front, req, S("taut.upload"), args, whole, 1, show_upload);
}
