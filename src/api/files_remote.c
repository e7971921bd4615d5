/* files.remote.*: files that lie elsewhere, which apps tell of. */
#include <unistd.h>

#include "api/files_share.h"
#include "api/input.h"
#include "api/upload.h"
#include "args_files.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/file_index.h"
#include "core/filetype.h"
#include "core/redirect.h"

enum { ID_MAX_CHARS = 255, TITLE_MAX_CHARS = 255, PART_MAX_BYTES = 1 << 20 };

#define TEXT_PART S("text") /* the other parts are pictures */

/* --- which file ------------------------------------------------------------------------------------------------ */

/* By the app's name for it, or its id here; only a file of this app. */
static enum err open_remote(struct call *c, struct str external_id, struct str file, struct file_row *f)
{
    int64_t id;
    bool found;

    if (!external_id.n) {
        TRY(file_open(c, file, f));
        return f->external_id.n && f->app_id == c->who.app ? OK : ERR_FILE_NOT_FOUND;
    }
    TRY(sql_file_remote(c->db, c->arena, c->team, c->who.app, external_id, &id, &found));
    if (!found)
        return ERR_FILE_NOT_FOUND;
    return sql_file_get(c->db, c->arena, id, f, &found);
}

static enum err check_names(struct str external_id, struct str file, enum err both)
{
    if (external_id.n && file.n)
        return both;
    return external_id.n || file.n ? OK : ERR_INVALID_ARGS;
}

/* --- what comes with it ---------------------------------------------------------------------------------------- */

/* The first of a text, kept so that the file is found by it. */
static enum err take_text(struct call *c, struct upload *u)
{
    const struct http_part *part = input_file(c->input, S("indexable_file_contents"));
    char *bytes;
    ssize_t n;
    int fd;

    if (!part || !part->size_bytes)
        return OK;
    if (part->size_bytes > PART_MAX_BYTES)
        return ERR_TOO_LARGE;
    fd = upload_open(part);
    if (fd < 0)
        return ERR_SERVICE_UNAVAILABLE;
    bytes = arena_bytes(c->arena, (size_t)part->size_bytes);
    n = pread(fd, bytes, (size_t)part->size_bytes, 0);
    close(fd);
    if (n != part->size_bytes)
        return ERR_SERVICE_UNAVAILABLE;
    return upload_add(c, u, str_of(bytes, (size_t)n), TEXT_PART, &u->row.body);
}

/* A picture of it, in the sizes that pictures have; the picture itself is not kept. */
static enum err take_preview(struct call *c, struct upload *u)
{
    const struct http_part *part = input_file(c->input, S("preview_image"));

    if (!part || !part->size_bytes)
        return OK;
    if (part->size_bytes > PART_MAX_BYTES)
        return ERR_TOO_LARGE;
    TRY(upload_thumbs(c, part, u));
    return u->row.thumbs.n || u->row.original_w ? OK : ERR_BAD_IMAGE;
}

static enum err take_parts(struct call *c)
{
    struct upload *u = ARENA_NEW(c->arena, struct upload);

    TRY(take_preview(c, u));
    TRY(take_text(c, u));
    c->prepared = u;
    return OK;
}

static bool is_text(struct str part)
{
    return str_eq(part, TEXT_PART);
}

static bool is_picture(struct str part)
{
    return !is_text(part);
}

/* What was sent takes the place of what there was. */
static enum err apply_parts(struct call *c, const struct upload *u, struct file_row *f)
{
    if (u->row.original_w) {
        TRY(upload_drop_bodies(c, f->id, is_picture));
        f->thumbs = u->row.thumbs;
        f->original_w = u->row.original_w;
        f->original_h = u->row.original_h;
        f->rotation = u->row.rotation;
    }
    if (u->row.body.n) {
        TRY(upload_drop_bodies(c, f->id, is_text));
        f->body = u->row.body;
    }
    return OK;
}

/* The type it is said to be, else what its name ends in. */
static const struct filetype *type_of(struct str name, struct str type)
{
    const struct filetype *t = type.n ? filetype_find(type) : NULL;

    return t ? t : filetype_by_name(name);
}

static void apply_title(struct call *c, struct str title, struct str type, struct file_row *f)
{
    if (title.n) {
        f->title = title;
        f->name = filename_clean(c->arena, title);
    }
    f->filetype = type_of(f->name, type)->name;
}

static enum err store(struct call *c, const struct file_row *f, const struct upload *u)
{
    int64_t changed;

    TRY(sql_file_set_remote(c->db, c->arena, f->id, f->external_id, f->external_url, f->app_id, f->name, f->title,
                            f->filetype, f->body, f->original_w, f->original_h, f->rotation, f->thumbs, f->updated_us,
                            &changed));
    TRY(upload_name_bodies(c, f->id, u));
    return file_index_put(c, f);
}

