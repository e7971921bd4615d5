#include "core/notice.h"

#include "base/id.h"
#include "core/channel_put.h"
#include "events.h"

enum err notice_post(struct call *c, struct channel_row *ch, int64_t user, const char *subtype, struct str what,
                     struct str extra)
{
    struct str name = str_c(subtype);
    char id[ID_MAX];
    struct message_draft d = {.user = user, .extra = extra};

    if (ch->kind == CHANNEL_PRIVATE && str_starts(name, S("channel_")))
        name = ARENA_JOIN(c->arena, S("group_"), str_skip(name, 8));
    d.subtype = name;
    d.text = arena_printf(c->arena, "<@%.*s> %.*s", (int)id_format(user, id), id, STR_FMT(what));
    return message_post(c, ch, &d, NULL);
}

static enum err tell_joined(struct call *c, struct channel_row *ch, int64_t user, int64_t inviter)
{
    struct channel_row *seen = ARENA_NEW(c->arena, struct channel_row);
    struct str object;
    bool found;

    if (c->unheard)
        return OK;
    emit_member_joined_channel(c, &(struct ev_member_joined_channel){
                                      .to = ch->id,
                                      .user = user,
                                      .channel = ch->id,
                                      .channel_type = channel_type_letter(ch),
                                      .team = ch->team_id,
                                      .inviter = inviter,
                                  });
    TRY(sql_channel_for(c->db, c->arena, ch->id, user, seen, &found));
    TRY(channel_json(c, seen, user, &object));
    if (ch->kind == CHANNEL_PUBLIC)
        emit_channel_joined(c, &(struct ev_channel_joined){.to = user, .channel = object});
    else
        emit_group_joined(c, &(struct ev_group_joined){.to = user, .channel = object});
    return OK;
}

enum err notice_join(struct call *c, struct channel_row *ch, int64_t user, int64_t inviter, bool *added)
{
    struct str extra = S("");
    char id[ID_MAX];

    TRY(channel_join_user(c, ch, user, added));
    if (!*added)
        return OK;
    if (inviter)
        extra = arena_printf(c->arena, "{\"inviter\":\"%.*s\"}", (int)id_format(inviter, id), id);
    TRY(notice_post(c, ch, user, "channel_join",
                    ch->kind == CHANNEL_PUBLIC ? S("has joined the channel") : S("has joined the group"), extra));
    return tell_joined(c, ch, user, inviter);
}

enum err notice_leave(struct call *c, struct channel_row *ch, int64_t user, bool *removed)
{
    TRY(channel_leave_user(c, ch, user, removed));
    if (!*removed)
        return OK;
    TRY(notice_post(c, ch, user, "channel_leave",
                    ch->kind == CHANNEL_PUBLIC ? S("has left the channel") : S("has left the group"), S("")));
    emit_member_left_channel(c, &(struct ev_member_left_channel){
                                    .to = ch->id,
                                    .user = user,
                                    .channel = ch->id,
                                    .channel_type = channel_type_letter(ch),
                                    .team = ch->team_id,
                                });
    if (ch->kind == CHANNEL_PUBLIC)
        emit_channel_left(c, &(struct ev_channel_left){.to = user, .channel = ch->id, .actor_id = c->who.user});
    else
        emit_group_left(c, &(struct ev_group_left){.to = user, .channel = ch->id, .actor_id = c->who.user});
    return OK;
}
