#include "core/search_names.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "core/channel.h"

void search_add_id(struct search_ids *ids, int64_t id)
{
    if (id && ids->n < SEARCH_IDS_MAX)
        ids->v[ids->n++] = id;
}

bool search_has_id(const struct search_ids *ids, int64_t id)
{
    for (int i = 0; i < ids->n; i++)
        if (ids->v[i] == id)
            return true;
    return false;
}

/* <@U1>, <@U1|ann>, <#C1|general>, @ann, #general: what stands in it. */
static struct str bare(struct str name)
{
    if (str_starts(name, S("<")) && str_ends(name, S(">")))
        name = str_of(name.p + 1, name.n - 2);
    if (name.n && (name.p[0] == '@' || name.p[0] == '#'))
        name = str_skip(name, 1);
    return str_chr(name, '|') >= 0 ? str_head(name, (size_t)str_chr(name, '|')) : name;
}

enum err search_user(struct call *c, struct str text, int64_t *id)
{
    struct str name = bare(text);
    bool found = true;

    if (str_eq_nocase(name, S("me")))
        *id = c->who.user;
    else if ((*id = id_parse_kind(name, "UWB")) == 0)
        TRY(sql_user_by_name(c->db, c->arena, c->team, utf8_fold(c->arena, name), id, &found));
    if (!found)
        *id = 0;
    return OK;
}

enum err search_im(struct call *c, int64_t user, int64_t *id)
{
    struct channel_row *im = NULL;
    bool created;

    if (user && user != c->who.user)
        TRY(channel_open_people(c, &user, 1, false, &im, &created));
    *id = im ? im->id : 0;
    return OK;
}

/* What the caller may not see, or stands in another workspace, is not there. */
static enum err only_visible(struct call *c, int64_t *id)
{
    struct channel_row *ch;
    enum err e = channel_get(c, *id, &ch);

    if (e != OK && e != ERR_CHANNEL_NOT_FOUND)
        return e;
    if (e != OK || ch->team_id != c->team)
        *id = 0;
    return OK;
}

static enum err find_place(struct call *c, struct str text, int64_t *id)
{
    struct str name = bare(text);
    int64_t user;
    bool found = true;

    if (str_starts(text, S("@")) || str_starts(text, S("<@")) || id_parse_kind(name, "UW")) {
        TRY(search_user(c, text, &user));
        return search_im(c, user, id);
    }
    *id = id_parse_kind(name, "CGD");
    if (!*id)
        TRY(sql_channel_named(c->db, c->arena, c->team, utf8_fold(c->arena, name), id, &found));
    if (!found)
        *id = 0;
    return *id ? only_visible(c, id) : OK;
}

static enum err find_all(struct call *c, const struct search_names *names,
                         enum err (*find)(struct call *, struct str, int64_t *), struct search_ids *out)
{
    for (int i = 0; i < names->n; i++) {
        int64_t id;
        TRY(find(c, names->v[i], &id));
        search_add_id(out, id);
    }
    return OK;
}

enum err search_users(struct call *c, const struct search_names *names, struct search_ids *out)
{
    return find_all(c, names, search_user, out);
}

enum err search_places(struct call *c, const struct search_names *names, struct search_ids *out)
{
    return find_all(c, names, find_place, out);
}

static enum err offset_of(struct call *c, int64_t *s)
{
    struct user_row u;
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, c->who.user, c->team, &u, &found));
    *s = found ? zone_offset_s(zone_find(u.tz), c->now_us / US_PER_S) : 0;
    return OK;
}

enum err search_query_of(struct call *c, struct str text, struct search_query *out, bool *any)
{
    int64_t offset_s;

    TRY(offset_of(c, &offset_s));
    *any = search_query_read(c->arena, text, c->now_us, offset_s, out);
    return OK;
}
