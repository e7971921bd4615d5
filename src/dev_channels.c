/* Conversations and custom emoji of a seed. */
#include "core/channel_name.h"
#include "core/emoji.h"
#include "dev_seed.h"

enum { DM_MEMBERS_MAX = 9 };

/* --- emoji ---------------------------------------------------------------------------------------------------- */

static enum err read_emoji(struct seed *s, const struct spot *at)
{
    struct str name = S(""), url = S(""), alias = S("");
    struct thing *team;
    int64_t changed;

    TRY(read_object(&s->reader, at, "name url alias workspace"));
    TRY(read_team(s, at, &team));
    TRY(read_str(&s->reader, at, "name", &name));
    TRY(read_str(&s->reader, at, "url", &url));
    TRY(read_str(&s->reader, at, "alias", &alias));
    if (!emoji_name_valid(name) || emoji_known(name))
        return read_fault(&s->reader, at, "its name is no name, or one of the standard emoji");
    if (alias.n)
        url = arena_printf(s->reader.arena, "alias:%.*s", STR_FMT(alias));
    else if (!str_starts(url, S("http://")) && !str_starts(url, S("https://")))
        return read_fault(&s->reader, at, "an \"url\" or an \"alias\" belongs here");
    TRY(sql_custom_emoji_add(s->call.db, s->call.arena, team->pub.id, name, url, slackbot_id(), s->call.now_us,
                             &changed));
    return changed ? OK : read_fault(&s->reader, at, "there is an emoji of this name already");
}

enum err seed_emoji(struct seed *s)
{
    return seed_each(s, &s->root, "emoji", read_emoji);
}

/* --- channels ------------------------------------------------------------------------------------------------- */

/* #general and #random are there from the start; others are made. */
static enum err make_channel(struct seed *s, const struct spot *at, struct thing *t, bool private, int64_t creator)
{
    struct spot name = spot_key(at, "name");
    struct call *c = &s->call;
    struct thing *old = thing_find(s, THING_CHANNEL, c->team, t->pub.name);
    int64_t changed;

    if (old && (str_eq(t->pub.name, S("general")) || str_eq(t->pub.name, S("random")))) {
        t->pub.id = old->pub.id;
        return private ? read_fault(&s->reader, at, "#general and #random are public") : OK;
    }
    TRY(seed_refused(s, &name, channel_name_check(c->arena, t->pub.name)));
    TRY(thing_add(s, at, t, NULL));
    s->world->n_channels++;
    return sql_channel_add(c->db, c->arena, t->pub.id, c->team, private ? CHANNEL_PRIVATE : CHANNEL_PUBLIC, t->pub.name,
                           S(""), creator, c->now_us, 0, &changed);
}

static enum err open_channel(struct seed *s, int64_t id, int64_t user, struct channel_row *ch)
{
    bool found;

    TRY(sql_channel_for(s->call.db, s->call.arena, id, user, ch, &found));
    return found ? OK : ERR_CHANNEL_NOT_FOUND;
}

static enum err add_everybody(struct seed *s, struct channel_row *ch)
{
    struct user_row u;
    bool found, added;

    for (struct thing *t = s->things; t; t = t->next) {
        if (t->kind != THING_PERSON || t->is_bot)
            continue;
        TRY(sql_user_in_team(s->call.db, s->call.arena, t->pub.id, s->call.team, &u, &found));
        if (found && u.is_member && u.guest == GUEST_NONE)
            TRY(channel_join_user(&s->call, ch, t->pub.id, &added));
    }
    return OK;
}

/* A list of names, or "everybody": all people of the workspace but guests. */
static enum err add_members(struct seed *s, const struct spot *up, struct channel_row *ch)
{
    struct spot list = spot_key(up, "members"), item = {0};
    struct thing *t;
    bool added;

    if (list.json && list.json->kind == JSON_STRING && str_eq(list.json->text, S("everybody")))
        return add_everybody(s, ch);
    TRY(read_list(&s->reader, up, "members", &list));
    while (spot_next(&list, &item)) {
        TRY(read_member(s, &item, &t));
        TRY(channel_join_user(&s->call, ch, t->pub.id, &added));
    }
    return OK;
}

