/* File objects in replies, messages and events. */
#include "base/clock.h"
#include "base/id.h"
#include "core/file.h"
#include "core/filetype.h"
#include "core/put.h"
#include "objects.h"

enum { JSON_MAX_BYTES = 4 << 20, THUMB_KEY_CHARS = 10 };

/* --- addresses ------------------------------------------------------------------------------------------------ */

static struct str id_text(struct call *c, int64_t id)
{
    char text[ID_MAX];

    return arena_dup(c->arena, str_of(text, id_format(id, text)));
}

/* "<base_url>PLACE/T…-F…" */
static struct str address(struct call *c, const char *place, const struct file_row *f)
{
    char team[ID_MAX], id[ID_MAX];

    return arena_printf(c->arena, "%.*s%s/%.*s-%.*s", STR_FMT(c->base_url), place, (int)id_format(f->team_id, team),
                        team, (int)id_format(f->id, id), id);
}

struct str file_public_url(struct call *c, const struct file_row *f)
{
    struct str place = address(c, "files-pub", f);

    return arena_printf(c->arena, "%.*s-%.*s", STR_FMT(place), STR_FMT(f->secret));
}

static void fill_addresses(struct call *c, const struct file_row *f, struct obj_file *o)
{
    struct str slug = filename_slug(c->arena, f->name), place = address(c, "files-pri", f);
    char user[ID_MAX], id[ID_MAX];

    o->url_private = arena_printf(c->arena, "%.*s/%.*s", STR_FMT(place), STR_FMT(slug));
    o->url_private_download = arena_printf(c->arena, "%.*s/download/%.*s", STR_FMT(place), STR_FMT(slug));
    o->permalink = arena_printf(c->arena, "%.*sfiles/%.*s/%.*s/%.*s", STR_FMT(c->base_url),
                                (int)id_format(f->user_id, user), user, (int)id_format(f->id, id), id, STR_FMT(slug));
    o->permalink_public = file_public_url(c, f);
    if (o->editable)
        o->edit_link = arena_printf(c->arena, "%.*s/edit", STR_FMT(o->permalink));
}

static void fill_thumb(struct obj_file *o, const struct file_thumb *t, struct str url)
{
#define SQUARE(n)                                                                                                      \
    case n:                                                                                                            \
        o->thumb_##n = url;                                                                                            \
        break
#define FITTED(n)                                                                                                      \
    case n:                                                                                                            \
        o->thumb_##n = url;                                                                                            \
        o->thumb_##n##_w = t->w;                                                                                       \
        o->thumb_##n##_h = t->h;                                                                                       \
        break
    switch (t->pixels) {
        SQUARE(64);
        SQUARE(80);
        SQUARE(160);
        FITTED(360);
        FITTED(480);
        FITTED(720);
        FITTED(960);
        FITTED(1024);
    }
#undef SQUARE
#undef FITTED
}

static void fill_thumbs(struct call *c, const struct file_row *f, struct obj_file *o)
{
    struct str rest = f->thumbs, title = filename_title(filename_slug(c->arena, f->name));
    struct str place = address(c, "files-tmb", f);
    struct file_thumb t;

    while (file_thumb_next(&rest, &t)) {
        struct str url = arena_printf(c->arena, "%.*s-%.*s/%.*s_%lld.%.*s", STR_FMT(place), THUMB_KEY_CHARS, t.hash.p,
                                      STR_FMT(title), (long long)t.pixels, STR_FMT(t.type));
        fill_thumb(o, &t, url);
    }
}

/* --- snippets ------------------------------------------------------------------------------------------------- */

static void put_escaped(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<')
            buf_str(b, S("&lt;"));
        else if (s.p[i] == '>')
            buf_str(b, S("&gt;"));
        else if (s.p[i] == '&')
            buf_str(b, S("&amp;"));
        else
            buf_char(b, s.p[i]);
    }
}

struct str file_highlight(struct call *c, struct str text)
{
    struct buf b = buf_in(c->arena, JSON_MAX_BYTES);
    struct str rest = text, line;

    buf_str(&b, S("<div class=\"CodeMirror cm-s-default CodeMirrorServer\">\n<div class=\"CodeMirror-code\">\n"));
    while (rest.n && str_cut(&rest, '\n', &line)) {
        buf_str(&b, S("<div><pre>"));
        put_escaped(&b, line);
        buf_str(&b, S("</pre></div>\n"));
    }
    buf_str(&b, S("</div>\n</div>\n"));
    return buf_view(&b);
}

static void fill_snippet(struct call *c, const struct file_row *f, struct obj_file *o)
{
    o->lines_more = INT64_MIN;
    if (!o->editable)
        return;
    o->preview = f->preview;
    o->preview_highlight = file_highlight(c, f->preview);
    o->lines = f->lines;
    o->lines_more = f->lines_more;
    o->preview_is_truncated = maybe_of(f->lines_more > 0);
}

/* It lies elsewhere: there is nothing to be had from here. */
static void fill_external(const struct file_row *f, struct obj_file *o)
{
    o->is_external = true;
    o->external_type = S("app");
    o->external_id = f->external_id;
    o->external_url = f->external_url;
    o->app_id = f->app_id;
    o->url_private = f->external_url;
    o->url_private_download = S("");
    o->permalink_public = S("");
}

/* --- the object ----------------------------------------------------------------------------------------------- */

