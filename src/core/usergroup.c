#include "core/usergroup.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/channel.h"
#include "objects.h"

enum { NAME_MAX_CHARS = 80, HANDLE_MAX_CHARS = 80, LINKED_MAX = 100, OBJECT_MAX_BYTES = 1 << 20 };

enum err usergroup_open(struct call *c, struct str id, struct usergroup_row *out)
{
    int64_t row = id_parse_kind(id, "S");
    bool found;

    TRY(sql_usergroup_get(c->db, c->arena, row, c->team, out, &found));
    return row && found ? OK : ERR_NO_SUCH_SUBTEAM;
}

/* --- showing -------------------------------------------------------------------------------------------------- */

static struct arena *arena_of(const struct json_out *o)
{
    return o->b->arena;
}

int64_t *usergroup_ids(struct arena *a, struct str list, int *n)
{
    int64_t *ids = ARENA_ARRAY(a, int64_t, list.n / 2 + 1);
    struct str piece;

    *n = 0;
    while (list.n && str_cut(&list, ',', &piece))
        ids[(*n)++] = id_parse(piece);
    return ids;
}

void usergroup_put(struct json_out *o, struct str key, const struct usergroup_row *g, const struct usergroup_view *view)
{
    struct obj_usergroup_prefs prefs = {0};
    struct obj_usergroup v = {
        .id = g->id,
        .team_id = g->team_id,
        .is_usergroup = true,
        .is_subteam = true,
        .name = g->name,
        .description = g->description,
        .handle = g->handle,
        .date_create = g->created_us / US_PER_S,
        .date_update = g->updated_us / US_PER_S,
        .date_delete = g->deleted_us / US_PER_S,
        .created_by = g->created_by,
        .updated_by = g->updated_by,
        .deleted_by = g->deleted_by,
        .prefs = &prefs,
        .users = view->users,
        .n_users = view->n_users,
        .user_count = view->count ? g->users_n : INT64_MIN,
        .enable_section = g->enable_section != 0,
    };
    int additional;

    prefs.channels = usergroup_ids(arena_of(o), g->channels, &prefs.n_channels);
    prefs.groups = usergroup_ids(arena_of(o), g->groups, &prefs.n_groups);
    usergroup_ids(arena_of(o), g->additional, &additional);
    v.channel_count = prefs.n_channels + prefs.n_groups + additional;
    put_usergroup(o, key, &v);
}

enum err usergroup_view_open(struct call *c, const struct usergroup_row *g, bool count, struct usergroup_view *view)
{
    static const int64_t nobody;
    int64_t *users;

    *view = (struct usergroup_view){.count = count};
    TRY(sql_usergroup_members(c->db, c->arena, g->id, &users, &view->n_users));
    view->users = view->n_users ? users : &nobody;
    return OK;
}

enum err usergroup_json(struct call *c, const struct usergroup_row *g, struct str *out)
{
    struct buf b = buf_in(c->arena, OBJECT_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct usergroup_view view;

    TRY(usergroup_view_open(c, g, true, &view));
    usergroup_put(&o, S(""), g, &view);
    *out = buf_view(&b);
    return OK;
}

/* --- changing ------------------------------------------------------------------------------------------------- */

enum err usergroup_name(struct call *c, struct usergroup_row *g, struct str name)
{
    int64_t other;
    bool found;

    name = str_trim(name);
    if (!name.n)
        return ERR_MISSING_SUBTEAM_NAME;
    if (utf8_count(name) > NAME_MAX_CHARS)
        return ERR_NAME_TOO_LONG;
    g->name = name;
    g->name_fold = utf8_fold(c->arena, name);
    TRY(sql_usergroup_named(c->db, c->arena, c->team, g->name_fold, &other, &found));
    return found && other != g->id ? ERR_NAME_ALREADY_EXISTS : OK;
}

static bool is_handle(struct str s)
{
    bool letter = false;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        bool alnum = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch >= 0x80;
        if (!alnum && ch != '-' && ch != '_' && ch != '.')
            return false;
        letter = letter || alnum;
    }
    return letter && utf8_count(s) <= HANDLE_MAX_CHARS;
}

/* Words that mention somebody already. */
static bool is_reserved(struct str handle)
{
    static const char *const words[] = {"here", "channel", "everyone", "group", "slackbot", "me"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (str_eq(handle, str_c(words[i])))
            return true;
    return false;
}

enum err usergroup_handle(struct call *c, struct usergroup_row *g, struct str handle)
{
    bool group, user, channel;
    int64_t other, unused;

    handle = utf8_fold(c->arena, str_starts(handle, S("@")) ? str_skip(handle, 1) : handle);
    if (!is_handle(handle))
        return ERR_BAD_HANDLE;
    if (is_reserved(handle))
        return ERR_FORBIDDEN_HANDLE;
    TRY(sql_usergroup_by_handle(c->db, c->arena, c->team, handle, &other, &group));
    TRY(sql_user_by_name(c->db, c->arena, c->team, handle, &unused, &user));
    TRY(sql_channel_named(c->db, c->arena, c->team, handle, &unused, &channel));
    if ((group && other != g->id) || user || channel)
        return ERR_HANDLE_ALREADY_EXISTS;
    g->handle = handle;
    return OK;
}

static enum err wrong_channel(struct str id)
{
    return str_starts(id, S("G")) ? ERR_INVALID_GROUP_PROVIDED : ERR_INVALID_CHANNEL_PROVIDED;
}

/* Channels the caller sees; ims and mpims are none. */
static enum err add_channels(struct call *c, const struct str_list *ids, struct buf *public, struct buf *private)
{
    if (ids->n > LINKED_MAX)
        return ERR_TOO_MANY_LINKED_CHANNELS;
    for (int i = 0; i < ids->n; i++) {
        struct channel_row *ch;
        struct buf *b;
        enum err e = channel_get(c, id_parse_kind(ids->v[i], "CG"), &ch);
        if (e == ERR_CHANNEL_NOT_FOUND || (e == OK && ch->kind != CHANNEL_PUBLIC && ch->kind != CHANNEL_PRIVATE))
            return wrong_channel(ids->v[i]);
        TRY(e);
        b = ch->kind == CHANNEL_PUBLIC ? public : private;
        if (b->n)
            buf_char(b, ',');
        buf_str(b, ids->v[i]);
    }
    return OK;
}

enum { LIST_MAX_BYTES = LINKED_MAX * (ID_MAX + 1) };

enum err usergroup_channels(struct call *c, struct usergroup_row *g, const struct str_list *ids)
{
    struct buf public = buf_in(c->arena, LIST_MAX_BYTES), private = buf_in(c->arena, LIST_MAX_BYTES);

    TRY(add_channels(c, ids, &public, &private));
    g->channels = buf_view(&public);
    g->groups = buf_view(&private);
    return OK;
}

enum err usergroup_additional(struct call *c, struct usergroup_row *g, const struct str_list *ids)
{
    struct buf all = buf_in(c->arena, LIST_MAX_BYTES);

    TRY(add_channels(c, ids, &all, &all));
    g->additional = buf_view(&all);
    return OK;
}

enum err usergroup_store(struct call *c, struct usergroup_row *g)
{
    int64_t changed;

    g->updated_by = c->who.user;
    g->updated_us = c->now_us;
    return sql_usergroup_set(c->db, c->arena, g->id, g->name, g->name_fold, g->handle, g->description, g->channels,
                             g->groups, g->additional, g->enable_section, g->updated_by, g->updated_us, g->deleted_by,
                             g->deleted_us, g->users_n, &changed);
}
