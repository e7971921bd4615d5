/* files.list, info, delete, sharedPublicURL, revokePublicURL. */
#include <unistd.h>

#include "api/upload.h"
#include "api/files_share.h"
#include "args_files.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/file.h"
#include "core/file_comment.h"
#include "core/file_index.h"
#include "core/message.h"
#include "core/page_old.h"
#include "core/team.h"
#include "events.h"

/* --- list ----------------------------------------------------------------------------------------------------- */

/* ",snippets,images,", or nothing when all are meant. */
static enum err read_types(struct call *c, const struct str_list *types, struct str *out)
{
    static const struct str known[] = {{"all", 3},   {"spaces", 6}, {"snippets", 8}, {"images", 6},
                                       {"gdocs", 5}, {"zips", 4},   {"pdfs", 4}};
    struct buf b = buf_in(c->arena, 4096);

    *out = S("");
    for (int i = 0; i < types->n; i++) {
        size_t k = 0;
        while (k < sizeof(known) / sizeof(*known) && !str_eq(types->v[i], known[k]))
            k++;
        if (k == sizeof(known) / sizeof(*known))
            return ERR_UNKNOWN_TYPE;
        if (k == 0) {
            *out = S("all");
            continue;
        }
        buf_printf(&b, ",%.*s", STR_FMT(types->v[i]));
    }
    if (b.n && !out->n) {
        buf_char(&b, ',');
        *out = buf_view(&b);
    } else {
        *out = S("");
    }
    return OK;
}

static enum err whose(struct call *c, struct str text, int64_t *user)
{
    struct user_row u;
    bool found;

    *user = 0;
    if (!text.n)
        return OK;
    *user = id_parse_kind(text, "UW");
    TRY(sql_user_in_team(c->db, c->arena, *user, c->team, &u, &found));
    return *user && found && u.is_member ? OK : ERR_USER_NOT_FOUND;
}

enum err files_list(struct call *c, const struct files_list_args *a)
{
    struct page_old page = page_old_of(a->count, a->page);
    int64_t to_us = a->has_ts_to ? a->ts_to : INT64_MAX, channel = c->channel ? c->channel->id : 0;
    int64_t guest = c->who.guest != GUEST_NONE, user, total;
    struct file_row *rows;
    struct str types;
    bool found;
    int n;

    TRY(team_choose(c, a->team_id));
    TRY(read_types(c, &a->types, &types));
    TRY(whose(c, a->user, &user));
    TRY(sql_file_list(c->db, c->arena, c->team, c->who.user, guest, a->ts_from, to_us, user, types, channel, page.size,
                      page.skip, &rows, &n));
    TRY(sql_file_list_count(c->db, c->arena, c->team, c->who.user, guest, a->ts_from, to_us, user, types, channel,
                            &total, &found));
    json_open(&c->out, S("files"), '[');
    for (int i = 0; i < n; i++)
        TRY(file_put(c, &c->out, S(""), &rows[i]));
    json_close(&c->out, ']');
    page_old_put(&c->out, &page, total);
    return OK;
}

/* --- info ----------------------------------------------------------------------------------------------------- */

static enum err put_content(struct call *c, const struct file_row *f)
{
    char *bytes = arena_bytes(c->arena, SNIPPET_MAX_BYTES);
    int64_t size;
    ssize_t n;
    int fd;

    if (!str_eq(f->mode, S("snippet")))
        return OK;
    fd = blob_open(c->blobs, f->body, &size);
    if (fd < 0)
        return ERR_SERVICE_UNAVAILABLE;
    n = pread(fd, bytes, SNIPPET_MAX_BYTES, 0);
    close(fd);
    json_str(&c->out, S("content"), str_of(bytes, n > 0 ? (size_t)n : 0));
    json_str(&c->out, S("content_highlight_html"), file_highlight(c, str_of(bytes, n > 0 ? (size_t)n : 0)));
    json_bool(&c->out, S("is_truncated"), false);
    return OK;
}

static enum err put_comments(struct call *c, const struct files_info_args *a, const struct file_row *f)
{
    struct page_old page = page_old_of(a->limit ? a->limit : a->count, a->page);
    bool by_cursor = a->cursor.n > 0 || a->limit > 0;
    struct file_comment_row *rows;
    int64_t skip, none;
    int n;

    TRY(page_cursor(c, a->cursor, "file_comments", &skip, &none));
    if (!by_cursor)
        skip = page.skip;
    TRY(sql_file_comments(c->db, c->arena, f->id, page.size, skip, &rows, &n));
    json_open(&c->out, S("comments"), '[');
    for (int i = 0; i < n; i++)
        file_comment_put(&c->out, S(""), &rows[i]);
    json_close(&c->out, ']');
    c->paged = by_cursor;
    if (!by_cursor)
        page_old_put(&c->out, &page, f->comments_n);
    else if (skip + n < f->comments_n)
        page_next(c, "file_comments", skip + n, 0);
    return OK;
}

