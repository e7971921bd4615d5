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
    static const struct str names[] = {
        [CHANNEL_PUBLIC] = {"channel", 7}, [CHANNEL_PRIVATE] = {"group", 5}, [CHANNEL_IM] = {"im", 2}, [CHANNEL_MPIM] = {"mpim", 4}};

    return names[ch->kind];
}

static enum err put_old_names(struct call *c, const struct channel_row *ch, struct obj_conversation *o)
{
    struct str *names;
    int n;

    TRY(sql_channel_old_names(c->db, c->arena, ch->id, &names, &n));
    o->previous_names = names;
    o->n_previous_names = n;
    return OK;
}

/* Unread counts stand only in ims and mpims, as documented; the newest message with them. */
static enum err fill_reading(struct call *c, const struct channel_row *ch, int64_t user, struct obj_conversation *o)
{
    struct message_row latest;
    int64_t unread;
    bool found;

    if (!ch->is_member)
        return OK;
    o->last_read = ch->last_read;
    o->has_last_read = true;
    if (ch->kind != CHANNEL_IM && ch->kind != CHANNEL_MPIM)
        return OK;
    TRY(sql_message_unread_count(c->db, c->arena, ch->id, ch->last_read, user, &unread, &found));
    o->unread_count = unread;
    o->unread_count_display = unread;
    TRY(sql_message_latest(c->db, c->arena, ch->id, &latest, &found));
    if (found)
        TRY(message_json(c, ch, &latest, &o->latest));
    return OK;
}
