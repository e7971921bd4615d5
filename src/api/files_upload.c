/* files.upload, files.getUploadURLExternal, files.completeUploadExternal, and what an upload address does. */
#include "api/files_share.h"
#include "api/input.h"
#include "api/upload.h"
#include "args_files.h"
#include "args_taut.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "core/count.h"
#include "core/filetype.h"
#include "core/file_index.h"
#include "settings.h"

enum { COMMENT_MAX_CHARS = 40000, SECRET_CHARS = 16, TICKET_CHARS = 40, TITLE_MAX_CHARS = 255 };
#define TICKET_LASTS_US (INT64_C(3600) * US_PER_S)

static int64_t max_file(const struct call *c)
{
    return ((const struct settings *)c->settings)->max_file_bytes;
}

static struct str title_or(struct str title, struct str name)
{
    struct str clean = str_trim(title);

    return clean.n ? utf8_head(clean, TITLE_MAX_CHARS) : filename_title(name);
}

void files_begin(struct call *c, struct file_row *f)
{
    f->id = id_new('F');
    f->team_id = c->team;
    f->user_id = c->who.user;
    f->bot_id = c->who.bot;
    f->created_us = c->now_us;
    f->updated_us = c->now_us;
    f->secret = rand_token(c->arena, SECRET_CHARS);
}

enum err files_add(struct call *c, const struct file_row *f)
{
    int64_t changed;

    return sql_file_add(c->db, c->arena, f->id, f->team_id, f->user_id, f->bot_id, f->created_us, f->updated_us,
                        f->state, f->mode, f->name, f->title, f->filetype, f->kind, f->size_bytes, f->body, f->alt_txt,
                        f->preview, f->lines, f->lines_more, f->original_w, f->original_h, f->rotation, f->thumbs,
                        f->secret, f->shared_publicly, f->comments_n, f->upload_hash, &changed);
}

/* --- files.upload --------------------------------------------------------------------------------------------- */

struct prepared_upload {
    struct upload upload;
    struct content content;
    struct str name;
};

static enum err find_part(struct call *c, const struct files_upload_args *a, struct http_part *out)
{
    const struct http_part *part = input_file(c->input, S("file"));

    if (part) {
        *out = *part;
        return part->size_bytes > max_file(c) ? ERR_FILE_UPLOAD_SIZE_RESTRICTED : OK;
    }
    part = input_file(c->input, S("content")); /* a text too long to be kept in memory */
    if (!a->content.n && !part)
        return ERR_NO_FILE_DATA;
    *out = part ? *part : upload_text(a->content);
    return out->size_bytes > SNIPPET_MAX_BYTES ? ERR_SNIPPET_TOO_LARGE : OK;
}

static enum err read_comment(struct call *c, struct str text, struct content *out)
{
    return content_read(c, &(struct content_in){.text = text, .text_max = COMMENT_MAX_CHARS}, out);
}

enum err files_upload_prepare(struct call *c, const struct files_upload_args *a)
{
    struct prepared_upload *p = ARENA_NEW(c->arena, struct prepared_upload);
    struct http_part part;

    TRY(find_part(c, a, &part));
    TRY(read_comment(c, a->initial_comment, &p->content));
    p->name = filename_clean(c->arena, a->filename.n ? a->filename : part.filename);
    if (!p->name.n)
        p->name = S("-.txt"); /* what a text without a name is called */
    c->prepared = p;
    return upload_take(c, &part, p->name, a->filetype, &p->upload);
}

enum err files_upload(struct call *c, const struct files_upload_args *a)
{
    const struct prepared_upload *p = c->prepared;
    struct file_row f = p->upload.row;
    struct files_share share = {.files = &f, .n = 1, .content = p->content};

    share.has_thread_ts = a->has_thread_ts;
    share.thread_ts = a->thread_ts;
    files_begin(c, &f);
    f.state = FILE_READY;
    f.name = p->name;
    f.title = str_eq(p->name, S("-.txt")) && !a->title.n ? S("Untitled") : title_or(a->title, p->name);
    TRY(content_link(c, &share.content));
    TRY(files_add(c, &f));
    TRY(file_index_put(c, &f));
    TRY(count_file(c));
    TRY(upload_name_bodies(c, f.id, &p->upload));
    TRY(files_share(c, &share));
    return file_put(c, &c->out, S("file"), &f);
}

/* --- the address ---------------------------------------------------------------------------------------------- */

static struct str ticket_hash(struct call *c, struct str ticket)
{
    char hash[SHA256_HEX];

    sha256_hex(ticket, hash);
    return arena_dup(c->arena, str_of(hash, sizeof(hash)));
}

static enum err check_promise(struct call *c, const struct files_get_upload_url_external_args *a)
{
    const struct filetype *t = filetype_find(a->snippet_type);

    if (a->length < 1)
        return ERR_MISSING_ARGUMENT;
    if (a->snippet_type.n && !(t && t->text))
        return ERR_UNKNOWN_SNIPPET_TYPE;
    if (a->snippet_type.n && a->length > SNIPPET_MAX_BYTES)
        return ERR_SNIPPET_TOO_LARGE;
    return a->length > max_file(c) ? ERR_FILE_UPLOAD_SIZE_RESTRICTED : OK;
}

enum err files_get_upload_url_external(struct call *c, const struct files_get_upload_url_external_args *a)
{
    struct str ticket = rand_token(c->arena, TICKET_CHARS);
    struct file_row f = {.state = FILE_PROMISED, .mode = S("hosted"), .filetype = a->snippet_type};
    char id[ID_MAX];

