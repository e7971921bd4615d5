/* The messages of a seed: history, threads, reactions, pins.
 *
 * A conversation's messages are stored in the order of their times, replies between what was written meanwhile, since
 * timestamps only grow. */
#include <stdlib.h>

#include "base/clock.h"
#include "core/emoji.h"
#include "core/message_change.h"
#include "dev_seed.h"

static const int64_t APART_US = INT64_C(60) * US_PER_S, FIRST_AGO_US = INT64_C(3600) * US_PER_S;

struct draft {
    struct spot spot;
    int64_t at_us, ts;    /* ts: 0 until it is stored */
    struct draft *parent; /* of a reply */
};

struct drafts {
    struct draft *v;
    int n;
};

static enum err read_ago(struct seed *s, const struct spot *at, int64_t *at_us)
{
    struct spot ago = spot_key(at, "ago");
    int64_t ms;

    if (!ago.json)
        return OK;
    if (ago.json->kind != JSON_STRING || !duration_parse(ago.json->text, &ms) || ms >= s->time_us / 1000)
        return read_fault(&s->reader, &ago, "how long ago is written as 90s, 5m, 2h or 3d");
    *at_us = s->time_us - ms * 1000;
    return OK;
}

/* Messages and replies of a list. */
static int count(const struct spot *list)
{
    struct spot item = {0};
    int n = 0;

    while (spot_next(list, &item)) {
        const struct json *replies = json_get(item.json, S("replies"));
        n += 1 + (replies ? (int)replies->count : 0);
    }
    return n;
}

/* Without `ago` a message comes a minute after the one before it. */
static enum err collect(struct seed *s, const struct spot *list, struct draft *parent, struct drafts *out)
{
    int64_t at_us = parent ? parent->at_us + APART_US : s->time_us - FIRST_AGO_US;
    struct spot item = {0};

    while (spot_next(list, &item)) {
        struct draft *d = &out->v[out->n++];
        struct spot *replies = ARENA_NEW(s->reader.arena, struct spot);
        TRY(read_object(&s->reader, &item,
                        parent ? "user text ago reactions pinned broadcast"
                               : "user text ago reactions pinned replies"));
        TRY(read_ago(s, &item, &at_us));
        if (parent && at_us <= parent->at_us)
            return read_fault(&s->reader, &item, "a reply comes after what it replies to");
        *d = (struct draft){.spot = item, .at_us = at_us, .parent = parent};
        at_us += APART_US;
        TRY(read_list(&s->reader, &d->spot, "replies", replies));
        TRY(collect(s, replies, d, out));
    }
    return OK;
}

/* By time; what has the same stays as it stood. */
static int by_time(const void *a, const void *b)
{
    const struct draft *x = *(struct draft *const *)a, *y = *(struct draft *const *)b;

    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* --- what hangs on a message ---------------------------------------------------------------------------------- */

static enum err check_emoji(struct seed *s, const struct spot *at)
{
    struct call *c = &s->call;
    int64_t one;
    bool found;

    if (emoji_known(at->key))
        return OK;
    TRY(sql_custom_emoji_has(c->db, c->arena, c->team, at->key, &one, &found));
    return found ? OK : read_fault(&s->reader, at, "there is no such emoji");
}

/* {"tada": ["bob", "carol"]} */
static enum err add_reactions(struct seed *s, const struct spot *at, const struct message_row *m)
{
    struct spot map, emoji = {0};
    struct call *c = &s->call;
    int64_t changed, at_us = m->ts;

    TRY(read_map(&s->reader, at, "reactions", &map));
    while (spot_next(&map, &emoji)) {
        struct spot user = {0};
        TRY(check_emoji(s, &emoji));
        if (emoji.json->kind != JSON_ARRAY || emoji.json->count == 0)
            return read_fault(&s->reader, &emoji, "a list of those who reacted belongs here");
        while (spot_next(&emoji, &user)) {
            struct thing *t;
            TRY(read_member(s, &user, &t));
            TRY(sql_reaction_add(c->db, c->arena, m->channel_id, m->ts, emoji.key, t->pub.id, ++at_us, &changed));
        }
    }
    return map.json && map.json->count ? sql_message_set_reacted(c->db, c->arena, m->channel_id, m->ts, 1, &changed)
                                       : OK;
}

static enum err add_pin(struct seed *s, const struct spot *at, const struct channel_row *ch, struct message_row *m)
{
    struct call *c = &s->call;
    bool pinned = false;
    int64_t changed;

    TRY(read_bool(&s->reader, at, "pinned", &pinned));
    if (!pinned)
        return OK;
    TRY(sql_pin_add(c->db, c->arena, m->channel_id, m->ts, m->user_id, m->ts + 1, &changed));
    return message_pin(c, ch, m, true);
}

/* --- storing -------------------------------------------------------------------------------------------------- */

static enum err store(struct seed *s, struct channel_row *ch, struct draft *d)
{
    struct message_draft m = {.silent = true, .text = S(""), .thread_ts = d->parent ? d->parent->ts : 0};
    struct spot user = spot_key(&d->spot, "user");
    struct message_row *row;
    struct thing *author;

    if (!user.json)
        return read_fault(&s->reader, &d->spot, "its \"user\" belongs here");
    TRY(read_member(s, &user, &author));
    TRY(read_str(&s->reader, &d->spot, "text", &m.text));
    if (!m.text.n)
        return read_fault(&s->reader, &d->spot, "its \"text\" belongs here");
    TRY(read_bool(&s->reader, &d->spot, "broadcast", &m.broadcast));
    if (m.broadcast)
        m.subtype = S("thread_broadcast");
    m.user = author->pub.id;
    m.bot = author->bot;
    m.app = author->app;
    s->call.now_us = d->at_us;
    TRY(message_post(&s->call, ch, &m, &row));
    d->ts = row->ts;
    s->world->n_messages++;
    TRY(add_reactions(s, &d->spot, row));
    return add_pin(s, &d->spot, ch, row);
}

static enum err store_all(struct seed *s, struct channel_row *ch, struct drafts *all)
{
    struct draft **sorted = ARENA_ARRAY(s->reader.arena, struct draft *, all->n);
    int64_t changed;

    for (int i = 0; i < all->n; i++)
        sorted[i] = &all->v[i];
    qsort(sorted, (size_t)all->n, sizeof(struct draft *), by_time);
    for (int i = 0; i < all->n; i++)
        TRY(store(s, ch, sorted[i]));
    s->call.now_us = s->made_us;
    /* Everybody has read what stands there, so that what a test posts is the only thing unread. */
    return sql_channel_read_by_all(s->call.db, s->call.arena, ch->id, ch->last_ts, &changed);
}

enum err seed_messages(struct seed *s, const struct spot *up, struct channel_row *ch)
{
    struct drafts all = {0};
    struct spot list;
    int n;

    TRY(read_list(&s->reader, up, "messages", &list));
    n = count(&list);
    if (n == 0)
        return OK;
    all.v = ARENA_ARRAY(s->reader.arena, struct draft, n);
    TRY(collect(s, &list, NULL, &all));
    return store_all(s, ch, &all);
}