enum err files_info(struct call *c, const struct files_info_args *a)
{
    struct file_row f;

    TRY(file_open(c, a->file, &f));
    TRY(file_put(c, &c->out, S("file"), &f));
    TRY(put_content(c, &f));
    return put_comments(c, a, &f);
}

/* --- delete --------------------------------------------------------------------------------------------------- */

static bool is_admin(const struct call *c)
{
    return c->who.kind != TOKEN_BOT && c->who.role >= ROLE_ADMIN;
}

/* A message that the file stands in, with its JSON as it was. */
struct shown_in {
    struct channel_row channel;
    struct message_row message;
    struct str before;
};

static enum err load_shown(struct call *c, const struct file_shares *shares, struct shown_in *out)
{
    bool found;

    for (int i = 0; i < shares->n; i++) {
        const struct file_share_row *s = &shares->rows[i];
        TRY(sql_channel_for(c->db, c->arena, s->channel_id, c->who.user, &out[i].channel, &found));
        TRY(sql_message_get(c->db, c->arena, s->channel_id, s->ts, &out[i].message, &found));
        TRY(message_json(c, &out[i].channel, &out[i].message, &out[i].before));
    }
    return OK;
}

/* Each conversation hears of itself alone: that it is elsewhere too is not everybody's to know. */
static void tell_deleted(struct call *c, int64_t to, void *ctx)
{
    const struct file_row *f = ctx;
    bool is_channel = call_target(to) == TO_CHANNEL;

    emit_file_deleted(c, &(struct ev_file_deleted){
                             .to = to, .file_id = f->id, .channel_ids = &to, .n_channel_ids = is_channel ? 1 : 0});
}

static enum err remove_content(struct call *c, const struct file_row *f)
{
    int64_t changed;

    TRY(upload_drop_bodies(c, f->id, NULL));
    TRY(sql_file_comments_clear(c->db, c->arena, f->id, &changed));
    TRY(file_index_drop(c, f->id));
    TRY(sql_file_tombstone(c->db, c->arena, f->id, c->now_us, &changed));
    return file_touch(c, f->id);
}

enum err files_remove(struct call *c, struct file_row *f)
{
    struct file_shares shares;
    struct shown_in *shown;

    TRY(file_shares_load(c, f->id, &shares));
    shown = ARENA_ARRAY(c->arena, struct shown_in, shares.n + 1);
    TRY(load_shown(c, &shares, shown));
    TRY(remove_content(c, f));
    for (int i = 0; i < shares.n; i++)
        TRY(message_emit_changed(c, &shown[i].channel, shown[i].before, &shown[i].message));
    return file_each_hearer(c, f, tell_deleted, f);
}

enum err files_delete(struct call *c, const struct files_delete_args *a)
{
    struct file_row f;

    TRY(file_open(c, a->file, &f));
    if (f.user_id != c->who.user && !is_admin(c))
        return ERR_CANT_DELETE_FILE;
    return files_remove(c, &f);
}

/* --- public addresses ----------------------------------------------------------------------------------------- */

void files_tell_change(struct call *c, int64_t to, void *ctx)
{
    const struct file_row *f = ctx;

    emit_file_change(c, &(struct ev_file_change){
                            .to = to, .file_id = f->id, .user_id = f->user_id, .file = &(struct obj_file_ref){f->id}});
}

static void tell_public(struct call *c, int64_t to, void *ctx)
{
    const struct file_row *f = ctx;

    emit_file_public(c, &(struct ev_file_public){
                            .to = to, .file_id = f->id, .user_id = f->user_id, .file = &(struct obj_file_ref){f->id}});
}

/* What is gone is not there for these methods. */
static enum err open_for_address(struct call *c, struct str id, struct file_row *f)
{
    enum err e = file_open(c, id, f);

    return e == ERR_FILE_DELETED ? ERR_FILE_NOT_FOUND : e;
}

static enum err set_public(struct call *c, struct file_row *f, bool on)
{
    int64_t changed;

    if ((f->shared_publicly != 0) == on)
        return OK;
    f->shared_publicly = on;
    TRY(sql_file_set_public(c->db, c->arena, f->id, on, c->now_us, &changed));
    TRY(file_touch(c, f->id));
    if (on)
        TRY(file_each_hearer(c, f, tell_public, f));
    return file_each_hearer(c, f, files_tell_change, f);
}

enum err files_shared_public_url(struct call *c, const struct files_shared_public_url_args *a)
{
    struct file_row f;

    TRY(open_for_address(c, a->file, &f));
    if (f.user_id != c->who.user && !is_admin(c))
        return ERR_NOT_ALLOWED;
    TRY(set_public(c, &f, true));
    return file_put(c, &c->out, S("file"), &f);
}

enum err files_revoke_public_url(struct call *c, const struct files_revoke_public_url_args *a)
{
    struct file_row f;

    TRY(open_for_address(c, a->file, &f));
    TRY(set_public(c, &f, false));
    return file_put(c, &c->out, S("file"), &f);
}
