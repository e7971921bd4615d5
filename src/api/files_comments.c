/* files.comments.*: comments on files, as they were before threads. */
#include "args_files.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/file_comment.h"
#include "events.h"
#include "objects.h"

enum { COMMENT_MAX_CHARS = 4000 };

/* --- events --------------------------------------------------------------------------------------------------- */

struct told {
    const struct file_row *file;
    const struct file_comment_row *comment;
};

static void tell_added(struct call *c, int64_t to, void *ctx)
{
    const struct told *t = ctx;
    char id[ID_MAX + 1];
    const struct obj_file_comment comment = file_comment_of(t->comment, id);

    emit_file_comment_added(c, &(struct ev_file_comment_added){.to = to,
                                                               .file_id = t->file->id,
                                                               .user_id = c->who.user,
                                                               .file = &(struct obj_file_ref){t->file->id},
                                                               .comment = &comment});
}

static void tell_edited(struct call *c, int64_t to, void *ctx)
{
    const struct told *t = ctx;
    char id[ID_MAX + 1];
    const struct obj_file_comment comment = file_comment_of(t->comment, id);

    emit_file_comment_edited(c, &(struct ev_file_comment_edited){.to = to,
                                                                 .file_id = t->file->id,
                                                                 .user_id = c->who.user,
                                                                 .file = &(struct obj_file_ref){t->file->id},
                                                                 .comment = &comment});
}

static void tell_gone(struct call *c, int64_t to, void *ctx)
{
    const struct told *t = ctx;
    char id[ID_MAX + 1];

    emit_file_comment_deleted(c, &(struct ev_file_comment_deleted){.to = to,
                                                                   .file_id = t->file->id,
                                                                   .user_id = c->who.user,
                                                                   .file = &(struct obj_file_ref){t->file->id},
                                                                   .comment = file_comment_text(t->comment->id, id)});
}

/* --- the methods ---------------------------------------------------------------------------------------------- */

static enum err count(struct call *c, struct file_row *f, int by)
{
    int64_t changed;

    f->comments_n += by;
    TRY(sql_file_set_comments(c->db, c->arena, f->id, f->comments_n, &changed));
    return file_touch(c, f->id);
}

static enum err find(struct call *c, const struct file_row *f, struct str text, struct file_comment_row *out)
{
    int64_t id = file_comment_id(c->arena, text);
    bool found = false;

    if (id)
        TRY(sql_file_comment_get(c->db, c->arena, f->id, id, out, &found));
    return found ? OK : ERR_COMMENT_NOT_FOUND;
}

enum err files_comments_add(struct call *c, const struct files_comments_add_args *a)
{
    struct file_comment_row row = {.user_id = c->who.user, .created_us = c->now_us, .comment = a->comment};
    struct told told = {.comment = &row};
    struct file_row f;
    int64_t changed;

    TRY(file_open(c, a->file, &f));
    if (!a->comment.n)
        return ERR_NO_COMMENT;
    if (utf8_count(a->comment) > COMMENT_MAX_CHARS)
        return ERR_CANT_ADD;
    row.id = id_new(FILE_COMMENT_KIND);
    row.file_id = f.id;
    TRY(sql_file_comment_add(c->db, c->arena, row.id, f.id, row.user_id, row.created_us, row.comment, &changed));
    TRY(count(c, &f, 1));
    file_comment_put(&c->out, S("comment"), &row);
    told.file = &f;
    return file_each_hearer(c, &f, tell_added, &told);
}

enum err files_comments_edit(struct call *c, const struct files_comments_edit_args *a)
{
    struct file_comment_row row;
    struct told told = {.comment = &row};
    struct file_row f;
    int64_t changed;

    TRY(file_open(c, a->file, &f));
    if (!a->comment.n)
        return ERR_NO_COMMENT;
    TRY(find(c, &f, a->id, &row));
    if (row.user_id != c->who.user || utf8_count(a->comment) > COMMENT_MAX_CHARS)
        return ERR_CANT_EDIT;
    row.comment = a->comment;
    TRY(sql_file_comment_edit(c->db, c->arena, row.id, row.comment, &changed));
    file_comment_put(&c->out, S("comment"), &row);
    told.file = &f;
    return file_each_hearer(c, &f, tell_edited, &told);
}

enum err files_comments_delete(struct call *c, const struct files_comments_delete_args *a)
{
    struct file_comment_row row;
    struct told told = {.comment = &row};
    struct file_row f;
    int64_t changed;

    TRY(file_open(c, a->file, &f));
    TRY(find(c, &f, a->id, &row));
    if (row.user_id != c->who.user && (c->who.kind == TOKEN_BOT || c->who.role < ROLE_ADMIN))
        return ERR_CANT_DELETE;
    TRY(sql_file_comment_remove(c->db, c->arena, row.id, &changed));
    TRY(count(c, &f, -1));
    told.file = &f;
    return file_each_hearer(c, &f, tell_gone, &told);
}
