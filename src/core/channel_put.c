#include "core/channel_put.h"

#include "base/clock.h"
#include "base/id.h"
#include "core/message.h"
#include "events.h"
#include "objects.h"

enum { OBJECT_MAX_BYTES = 1 << 20 };

struct str channel_type_letter(const struct channel_row *ch)
{
    return ch->kind == CHANNEL_PUBLIC ? S("C") : ch->kind == CHANNEL_IM ? S("D") : S("G");
}

struct str channel_type_name(const struct channel_row *ch)
{
    static const struct str names[] = {[CHANNEL_PUBLIC] = {"channel", 7},
                                       [CHANNEL_PRIVATE] = {"group", 5},
                                       [CHANNEL_IM] = {"im", 2},
                                       [CHANNEL_MPIM] = {"mpim", 4}};

    return names[ch->kind];
}

static enum err fill_old_names(struct call *c, const struct channel_row *ch, struct obj_conversation *o)
{
    static const struct str none; /* an empty list is written, not left out */
    struct str *names;
    int n;

    TRY(sql_channel_old_names(c->db, c->arena, ch->id, &names, &n));
    o->previous_names = n ? names : &none;
    o->n_previous_names = n;
    return OK;
}

/* Unread counts stand only in ims and mpims, as documented; the newest message with them. */
static enum err fill_reading(struct call *c, const struct channel_row *ch, int64_t user,
                             const struct channel_view *view, struct obj_conversation *o)
{
    struct message_row latest;
    int64_t unread;
    bool found;

    if (!ch->is_member)
        return OK;
    o->last_read = ch->last_read;
    if (ch->kind != CHANNEL_IM && ch->kind != CHANNEL_MPIM && !view->counts)
        return OK;
    TRY(sql_message_unread_count(c->db, c->arena, ch->id, ch->last_read, user, &unread, &found));
    o->unread_count = unread;
    o->unread_count_display = unread;
    TRY(sql_message_latest(c->db, c->arena, ch->id, &latest, &found));
    o->latest = S("null");
    if (found)
        TRY(message_json(c, ch, &latest, &o->latest));
    return OK;
}

/* The longest list that an object holds (limits.md "Conversations"). */
enum { MEMBERS_SHOWN = 500 };

static enum err fill_members(struct call *c, const struct channel_row *ch, struct obj_conversation *o)
{
    static const int64_t none;
    int64_t *users;
    int n;

    TRY(sql_members_page(c->db, c->arena, ch->id, 0, MEMBERS_SHOWN, &users, &n));
    o->members = n ? users : &none;
    o->n_members = n;
    if (ch->members_n > MEMBERS_SHOWN)
        call_warn(c, WARN_MEMBER_LIST_TRUNCATED);
    return OK;
}

static struct obj_topic *topic_of(struct call *c, struct str value, int64_t creator, int64_t set_us)
{
    struct obj_topic *t = ARENA_NEW(c->arena, struct obj_topic);

    *t = (struct obj_topic){.value = value, .creator = creator, .last_set = set_us / US_PER_S};
    return t;
}

/* What named channels have and ims have not. */
static enum err fill_named(struct call *c, const struct channel_row *ch, struct obj_conversation *o)
{
    o->name = ch->name;
    o->name_normalized = ch->name;
    o->creator = ch->creator;
    o->is_member = maybe_of(ch->is_member);
    o->topic = topic_of(c, ch->topic, ch->topic_by, ch->topic_us);
    o->purpose = topic_of(c, ch->purpose, ch->purpose_by, ch->purpose_us);
    return fill_old_names(c, ch, o);
}

static enum err fill_im(struct call *c, const struct channel_row *ch, int64_t user, struct obj_conversation *o)
{
    struct user_row peer;
    bool found;

    o->user = channel_im_peer(ch, user);
    TRY(sql_user_in_team(c->db, c->arena, o->user, ch->team_id, &peer, &found));
    o->is_user_deleted = maybe_of(found && (peer.deleted || peer.member_deleted));
    o->priority = 0;
    return OK;
}

enum err channel_put(struct call *c, struct json_out *out, struct str key, const struct channel_row *ch, int64_t user,
                     const struct channel_view *view)
{
    struct obj_conversation o = {
        .id = ch->id,
        .created = ch->created_us / US_PER_S,
        .updated = ch->updated_us / 1000,
        .is_channel = ch->kind == CHANNEL_PUBLIC,
        .is_group = ch->kind == CHANNEL_PRIVATE,
        .is_im = ch->kind == CHANNEL_IM,
        .is_mpim = ch->kind == CHANNEL_MPIM,
        .is_private = ch->kind != CHANNEL_PUBLIC,
        .is_archived = ch->archived != 0,
        .is_general = ch->is_general != 0,
        .context_team_id = ch->team_id,
        .shared_team_ids = &ch->team_id,
        .n_shared_team_ids = 1,
        .num_members = view->num_members && ch->kind != CHANNEL_IM ? ch->members_n : INT64_MIN,
        .last_read = INT64_MIN,
        .unread_count = INT64_MIN,
        .unread_count_display = INT64_MIN,
        .priority = INT64_MIN,
        .parent_group = ch->parent_id,
        .locale = view->locale ? S("en-US") : S(""),
    };

    if (ch->kind == CHANNEL_IM)
        TRY(fill_im(c, ch, user, &o));
    else
        TRY(fill_named(c, ch, &o));
    if (ch->kind == CHANNEL_IM || ch->kind == CHANNEL_MPIM)
        o.is_open = maybe_of(ch->is_open);
    if (view->reading)
        TRY(fill_reading(c, ch, user, view, &o));
    if (view->members)
        TRY(fill_members(c, ch, &o));
    put_conversation(out, key, &o);
    return OK;
}

enum err channel_json(struct call *c, const struct channel_row *ch, int64_t user, struct str *out)
{
    static const struct channel_view view = {.reading = true};
    struct buf b = buf_in(c->arena, OBJECT_MAX_BYTES);
    struct json_out o = {.b = &b};

    TRY(channel_put(c, &o, S(""), ch, user, &view));
    *out = buf_view(&b);
    return OK;
}

static struct obj_conversation_short short_of(const struct channel_row *ch)
{
    return (struct obj_conversation_short){
        .id = ch->id,
        .name = ch->name,
        .name_normalized = ch->name,
        .created = ch->created_us / US_PER_S,
        .creator = ch->creator,
        .is_channel = maybe_of(ch->kind == CHANNEL_PUBLIC),
        .is_group = maybe_of(ch->kind == CHANNEL_PRIVATE),
        .is_private = maybe_of(ch->kind == CHANNEL_PRIVATE),
    };
}

void channel_tell_created(struct call *c, const struct channel_row *ch)
{
    struct obj_conversation_short o = short_of(ch);

    if (ch->kind == CHANNEL_PUBLIC) /* of a private one nobody else may know */
        emit_channel_created(c, &(struct ev_channel_created){.to = ch->team_id, .channel = &o, .event_ts = c->now_us});
}

void channel_tell_renamed(struct call *c, const struct channel_row *ch)
{
    struct obj_conversation_short o = short_of(ch);

    if (ch->kind == CHANNEL_PUBLIC)
        emit_channel_rename(c, &(struct ev_channel_rename){.to = ch->team_id, .channel = &o, .event_ts = c->now_us});
    else
        emit_group_rename(c, &(struct ev_group_rename){.to = ch->id, .channel = &o, .event_ts = c->now_us});
}