static void fill(struct call *c, const struct file_row *f, struct obj_file *o)
{
    const struct filetype *t = filetype_of(f->filetype);

    *o = (struct obj_file){
        .id = f->id,
        .created = f->created_us / US_PER_S,
        .timestamp = f->created_us / US_PER_S,
        .name = f->name,
        .title = f->title,
        .mimetype = t->mime,
        .filetype = t->name,
        .pretty_type = t->pretty,
        .user = f->user_id,
        .user_team = f->team_id,
        .bot_id = f->bot_id,
        .editable = str_eq(f->mode, S("snippet")),
        .size = f->size_bytes,
        .mode = f->mode,
        .external_type = S(""),
        .public_url_shared = f->shared_publicly != 0,
        .username = S(""),
        .alt_txt = f->alt_txt,
        .original_w = f->original_w,
        .original_h = f->original_h,
        .image_exif_rotation = f->rotation,
        .comments_count = f->comments_n,
        .file_access = S("visible"),
    };
    fill_addresses(c, f, o);
    if (f->external_id.n)
        fill_external(f, o);
    fill_thumbs(c, f, o);
    fill_snippet(c, f, o);
}

/* May the caller know that the file is shared there? */
static bool sees_share(const struct call *c, const struct file_share_row *s)
{
    return s->is_member || (s->kind == CHANNEL_PUBLIC && c->who.guest == GUEST_NONE);
}

static void put_share(struct call *c, struct json_out *o, const struct file_share_row *s)
{
    struct str rest = s->reply_users, user;
    int n = 0;

    json_open(o, S(""), '{');
    json_open(o, S("reply_users"), '[');
    for (; rest.n && str_cut(&rest, ',', &user); n++)
        json_str(o, S(""), user);
    json_close(o, ']');
    json_int(o, S("reply_users_count"), n);
    json_int(o, S("reply_count"), s->reply_count);
    json_ts(o, S("ts"), s->ts);
    if (s->thread_ts)
        json_ts(o, S("thread_ts"), s->thread_ts);
    if (s->latest_reply)
        json_ts(o, S("latest_reply"), s->latest_reply);
    if (s->name.n)
        json_str(o, S("channel_name"), s->name);
    json_str(o, S("team_id"), id_text(c, s->team_id));
    json_close(o, '}');
}

static void put_channel_shares(struct call *c, struct json_out *o, const struct file_shares *shares, int first)
{
    int64_t channel = shares->rows[first].channel_id;

    json_open(o, id_text(c, channel), '[');
    for (int i = first; i < shares->n; i++)
        if (shares->rows[i].channel_id == channel)
            put_share(c, o, &shares->rows[i]);
    json_close(o, ']');
}

static bool is_shown_first(const struct call *c, const struct file_shares *shares, int at)
{
    for (int i = 0; i < at; i++)
        if (shares->rows[i].channel_id == shares->rows[at].channel_id)
            return false;
    return sees_share(c, &shares->rows[at]);
}

static void put_side(struct call *c, struct json_out *o, const struct file_shares *shares, bool is_public)
{
    bool any = false;

    for (int i = 0; i < shares->n; i++) {
        if (!is_shown_first(c, shares, i) || (shares->rows[i].kind == CHANNEL_PUBLIC) != is_public)
            continue;
        if (!any)
            json_open(o, is_public ? S("public") : S("private"), '{');
        any = true;
        put_channel_shares(c, o, shares, i);
    }
    if (any)
        json_close(o, '}');
}

static struct str shares_json(struct call *c, const struct file_shares *shares)
{
    struct buf b = buf_in(c->arena, JSON_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    put_side(c, &o, shares, true);
    put_side(c, &o, shares, false);
    json_close(&o, '}');
    return buf_view(&b);
}

static void fill_shares(struct call *c, const struct file_shares *shares, struct obj_file *o)
{
    int64_t *public = ARENA_ARRAY(c->arena, int64_t, shares->n + 1);
    int64_t *groups = ARENA_ARRAY(c->arena, int64_t, shares->n + 1),
            *ims = ARENA_ARRAY(c->arena, int64_t, shares->n + 1);

    for (int i = 0; i < shares->n; i++) {
        const struct file_share_row *s = &shares->rows[i];
        o->is_public = o->is_public || s->kind == CHANNEL_PUBLIC;
        if (!is_shown_first(c, shares, i))
            continue;
        if (s->kind == CHANNEL_PUBLIC)
        public[o->n_channels++] = s->channel_id;
        else if (s->kind == CHANNEL_IM) ims[o->n_ims++] = s->channel_id;
        else groups[o->n_groups++] = s->channel_id;
    }
    o->channels = public;
    o->groups = groups;
    o->ims = ims;
    o->shares = shares_json(c, shares);
}

enum err file_put(struct call *c, struct json_out *out, struct str key, const struct file_row *f)
{
    struct file_shares shares;
    struct obj_file o;

    TRY(file_shares_load(c, f->id, &shares));
    fill(c, f, &o);
    fill_shares(c, &shares, &o);
    put_file(out, key, &o);
    return OK;
}

struct str file_list_json(struct call *c, const struct file_row *rows, int n, bool is_public)
{
    struct buf b = buf_in(c->arena, JSON_MAX_BYTES);
    struct json_out out = {.b = &b};
    struct obj_file o;

    json_open(&out, S(""), '[');
    for (int i = 0; i < n; i++) {
        if (rows[i].state == FILE_DELETED) {
            put_file_gone(&out, S(""), &(struct obj_file_gone){.id = rows[i].id, .mode = S("tombstone")});
            continue;
        }
        fill(c, &rows[i], &o);
        o.is_public = is_public;
        put_file(&out, S(""), &o);
    }
    json_close(&out, ']');
    return buf_view(&b);
}