/* --- methods --------------------------------------------------------------------------------------------------- */

enum err files_remote_add_prepare(struct call *c, const struct files_remote_add_args *a)
{
    if (!a->external_id.n || utf8_count(a->external_id) > ID_MAX_CHARS)
        return ERR_INVALID_EXTERNAL_ID;
    if (!str_trim(a->title).n || utf8_count(a->title) > TITLE_MAX_CHARS)
        return ERR_BAD_TITLE;
    if (!redirect_is_url(a->external_url))
        return call_invalid(c, "external_url must begin with http:// or https://");
    return take_parts(c);
}

enum err files_remote_add(struct call *c, const struct files_remote_add_args *a)
{
    const struct upload *u = c->prepared;
    struct file_row f = {.state = FILE_READY, .mode = S("external")};
    int64_t other;
    bool found;

    TRY(sql_file_remote(c->db, c->arena, c->team, c->who.app, a->external_id, &other, &found));
    if (found)
        return ERR_INVALID_EXTERNAL_ID;
    files_begin(c, &f);
    f.external_id = a->external_id;
    f.external_url = a->external_url;
    f.app_id = c->who.app;
    apply_title(c, a->title, a->filetype, &f);
    TRY(apply_parts(c, u, &f));
    TRY(files_add(c, &f));
    TRY(store(c, &f, u));
    return file_put(c, &c->out, S("file"), &f);
}

enum err files_remote_info(struct call *c, const struct files_remote_info_args *a)
{
    struct file_row f;

    TRY(check_names(a->external_id, a->file, ERR_TOO_MANY_IDS));
    TRY(open_remote(c, a->external_id, a->file, &f));
    return file_put(c, &c->out, S("file"), &f);
}

enum err files_remote_list(struct call *c, const struct files_remote_list_args *a)
{
    int64_t from_us = a->has_ts_from ? a->ts_from : 0, to_us = a->has_ts_to ? a->ts_to : INT64_MAX, before, unused,
            *ids;
    struct file_row f;
    bool found;
    int n;

    c->paged = true;
    TRY(page_cursor(c, a->cursor, "remote", &before, &unused));
    TRY(sql_file_remote_page(c->db, c->arena, c->team, c->who.app, from_us, to_us, c->channel ? c->channel->id : 0,
                             before, a->limit + 1, &ids, &n));
    json_open(&c->out, S("files"), '[');
    for (int i = 0; i < n && i < a->limit; i++) {
        TRY(sql_file_get(c->db, c->arena, ids[i], &f, &found));
        TRY(file_put(c, &c->out, S(""), &f));
    }
    json_close(&c->out, ']');
    if (n > a->limit)
        page_next(c, "remote", ids[a->limit - 1], 0);
    return OK;
}

enum err files_remote_remove(struct call *c, const struct files_remote_remove_args *a)
{
    struct file_row f;

    TRY(check_names(a->external_id, a->file, ERR_TOO_MANY_IDS));
    TRY(open_remote(c, a->external_id, a->file, &f));
    return files_remove(c, &f);
}

enum err files_remote_share(struct call *c, const struct files_remote_share_args *a)
{
    struct file_row f;

    TRY(check_names(a->external_id, a->file, ERR_INVALID_ARGS));
    TRY(open_remote(c, a->external_id, a->file, &f));
    TRY(files_share(c, &(struct files_share){.files = &f, .n = 1}));
    return file_put(c, &c->out, S("file"), &f);
}

enum err files_remote_update_prepare(struct call *c, const struct files_remote_update_args *a)
{
    if (a->has_title && (!str_trim(a->title).n || utf8_count(a->title) > TITLE_MAX_CHARS))
        return ERR_INVALID_TITLE;
    if (a->external_url.n && !redirect_is_url(a->external_url))
        return ERR_INVALID_URL;
    return take_parts(c);
}

enum err files_remote_update(struct call *c, const struct files_remote_update_args *a)
{
    const struct upload *u = c->prepared;
    struct file_row f;

    TRY(open_remote(c, a->external_id, a->file, &f));
    if (a->external_url.n)
        f.external_url = a->external_url;
    apply_title(c, a->title, a->filetype.n ? a->filetype : f.filetype, &f);
    TRY(apply_parts(c, u, &f));
    f.updated_us = c->now_us;
    TRY(store(c, &f, u));
    TRY(file_touch(c, f.id));
    TRY(file_each_hearer(c, &f, files_tell_change, &f));
    return file_put(c, &c->out, S("file"), &f);
}
