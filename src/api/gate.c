/* The gate (DESIGN.md 10): who may do what to which object, checked once, from the catalogue's data. */
#include "api/gate.h"

#include "base/id.h"
#include "base/rand.h"
#include "core/channel.h"
#include "core/team.h"
#include "methods.h"

enum err declared_or(const struct call *c, enum err e, enum err instead)
{
    return method_declares(c->method, e) ? e : instead;
}

static enum err check_guest(const struct call *c, const struct gate_verb *v)
{
    if (!v->guests_denied || c->who.guest == GUEST_NONE)
        return OK;
    if (c->who.guest == GUEST_SINGLE)
        return declared_or(c, ERR_USER_IS_ULTRA_RESTRICTED,
                           declared_or(c, ERR_USER_IS_RESTRICTED, ERR_RESTRICTED_ACTION));
    return declared_or(c, ERR_USER_IS_RESTRICTED, ERR_RESTRICTED_ACTION);
}

static bool membership_ok(const struct call *c, const struct gate_verb *v)
{
    const struct channel_row *ch = c->channel;

    if (ch->is_member)
        return true;
    switch (v->member) {
    case GATE_MEMBER_NONE:
        return true;
    case GATE_MEMBER_PUBLIC: /* people read public channels without joining; bots have to be in */
        return ch->kind == CHANNEL_PUBLIC && !c->who.is_bot;
    case GATE_MEMBER_POST:
        return ch->kind == CHANNEL_PUBLIC && scope_has(&c->who, SCOPE_CHAT_WRITE_PUBLIC);
    case GATE_MEMBER_REQUIRED:
        return false;
    }
    return false;
}

/* Methods with a scope for each kind of conversation: `channels:` public, `groups:` private, `im:` DM, `mpim:` group
 * DM. */
enum err gate_kind_scope(struct call *c, int kind)
{
    static const struct str prefixes[] = {
        [CHANNEL_PUBLIC] = {"channels:", 9},
        [CHANNEL_PRIVATE] = {"groups:", 7},
        [CHANNEL_IM] = {"im:", 3},
        [CHANNEL_MPIM] = {"mpim:", 5},
    };
    const uint64_t *accepted = c->who.kind == TOKEN_BOT ? c->method->bot_scopes : c->method->user_scopes;
    enum scope wanted = SCOPES_N;

    if (!c->method->scope_by_kind || scope_has(&c->who, SCOPE_BOT))
        return OK;
    for (int s = 0; s < SCOPES_N; s++) {
        if (!((accepted[s / 64] >> (s % 64)) & 1) || !str_starts(scope_name((enum scope)s), prefixes[kind]))
            continue;
        if (scope_has(&c->who, (enum scope)s))
            return OK;
        if (wanted == SCOPES_N)
            wanted = (enum scope)s;
    }
    if (wanted == SCOPES_N) /* no scope of this kind exists for it */
        return OK;
    c->needed = scope_name(wanted);
    return ERR_MISSING_SCOPE;
}

static enum err check_verb(struct call *c, const struct gate *g)
{
    const struct channel_row *ch = c->channel;
    const struct gate_verb *v = g->verb;

    if (!(v->kinds & g->kinds & (1u << ch->kind)))
        return declared_or(c, ERR_METHOD_NOT_SUPPORTED_FOR_CHANNEL_TYPE, ERR_CHANNEL_NOT_FOUND);
    TRY(gate_kind_scope(c, (int)ch->kind));
    TRY(check_guest(c, v));
    if (v->general != OK && ch->is_general)
        return declared_or(c, v->general, ERR_RESTRICTED_ACTION);
    if (!membership_ok(c, v))
        return declared_or(c, ERR_NOT_IN_CHANNEL, ERR_CHANNEL_NOT_FOUND);
    if (v->archived != OK && ch->archived)
        return declared_or(c, v->archived, ERR_RESTRICTED_ACTION);
    return OK;
}

