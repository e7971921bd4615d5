/* conversations.*: making, finding and listing conversations. */
#include "api/answer.h"
#include "api/conversations.h"
#include "api/gate.h"
#include "args_channels.h"
#include "args_conversations.h"
#include "args_users.h"
#include "core/notice.h"
#include "core/team.h"
#include "core/types.h"
#include "events.h"
#include "methods.h"

#include "base/id.h"

static const struct channel_view full_view = {.reading = true};

enum err conversation_create(struct call *c, struct str name, enum channel_kind kind, struct channel_row *ch)
{
    int64_t id = id_new('C'), changed;
    bool added, found;

    TRY(answer_name_check(c, name));
    TRY(sql_channel_add(c->db, c->arena, id, c->team, kind, name, S(""), c->who.user, c->now_us, 0, &changed));
    if (!changed)
        return ERR_NAME_TAKEN;
    TRY(sql_channel_for(c->db, c->arena, id, c->who.user, ch, &found));
    channel_tell_created(c, ch);
    return notice_join(c, ch, c->who.user, 0, &added);
}

enum err conversations_create(struct call *c, const struct conversations_create_args *a)
{
    enum channel_kind kind = a->is_private ? CHANNEL_PRIVATE : CHANNEL_PUBLIC;
    struct channel_row *ch = ARENA_NEW(c->arena, struct channel_row);

    TRY(gate_kind_scope(c, kind));
    if (!c->method->retired) /* those know no team_id: the home of the token's user */
        TRY(team_of_list(c, a->team_id));
    TRY(conversation_create(c, answer_name(c, a->name, a->validate), kind, ch));
    return answer_channel(c, ch, &full_view);
}

/* channels.join: by name, and a channel that is not there is made. */
enum err channels_join(struct call *c, const struct channels_join_args *a)
{
    struct channel_row *ch = ARENA_NEW(c->arena, struct channel_row);
    struct str name = answer_name(c, a->name, a->validate);
    bool found, added;
    int64_t id;

    TRY(answer_name_check(c, name));
    TRY(sql_channel_named(c->db, c->arena, c->team, name, &id, &found));
    if (!found) {
        TRY(conversation_create(c, name, CHANNEL_PUBLIC, ch));
        return answer_channel(c, ch, &full_view);
    }
    TRY(sql_channel_for(c->db, c->arena, id, c->who.user, ch, &found));
    if (ch->kind != CHANNEL_PUBLIC)
        return ERR_NAME_TAKEN;
    if (ch->archived)
        return ERR_IS_ARCHIVED;
    TRY(notice_join(c, ch, c->who.user, 0, &added));
    if (!added)
        json_bool(&c->out, S("already_in_channel"), true);
    return answer_channel(c, ch, &full_view);
}

enum err conversations_info(struct call *c, const struct conversations_info_args *a)
{
    struct channel_view view = {.reading = true, .num_members = a->include_num_members, .locale = a->include_locale};

    return answer_channel(c, c->channel, &view);
}

enum err conversations_members(struct call *c, const struct conversations_members_args *a)
{
    int64_t after, unused, *users;
    int n;

    TRY(page_cursor(c, a->cursor, "members", &after, &unused));
    TRY(sql_members_page(c->db, c->arena, c->channel->id, after, a->limit + 1, &users, &n));
    json_open(&c->out, S("members"), '[');
    for (int i = 0; i < n && i < a->limit; i++) {
        char id[ID_MAX];
        json_str(&c->out, S(""), str_of(id, id_format(users[i], id)));
    }
    json_close(&c->out, ']');
    if (n > a->limit)
        page_next(c, "members", users[a->limit - 1], 0);
    return OK;
}

/* --- lists ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum scope scope;
} kinds[] = {
    [CHANNEL_PUBLIC] = {"public_channel", SCOPE_CHANNELS_READ},
    [CHANNEL_PRIVATE] = {"private_channel", SCOPE_GROUPS_READ},
    [CHANNEL_IM] = {"im", SCOPE_IM_READ},
    [CHANNEL_MPIM] = {"mpim", SCOPE_MPIM_READ},
};
enum { KINDS_N = sizeof(kinds) / sizeof(*kinds), LIST_ALL_MAX = 10000 };

/* Which kinds a list shall hold, one bit each.  A kind that the token's scopes do not cover is missing_scope. */
static enum err read_types(struct call *c, struct str types, unsigned *mask)
{
    struct str rest = types, piece;

