#include "core/file.h"

#include "base/id.h"
#include "core/team.h"

enum err file_may_see(struct call *c, const struct file_row *f)
{
    int64_t one;
    bool found;

    if (f->state != FILE_READY && f->state != FILE_DELETED)
        return ERR_FILE_NOT_FOUND;
    if (!c->who.team &&
        team_act_in(c, f->team_id) == ERR_INTERNAL_ERROR) /* of the organization: acts where the file is */
        return ERR_INTERNAL_ERROR;
    if (f->team_id != c->team)
        return ERR_FILE_NOT_FOUND;
    if (f->user_id != c->who.user) {
        TRY(sql_file_seen(c->db, c->arena, f->id, c->who.user, c->who.guest != GUEST_NONE, &one, &found));
        if (!found)
            return ERR_FILE_NOT_FOUND;
    }
    return f->state == FILE_DELETED ? ERR_FILE_DELETED : OK;
}

enum err file_open(struct call *c, struct str text, struct file_row *out)
{
    int64_t id = id_parse_kind(text, "F");
    bool found = false;

    if (id)
        TRY(sql_file_get(c->db, c->arena, id, out, &found));
    return found ? file_may_see(c, out) : ERR_FILE_NOT_FOUND;
}

enum err file_shares_load(struct call *c, int64_t file, struct file_shares *out)
{
    return sql_file_shares(c->db, c->arena, file, c->who.user, &out->rows, &out->n);
}

static bool is_first(const struct file_shares *s, int at)
{
    for (int i = 0; i < at; i++)
        if (s->rows[i].channel_id == s->rows[at].channel_id)
            return false;
    return true;
}

enum err file_each_hearer(struct call *c, const struct file_row *f, void (*tell)(struct call *, int64_t to, void *ctx),
                          void *ctx)
{
    struct file_shares shares;

    TRY(file_shares_load(c, f->id, &shares));
    for (int i = 0; i < shares.n; i++)
        if (is_first(&shares, i))
            tell(c, shares.rows[i].channel_id, ctx);
    if (!shares.n)
        tell(c, f->user_id, ctx);
    return OK;
}

enum err file_touch(struct call *c, int64_t file)
{
    struct file_shares shares;
    int64_t changed;

    TRY(file_shares_load(c, file, &shares));
    for (int i = 0; i < shares.n; i++)
        if (is_first(&shares, i))
            TRY(sql_channel_changed(c->db, c->arena, shares.rows[i].channel_id, &changed));
    return OK;
}

bool file_thumb_next(struct str *thumbs, struct file_thumb *out)
{
    struct str one, piece;

    if (!str_cut(thumbs, ';', &one))
        return false;
    *out = (struct file_thumb){0};
    str_cut(&one, ',', &piece);
    str_to_i64(piece, &out->pixels);
    str_cut(&one, ',', &piece);
    str_to_i64(piece, &out->w);
    str_cut(&one, ',', &piece);
    str_to_i64(piece, &out->h);
    str_cut(&one, ',', &out->type);
    out->hash = one;
    return true;
}
