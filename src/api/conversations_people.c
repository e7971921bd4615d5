/* conversations.join, leave, invite, kick, open, close: who is in a conversation. */
#include "api/answer.h"
#include "api/gate.h"
#include "args_conversations.h"
#include "base/id.h"
#include "core/notice.h"
#include "events.h"
#include "methods.h"

enum { INVITE_MAX = 1000, OPEN_MAX = 8 };

static const struct channel_view joined_view = {.reading = true};

enum err conversations_join(struct call *c, const struct conversations_join_args *a)
{
    bool added;

    (void)a;
    TRY(notice_join(c, c->channel, c->who.user, 0, &added));
    if (!added)
        call_warn(c, WARN_ALREADY_IN_CHANNEL);
    return answer_channel(c, c->channel, &joined_view);
}

static bool is_last_member(const struct channel_row *ch)
{
    return ch->kind == CHANNEL_PRIVATE && ch->members_n <= 1;
}

enum err conversations_leave(struct call *c, const struct conversations_leave_args *a)
{
    bool removed;

    (void)a;
    if (!c->channel->is_member) {
        json_bool(&c->out, S("not_in_channel"), true);
        return OK;
    }
    if (is_last_member(c->channel) && method_declares(c->method, ERR_LAST_MEMBER))
        return ERR_LAST_MEMBER;
    return notice_leave(c, c->channel, c->who.user, &removed);
}

/* --- invite --------------------------------------------------------------------------------------------------- */

/* May this person be added?  The answer is the code for that person. */
static enum err may_invite(struct call *c, int64_t user)
{
    struct user_row u;
    int64_t one, count;
    bool found;

    if (user == c->who.user)
        return ERR_CANT_INVITE_SELF;
    TRY(sql_user_in_team(c->db, c->arena, user, c->channel->team_id, &u, &found));
    if (!user || !found || u.org_id != c->who.org)
        return ERR_USER_NOT_FOUND;
    if (!u.is_member)
        return declared_or(c, ERR_ORG_USER_NOT_IN_TEAM, ERR_USER_NOT_FOUND);
    if (u.deleted || u.member_deleted || user == slackbot_id())
        return ERR_CANT_INVITE;
    TRY(sql_member_has(c->db, c->arena, c->channel->id, user, &one, &found));
    if (found)
        return ERR_ALREADY_IN_CHANNEL;
    if (u.guest == GUEST_SINGLE) {
        TRY(sql_user_channel_count(c->db, c->arena, user, c->channel->team_id, &count, &found));
        if (count >= 1)
            return ERR_URA_MAX_CHANNELS;
    }
    return OK;
}

static void put_invite_errors(struct call *c, const struct conversations_invite_args *a, const enum err *faults)
{
    json_open(&c->out, S("errors"), '[');
    for (int i = 0; i < a->users.n; i++) {
        if (faults[i] == OK)
            continue;
        json_open(&c->out, S(""), '{');
        json_str(&c->out, S("user"), a->users.v[i]);
        json_bool(&c->out, S("ok"), false);
        json_str(&c->out, S("error"), str_c(err_name(faults[i])));
        json_close(&c->out, '}');
    }
    json_close(&c->out, ']');
}

/* The world's faults end the call; a person's are reported for that person. */
static bool is_fatal(enum err e)
{
    return e == ERR_INTERNAL_ERROR || e == ERR_SERVICE_UNAVAILABLE;
}

/* groups.invite: that somebody is in already is no fault. */
static bool is_known_already(struct call *c, enum err e)
{
    if (e != ERR_ALREADY_IN_CHANNEL || method_declares(c->method, e))
        return false;
    json_bool(&c->out, S("already_in_group"), true);
    return true;
}

enum err conversations_invite(struct call *c, const struct conversations_invite_args *a)
{
    enum err *faults = ARENA_ARRAY(c->arena, enum err, a->users.n + 1);
    int wrong = 0;
    bool added;

    if (a->users.n == 0)
        return declared_or(c, ERR_NO_USER, ERR_USER_NOT_FOUND);
    if (a->users.n > INVITE_MAX)
        return ERR_TOO_MANY_USERS;
    for (int i = 0; i < a->users.n; i++) {
        faults[i] = may_invite(c, id_parse_kind(a->users.v[i], "UW"));
        if (is_known_already(c, faults[i]))
            return answer_channel(c, c->channel, &joined_view);
        if (is_fatal(faults[i]) || (faults[i] != OK && !a->force))
            return faults[i];
        wrong += faults[i] != OK;
    }
    if (wrong == a->users.n)
        return faults[0];
    for (int i = 0; i < a->users.n; i++)
        if (faults[i] == OK)
            TRY(notice_join(c, c->channel, id_parse(a->users.v[i]), c->who.user, &added));
    if (wrong)
        put_invite_errors(c, a, faults);
    return answer_channel(c, c->channel, &joined_view);
}