static enum err read_texts(struct seed *s, const struct spot *at, const struct channel_row *ch, int64_t creator)
{
    struct str topic = S(""), purpose = S("");
    struct call *c = &s->call;
    int64_t changed;

    TRY(read_str(&s->reader, at, "topic", &topic));
    TRY(read_str(&s->reader, at, "purpose", &purpose));
    if (topic.n)
        TRY(sql_channel_set_topic(c->db, c->arena, ch->id, topic, creator, c->now_us, &changed));
    if (purpose.n)
        TRY(sql_channel_set_purpose(c->db, c->arena, ch->id, purpose, creator, c->now_us, &changed));
    return OK;
}

static enum err read_creator(struct seed *s, const struct spot *up, int64_t *id)
{
    struct spot at = spot_key(up, "creator");
    struct thing *t;

    *id = slackbot_id();
    if (!at.json)
        return OK;
    TRY(read_member(s, &at, &t));
    *id = t->pub.id;
    return OK;
}

static enum err read_channel(struct seed *s, const struct spot *at)
{
    struct thing t = {.kind = THING_CHANNEL}, *team;
    bool private = false, archived = false;
    struct channel_row ch;
    int64_t creator, changed;

    TRY(read_object(&s->reader, at, "name id workspace private topic purpose creator members archived messages"));
    TRY(read_team(s, at, &team));
    TRY(read_str(&s->reader, at, "name", &t.pub.name));
    TRY(read_bool(&s->reader, at, "private", &private));
    TRY(read_bool(&s->reader, at, "archived", &archived));
    TRY(read_creator(s, at, &creator));
    t.team = team->pub.id;
    t.pub.id =
        made_id(s, 'C', arena_printf(s->reader.arena, "%.*s/%.*s", STR_FMT(team->pub.name), STR_FMT(t.pub.name)));
    TRY(read_id(&s->reader, at, "id", "CG", &t.pub.id));
    TRY(make_channel(s, at, &t, private, creator));
    TRY(open_channel(s, t.pub.id, slackbot_id(), &ch));
    TRY(add_members(s, at, &ch));
    TRY(read_texts(s, at, &ch, creator));
    TRY(seed_messages(s, at, &ch));
    return archived ? sql_channel_set_archived(s->call.db, s->call.arena, ch.id, 1, s->call.now_us, &changed) : OK;
}

enum err seed_channels(struct seed *s)
{
    return seed_each(s, &s->root, "channels", read_channel);
}

/* --- direct messages ------------------------------------------------------------------------------------------ */

static enum err read_dm(struct seed *s, const struct spot *at)
{
    struct spot list, item = {0};
    struct call *c = &s->call;
    int64_t ids[DM_MEMBERS_MAX], changed;
    struct channel_row *ch;
    struct thing *team, *t;
    bool created;
    int n = 0;

    TRY(read_object(&s->reader, at, "workspace members messages"));
    TRY(read_team(s, at, &team));
    TRY(read_list(&s->reader, at, "members", &list));
    while (spot_next(&list, &item)) {
        TRY(read_member(s, &item, &t));
        if (n == DM_MEMBERS_MAX)
            return read_fault(&s->reader, &list, "at most %d may be in it", DM_MEMBERS_MAX);
        ids[n++] = t->pub.id;
    }
    if (n == 0)
        return read_fault(&s->reader, at, "its \"members\" belong here");
    /* It is made as if its first member opened it, who is in it alone when there are no others. */
    c->who.user = ids[0];
    TRY(channel_open_people(c, ids, n, true, &ch, &created));
    c->who.user = slackbot_id();
    if (!created)
        return read_fault(&s->reader, at, "there is a conversation of these members already");
    for (int i = 0; i < n; i++)
        TRY(sql_member_set_open(c->db, c->arena, ch->id, ids[i], 1, &changed));
    return seed_messages(s, at, ch);
}

enum err seed_dms(struct seed *s)
{
    return seed_each(s, &s->root, "dms", read_dm);
}