static enum err open_person(struct call *c, int64_t user, struct channel_row **out)
{
    struct user_row u;
    bool found, created;

    TRY(sql_user_in_team(c->db, c->arena, user, c->team, &u, &found));
    if (!found || !u.is_member || u.deleted || u.member_deleted)
        return ERR_CHANNEL_NOT_FOUND;
    return channel_open_people(c, &user, 1, true, out, &created);
}

/* Tokens of the organization act where the conversation is. */
static enum err follow(struct call *c, int64_t channel)
{
    struct channel_row ch;
    bool found;

    if (c->who.team || !channel)
        return OK;
    TRY(sql_channel_for(c->db, c->arena, channel, c->who.user, &ch, &found));
    if (found && team_act_in(c, ch.team_id) == ERR_INTERNAL_ERROR)
        return ERR_INTERNAL_ERROR;
    return OK; /* where its user is nobody, the conversation is not there either */
}

static enum err resolve(struct call *c, struct str text, const struct gate *g, struct channel_row **out)
{
    int64_t id = id_parse_kind(text, "CGD");
    enum err e = ERR_CHANNEL_NOT_FOUND;

    TRY(follow(c, id));
    if (id)
        e = channel_get(c, id, out);
    if (e == ERR_CHANNEL_NOT_FOUND && g->people && id_parse_kind(text, "UW"))
        e = open_person(c, id_parse_kind(text, "UW"), out);
    if (e == ERR_CHANNEL_NOT_FOUND && g->names) {
        TRY(channel_named(c, text, &id));
        e = channel_get(c, id, out);
    }
    return e;
}

/* --- several conversations ------------------------------------------------------------------------------------ */

enum { CHANNELS_MAX = 100 };

static enum err open_one_more(struct call *c, struct str text, const struct gate *g)
{
    enum err e = resolve(c, text, g, &c->channel);

    if (e == ERR_CHANNEL_NOT_FOUND && !id_parse_kind(text, "CGDUW"))
        return declared_or(c, ERR_INVALID_CHANNEL, e);
    TRY(e);
    TRY(check_verb(c, g));
    for (int i = 0; i < c->n_channels; i++)
        if (c->channels[i]->id == c->channel->id)
            return OK;
    c->channels[c->n_channels++] = c->channel;
    return OK;
}

static enum err open_several(struct call *c, const void *args, const struct gate *g)
{
    const struct str_list *list = (const void *)((const char *)args + g->arg_offset);
    const struct str *also = g->also_offset ? (const void *)((const char *)args + g->also_offset) : NULL;

    c->n_channels = 0;
    if (list->n > CHANNELS_MAX)
        return declared_or(c, ERR_CHANNELS_LIMIT_EXCEEDED, ERR_INVALID_ARGUMENTS);
    c->channels = ARENA_ARRAY(c->arena, struct channel_row *, list->n + 1);
    if (also && also->n)
        TRY(open_one_more(c, *also, g));
    for (int i = 0; i < list->n; i++)
        TRY(open_one_more(c, list->v[i], g));
    return OK;
}

enum err gate_open(struct call *c, const void *args)
{
    const struct gate *g = &c->method->gate;
    struct str text;

    if (g->object == GATE_NONE)
        return OK;
    if (g->object == GATE_WORKSPACE)
        return check_guest(c, g->verb);
    if (g->object == GATE_CHANNELS)
        return open_several(c, args, g);
    text = *(const struct str *)(const void *)((const char *)args + g->arg_offset);
    if (text.n == 0 && g->optional)
        return OK;
    TRY(resolve(c, text, g, &c->channel));
    return check_verb(c, g);
}

uint64_t gate_key(const struct call *c, const void *args)
{
    const struct gate *g = &c->method->gate;
    const struct str *text = (const void *)((const char *)args + g->arg_offset);

    return g->object == GATE_CHANNEL && text->n ? siphash(*text) : 0;
}