/* Members may remove people from private channels they are in; from public ones only admins (and whoever made it). */
static bool may_kick(const struct call *c)
{
    return c->channel->kind == CHANNEL_PRIVATE || c->who.role >= ROLE_ADMIN || c->channel->creator == c->who.user;
}

enum err conversations_kick(struct call *c, const struct conversations_kick_args *a)
{
    int64_t user = id_parse_kind(a->user, "UW");
    struct user_row u;
    bool found, removed;

    TRY(sql_user_in_team(c->db, c->arena, user, c->channel->team_id, &u, &found));
    if (!user || !found || !u.is_member)
        return ERR_USER_NOT_FOUND;
    if (user == c->who.user)
        return ERR_CANT_KICK_SELF;
    if (!may_kick(c))
        return ERR_RESTRICTED_ACTION;
    TRY(notice_leave(c, c->channel, user, &removed));
    return removed ? OK : declared_or(c, ERR_NOT_IN_CHANNEL, ERR_NOT_IN_GROUP);
}

/* --- open and close ------------------------------------------------------------------------------------------- */

static enum err check_person(struct call *c, int64_t user)
{
    struct user_row u;
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, user, c->team, &u, &found));
    if (!user || !found || !u.is_member)
        return ERR_USER_NOT_FOUND;
    if (u.deleted || u.member_deleted)
        return ERR_USER_DISABLED;
    return OK;
}

/* The whole object when it was asked for, else only the id; mpim.open answers with both. */
static enum err put_opened(struct call *c, const struct channel_row *ch, const struct conversations_open_args *a)
{
    struct channel_view view = {.reading = true, .locale = a->include_locale};
    char id[ID_MAX];

    if (a->return_im)
        TRY(answer_channel(c, ch, &view));
    if (!c->method->subject.n || (a->return_im && str_eq(c->method->subject, S("channel"))))
        return OK;
    json_open(&c->out, S("channel"), '{');
    json_str(&c->out, S("id"), str_of(id, id_format(ch->id, id)));
    json_close(&c->out, '}');
    return OK;
}

/* Shows it in the caller's list; a conversation that stands there already is a no-op. */
static enum err show(struct call *c, struct channel_row *ch, bool created)
{
    int64_t changed;

    if (ch->is_open && !created) {
        json_bool(&c->out, S("no_op"), true);
        json_bool(&c->out, S("already_open"), true);
        return OK;
    }
    TRY(sql_member_set_open(c->db, c->arena, ch->id, c->who.user, 1, &changed));
    ch->is_open = 1;
    if (ch->kind == CHANNEL_IM)
        emit_im_open(c, &(struct ev_im_open){.to = c->who.user, .user = c->who.user, .channel = ch->id});
    else
        emit_mpim_open(c, &(struct ev_mpim_open){.to = c->who.user, .user = c->who.user, .channel = ch->id});
    return OK;
}

static enum err open_people(struct call *c, const struct conversations_open_args *a, struct channel_row **ch,
                            bool *created)
{
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, a->users.n + 1);

    if (a->users.n == 0)
        return declared_or(c, ERR_USERS_LIST_NOT_SUPPLIED, ERR_USER_NOT_FOUND);
    if (a->users.n < 2 && method_declares(c->method, ERR_NOT_ENOUGH_USERS)) /* mpim.open makes no im */
        return ERR_NOT_ENOUGH_USERS;
    if (a->users.n > OPEN_MAX)
        return ERR_TOO_MANY_USERS;
    for (int i = 0; i < a->users.n; i++) {
        ids[i] = id_parse_kind(a->users.v[i], "UW");
        TRY(check_person(c, ids[i]));
    }
    TRY(gate_kind_scope(c, channel_kind_of_people(c, ids, a->users.n)));
    TRY(channel_open_people(c, ids, a->users.n, !a->prevent_creation, ch, created));
    return *ch ? OK : ERR_CHANNEL_NOT_FOUND;
}

enum err conversations_open(struct call *c, const struct conversations_open_args *a)
{
    struct channel_row *ch = c->channel; /* opened by the gate when `channel` was given */
    bool created = false;

    if (!ch)
        TRY(open_people(c, a, &ch, &created));
    TRY(show(c, ch, created));
    return put_opened(c, ch, a);
}

enum err conversations_close(struct call *c, const struct conversations_close_args *a)
{
    struct channel_row *ch = c->channel;
    int64_t changed;

    (void)a;
    if (!ch->is_open) {
        json_bool(&c->out, S("no_op"), true);
        json_bool(&c->out, S("already_closed"), true);
        return OK;
    }
    TRY(sql_member_set_open(c->db, c->arena, ch->id, c->who.user, 0, &changed));
    if (ch->kind == CHANNEL_IM)
        emit_im_close(c, &(struct ev_im_close){.to = c->who.user, .user = c->who.user, .channel = ch->id});
    else
        emit_mpim_close(c, &(struct ev_mpim_close){.to = c->who.user, .user = c->who.user, .channel = ch->id});
    return OK;
}
