/* groups.createChild: a private channel begins anew under its name. */
#include "api/answer.h"
#include "api/conversations.h"
#include "args_groups.h"
#include "base/utf8.h"
#include "core/channel_name.h"
#include "core/notice.h"

enum { TRIES = 99, ENDING_CHARS = 11, MEMBERS_MAX = 10000 };

/* "NAME-archived", or with a number behind it when that is taken. */
static enum err free_name(struct call *c, const struct channel_row *ch, struct str *name)
{
    struct str base = utf8_head(ch->name, CHANNEL_NAME_MAX - ENDING_CHARS);
    int64_t other;
    bool taken;

    for (int i = 1; i <= TRIES; i++) {
        *name = i == 1 ? arena_printf(c->arena, "%.*s-archived", STR_FMT(base))
                       : arena_printf(c->arena, "%.*s-archived%d", STR_FMT(base), i);
        TRY(sql_channel_named(c->db, c->arena, c->team, *name, &other, &taken));
        if (!taken)
            return OK;
    }
    return ERR_ALREADY_ARCHIVED; /* a hundred times under one name */
}

/* All that were in the old one; the caller is in already. */
static enum err bring_members(struct call *c, const struct channel_row *from, struct channel_row *to)
{
    int64_t *users;
    bool added;
    int n;

    TRY(sql_members_page(c->db, c->arena, from->id, 0, MEMBERS_MAX, &users, &n));
    for (int i = 0; i < n; i++)
        if (users[i] != c->who.user)
            TRY(notice_join(c, to, users[i], c->who.user, &added));
    return OK;
}

enum err groups_create_child(struct call *c, const struct groups_create_child_args *a)
{
    struct channel_view view = {.reading = true};
    struct channel_row *child = ARENA_NEW(c->arena, struct channel_row);
    struct str name = c->channel->name, archived;
    int64_t changed;

    (void)a;
    TRY(free_name(c, c->channel, &archived));
    TRY(conversation_rename(c, c->channel, archived));
    TRY(conversation_archive(c, c->channel));
    TRY(conversation_create(c, name, CHANNEL_PRIVATE, child));
    TRY(sql_channel_set_parent(c->db, c->arena, child->id, c->channel->id, &changed));
    child->parent_id = c->channel->id;
    TRY(bring_members(c, c->channel, child));
    return answer_channel(c, child, &view);
}