    *mask = 0;
    while (str_cut(&rest, ',', &piece)) {
        int kind = 0;
        while (kind < KINDS_N && !str_eq(str_trim(piece), str_c(kinds[kind].name)))
            kind++;
        if (kind == KINDS_N)
            return ERR_INVALID_TYPES;
        if (!scope_has(&c->who, kinds[kind].scope) && !scope_has(&c->who, SCOPE_BOT)) {
            c->needed = scope_name(kinds[kind].scope);
            return ERR_MISSING_SCOPE;
        }
        *mask |= 1u << kind;
    }
    return *mask ? OK : ERR_INVALID_TYPES;
}

/* kind: of the cursor, which is the listing's own. */
static enum err put_page(struct call *c, const char *kind, const struct channel_row *rows, int n, int64_t limit,
                         const struct channel_view *view)
{
    json_open(&c->out, c->method->subject, '[');
    for (int i = 0; i < n && i < limit; i++)
        TRY(channel_put(c, &c->out, S(""), &rows[i], c->who.user, view));
    json_close(&c->out, ']');
    if (n > limit)
        page_next(c, kind, rows[limit - 1].id, 0);
    return OK;
}

/* 0 or 1 for each kind: the parameters of the listing queries. */
#define KIND_BIT(mask, kind) ((int64_t)(((mask) >> (kind)) & 1u))

enum err conversations_list(struct call *c, const struct conversations_list_args *a)
{
    struct channel_view view = {.num_members = true, .members = c->method->retired && !a->exclude_members};
    int64_t size = a->limit > 0 ? a->limit : LIST_ALL_MAX; /* retired methods list all at once without a limit */
    struct channel_row *rows;
    int64_t after, unused;
    unsigned mask;
    int n;

    if (!c->method->retired)
        TRY(team_of_list(c, a->team_id));
    TRY(read_types(c, a->types, &mask));
    TRY(page_cursor(c, a->cursor, "channels", &after, &unused));
    /* Public channels are everybody's but guests'; of the other kinds only those the caller is in. */
    TRY(sql_channels_page(c->db, c->arena, c->team, c->who.user, after, size + 1, KIND_BIT(mask, CHANNEL_PUBLIC),
                          KIND_BIT(mask, CHANNEL_PRIVATE), KIND_BIT(mask, CHANNEL_IM), KIND_BIT(mask, CHANNEL_MPIM),
                          a->exclude_archived, c->who.guest != GUEST_NONE, &rows, &n));
    if (n > size && a->limit <= 0 && method_declares(c->method, ERR_LIMIT_REQUIRED))
        return ERR_LIMIT_REQUIRED;
    return put_page(c, "channels", rows, n, size, &view);
}

enum err users_conversations(struct call *c, const struct users_conversations_args *a)
{
    struct channel_view view = {0};
    int64_t after, unused, user = c->who.user;
    struct channel_row *rows;
    unsigned mask;
    int n;

    TRY(team_of_list(c, a->team_id));
    TRY(read_types(c, a->types, &mask));
    TRY(page_cursor(c, a->cursor, "joined", &after, &unused));
    if (a->user.n)
        user = id_parse_kind(a->user, "UW");
    /* Somebody else's list holds what both are in, and that person's public channels. */
    TRY(sql_channels_of_user(c->db, c->arena, c->team, user, c->who.user, after, a->limit + 1,
                             KIND_BIT(mask, CHANNEL_PUBLIC), KIND_BIT(mask, CHANNEL_PRIVATE),
                             KIND_BIT(mask, CHANNEL_IM), KIND_BIT(mask, CHANNEL_MPIM), a->exclude_archived,
                             c->who.guest != GUEST_NONE, a->exclude_muted, &rows, &n));
    return put_page(c, "joined", rows, n, a->limit, &view);
}