    TRY(check_promise(c, a));
    files_begin(c, &f);
    f.name = filename_clean(c->arena, a->filename);
    if (!f.name.n)
        f.name = S("file");
    f.title = filename_title(f.name);
    f.size_bytes = a->length;
    f.alt_txt = a->alt_txt;
    f.upload_hash = ticket_hash(c, ticket);
    TRY(files_add(c, &f));
    json_str(&c->out, S("upload_url"),
             arena_printf(c->arena, "%.*supload/v1/%.*s", STR_FMT(c->base_url), STR_FMT(ticket)));
    json_str(&c->out, S("file_id"), str_of(id, id_format(f.id, id)));
    return OK;
}

/* --- the body ------------------------------------------------------------------------------------------------- */

/* What comes is the address or its end. */
static struct str ticket_of(struct str text)
{
    size_t at = text.n;

    while (at > 0 && text.p[at - 1] != '/')
        at--;
    return str_skip(text, at);
}

enum err upload_promised(struct call *c, struct str ticket, struct file_row *f)
{
    bool found;

    TRY(sql_file_by_ticket(c->db, c->arena, ticket_hash(c, ticket_of(ticket)), f, &found));
    return found && f->created_us + TICKET_LASTS_US > c->now_us ? OK : ERR_FILE_NOT_FOUND;
}

enum err taut_upload_prepare(struct call *c, const struct taut_upload_args *a)
{
    const struct http_part *part = input_file(c->input, S(""));
    struct upload *u = ARENA_NEW(c->arena, struct upload);
    struct file_row f;

    if (!part)
        return ERR_NO_FILE_DATA;
    TRY(upload_promised(c, a->ticket, &f)); /* a stranger's bytes are not even looked at */
    if (part->size_bytes != f.size_bytes)
        return ERR_FILE_UPLOAD_SIZE_RESTRICTED;
    c->prepared = u;
    return upload_take(c, part, f.name, f.filetype, u);
}

enum err taut_upload(struct call *c, const struct taut_upload_args *a)
{
    const struct upload *u = c->prepared;
    const struct file_row *r = &u->row;
    struct file_row f;
    int64_t changed;

    TRY(upload_promised(c, a->ticket, &f));
    TRY(upload_drop_bodies(c, f.id, NULL)); /* of an earlier try */
    TRY(sql_file_fill(c->db, c->arena, f.id, c->now_us, FILE_UPLOADED, r->mode, r->filetype, r->kind, r->size_bytes,
                      r->body, r->preview, r->lines, r->lines_more, r->original_w, r->original_h, r->rotation,
                      r->thumbs, &changed));
    TRY(upload_name_bodies(c, f.id, u));
    json_int(&c->out, S("size"), r->size_bytes);
    return OK;
}

/* --- files.completeUploadExternal ----------------------------------------------------------------------------- */

enum err files_complete_upload_external_prepare(struct call *c, const struct files_complete_upload_external_args *a)
{
    struct content *content = ARENA_NEW(c->arena, struct content);
    struct content_in in = {
        .text = a->initial_comment, .blocks = a->blocks, .has_blocks = a->has_blocks, .text_max = COMMENT_MAX_CHARS};
    enum err e;

    if (scope_has(&c->who, SCOPE_CHAT_WRITE_CUSTOMIZE)) {
        in.username = a->username;
        in.icon_emoji = a->icon_emoji;
        in.icon_url = a->icon_url;
    }
    e = content_read(c, &in, content);
    c->prepared = content;
    return e == ERR_INVALID_BLOCKS_FORMAT || e == ERR_MSG_BLOCKS_TOO_LONG ? ERR_INVALID_BLOCKS : e;
}

/* One of the list: the caller's own, with its body there. */
static enum err complete(struct call *c, const struct json *item, struct file_row *f)
{
    int64_t id = item->kind == JSON_OBJECT ? id_parse_kind(json_get_str(item, S("id")), "F") : 0, changed;
    bool found = false;

    if (id)
        TRY(sql_file_get(c->db, c->arena, id, f, &found));
    if (!found || f->user_id != c->who.user || f->team_id != c->team || f->state > FILE_UPLOADED)
        return ERR_FILE_NOT_FOUND;
    if (f->state != FILE_UPLOADED)
        return ERR_FILE_UPDATE_FAILED;
    f->title = title_or(json_get_str(item, S("title")), f->name);
    f->created_us = c->now_us;
    f->state = FILE_READY;
    TRY(sql_file_complete(c->db, c->arena, id, f->title, c->now_us, &changed));
    if (!changed)
        return ERR_FILE_NOT_FOUND;
    TRY(file_index_put(c, f));
    return count_file(c);
}

enum err files_complete_upload_external(struct call *c, const struct files_complete_upload_external_args *a)
{
    struct files_share share = {.content = *(const struct content *)c->prepared};
    const struct json *item;
    struct file_row *files;

    if (a->files->kind != JSON_ARRAY || !a->files->count || a->files->count > FILES_MAX)
        return call_invalid(c, "files must be a list of 1 to %d objects", FILES_MAX);
    files = ARENA_ARRAY(c->arena, struct file_row, a->files->count);
    item = json_child(a->files);
    for (uint32_t i = 0; i < a->files->count; i++, item = json_next(item))
        TRY(complete(c, item, &files[i]));
    share.files = files;
    share.n = (int)a->files->count;
    share.has_thread_ts = a->has_thread_ts;
    share.thread_ts = a->thread_ts;
    TRY(content_link(c, &share.content));
    TRY(files_share(c, &share));
    json_open(&c->out, S("files"), '[');
    for (int i = 0; i < share.n; i++)
        TRY(file_put(c, &c->out, S(""), &files[i]));
    json_close(&c->out, ']');
    return OK;
}
