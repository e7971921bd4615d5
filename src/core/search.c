#include "core/search.h"

#include <stdlib.h>

#include "base/id.h"
#include "base/utf8.h"
#include "core/search_index.h"
#include "core/search_words.h"

/* Conversations of its members alone that one search looks through, the newest first; in: reaches every other one. */
enum { CHANNELS_MAX = 1000, PEOPLE_MAX = 20, GROUPS = SEARCH_MODIFIERS + 4 };

/* What is collected on the way from a query to a match. */
struct planning {
    struct call *c;
    struct search_plan *plan;
    struct search_marks groups[GROUPS];
    int n_groups;
    struct search_marks from[2], in[2]; /* [without] */
    bool ims_only, nothing;
    int64_t tz_s;
};

/* --- marks ---------------------------------------------------------------------------------------------------- */

static void add_mark(struct planning *p, struct search_marks *g, struct str mark)
{
    struct str *v = ARENA_ARRAY(p->c->arena, struct str, g->n + 1);

    if (g->n)
        memcpy(v, g->v, sizeof(*v) * (size_t)g->n);
    v[g->n++] = mark;
    g->v = v;
}

static struct str mark_id(struct planning *p, char kind, int64_t id)
{
    struct buf b = buf_in(p->c->arena, 64);

    search_mark_id(&b, kind, id);
    return buf_view(&b);
}

/* One group for each thing that a message shall have: all have to be there, none of those that it shall not. */
static void add_has(struct planning *p, const char *what, bool without)
{
    struct search_marks *g = &p->groups[p->n_groups++];
    struct buf b = buf_in(p->c->arena, 64);

    search_mark_name(&b, SEARCH_MARK_HAS, str_c(what));
    *g = (struct search_marks){.without = without};
    add_mark(p, g, buf_view(&b));
}

/* --- who and where -------------------------------------------------------------------------------------------- */

/* "<@U123|bob>", "@bob" and "bob" without what is around them. */
static struct str bare_name(struct str text, char sign)
{
    ptrdiff_t bar;

    if (text.n > 3 && text.p[0] == '<' && text.p[text.n - 1] == '>') {
        text = str_of(text.p + 1, text.n - 2);
        bar = str_chr(text, '|');
        text = bar > 0 ? str_head(text, (size_t)bar) : text;
    }
    return text.n && text.p[0] == sign ? str_skip(text, 1) : text;
}

static enum err find_people(struct planning *p, struct str text, int64_t **ids, int *n)
{
    struct call *c = p->c;
    struct str name = bare_name(text, '@');
    int64_t id = id_parse_kind(name, "UWB");

    if (str_eq_nocase(name, S("me")))
        id = c->who.user;
    if (id) {
        *ids = ARENA_NEW(c->arena, int64_t);
        **ids = id;
        *n = 1;
        return OK;
    }
    return sql_search_people(c->db, c->arena, c->team, utf8_fold(c->arena, name), name, PEOPLE_MAX, ids, n);
}

static enum err add_from(struct planning *p, const struct search_modifier *m)
{
    int64_t *ids;
    int n;

    TRY(find_people(p, m->value, &ids, &n));
    for (int i = 0; i < n; i++)
        add_mark(p, &p->from[m->without], mark_id(p, SEARCH_MARK_USER, ids[i]));
    if (n == 0 && !m->without)
        p->nothing = true;
    return OK;
}

/* The im with each of them, where there is one. */
static enum err add_ims(struct planning *p, const int64_t *ids, int n, bool without, bool *any)
{
    for (int i = 0; i < n; i++) {
        struct channel_row *ch;
        bool created;

        TRY(channel_open_people(p->c, &ids[i], 1, false, &ch, &created));
        if (!ch)
            continue;
        add_mark(p, &p->in[without], mark_id(p, SEARCH_MARK_CHANNEL, ch->id));
        *any = true;
    }
    return OK;
}

static enum err add_channel(struct planning *p, struct str text, bool without, bool *any)
{
    struct call *c = p->c;
    struct str name = bare_name(text, '#');
    int64_t id = id_parse_kind(name, "CGD");
    struct channel_row *ch;
    bool found = false;
    enum err e;

    if (!id)
        TRY(sql_channel_named(c->db, c->arena, c->team, utf8_fold(c->arena, name), &id, &found));
    if (!id || (!found && !id_parse_kind(name, "CGD")))
        return OK;
    e = channel_get(c, id, &ch);
    if (e == ERR_CHANNEL_NOT_FOUND || (e == OK && ch->team_id != c->team))
        return OK;
    TRY(e);
    add_mark(p, &p->in[without], mark_id(p, SEARCH_MARK_CHANNEL, ch->id));
    *any = true;
    return OK;
}

static enum err add_in(struct planning *p, const struct search_modifier *m)
{
    bool any = false;
    int64_t *ids;
    int n;

    TRY(add_channel(p, m->value, m->without, &any));
    if (!any && !str_starts(m->value, S("#"))) {
        TRY(find_people(p, m->value, &ids, &n));
        TRY(add_ims(p, ids, n, m->without, &any));
    }
    if (!any && !m->without)
        p->nothing = true;
    return OK;
}

/* to:me is what others wrote into one's ims; to:somebody what stands in the im with them, of oneself. */
static enum err add_to(struct planning *p, const struct search_modifier *m)
{
    struct str mine = mark_id(p, SEARCH_MARK_USER, p->c->who.user);

    if (!str_eq_nocase(bare_name(m->value, '@'), S("me"))) {
        TRY(add_in(p, m));
        if (!m->without && !str_starts(m->value, S("#")))
            add_mark(p, &p->from[false], mine);
        return OK;
    }
    if (m->without)
        return OK;
    p->ims_only = true;
    add_mark(p, &p->from[true], mine);
    return OK;
}

/* --- when and what -------------------------------------------------------------------------------------------- */

static int64_t latest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A date that is none is left out, as if it had not been typed. */
static void add_time(struct planning *p, const struct search_modifier *m)
{
    struct search_plan *plan = p->plan;
    int64_t from, to;

    if (m->without || !search_span(m->value, p->c->now_us, p->tz_s, &from, &to))
        return;
    if (m->key == SEARCH_BEFORE) {
        plan->to_id = earliest(plan->to_id, from - 1);
    } else if (m->key == SEARCH_AFTER) {
        plan->from_id = latest(plan->from_id, to);
    } else {
        plan->from_id = latest(plan->from_id, from);
        plan->to_id = earliest(plan->to_id, to - 1);
    }
}

/* Singular and plural; has::eyes: is any reaction.  What this server does not know no message has. */
static void add_kind(struct planning *p, const struct search_modifier *m)
{
    static const struct {
        const char *word, *mark;
    } kinds[] = {{"link", "link"},         {"links", "link"},         {"file", "file"}, {"files", "file"},
                 {"reaction", "reaction"}, {"reactions", "reaction"}, {"pin", "pin"},   {"pins", "pin"},
                 {"pinned", "pin"},        {"thread", "thread"}};

    if (m->key == SEARCH_IS && str_eq_nocase(m->value, S("dm"))) {
        p->ims_only = p->ims_only || !m->without;
        return;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (str_eq_nocase(m->value, str_c(kinds[i].word))) {
            add_has(p, kinds[i].mark, m->without);
            return;
        }
    }
    if (m->value.n > 2 && m->value.p[0] == ':')
        add_has(p, "reaction", m->without);
    else if (!m->without)
        p->nothing = true;
}

static enum err add_modifier(struct planning *p, const struct search_modifier *m)
{
    switch (m->key) {
    case SEARCH_FROM:
        return add_from(p, m);
    case SEARCH_IN:
        return add_in(p, m);
    case SEARCH_TO:
        return add_to(p, m);
    case SEARCH_HAS:
    case SEARCH_IS:
        add_kind(p, m);
        return OK;
    default:
        add_time(p, m);
        return OK;
    }
}

/* --- what the caller may read --------------------------------------------------------------------------------- */

/* Members: all public channels, and what they are in.  Guests: what they are in. */
static enum err add_readable(struct planning *p)
{
    struct call *c = p->c;
    struct search_marks *g = &p->groups[p->n_groups++];
    bool guest = c->who.guest != GUEST_NONE;
    int64_t *ids;
    int n;

    *g = (struct search_marks){0};
    if (!guest && !p->ims_only)
        add_mark(p, g, mark_id(p, SEARCH_MARK_OPEN, c->team));
    TRY(sql_search_channels(c->db, c->arena, c->who.user, c->team, guest && !p->ims_only, !p->ims_only, 1, !p->ims_only,
                            CHANNELS_MAX, &ids, &n));
    for (int i = 0; i < n; i++)
        add_mark(p, g, mark_id(p, SEARCH_MARK_CHANNEL, ids[i]));
    if (g->n == 0)
        p->nothing = true;
    return OK;
}

static enum err find_timezone(struct planning *p)
{
    struct user_row u;
    bool found;

    TRY(sql_user_in_team(p->c->db, p->c->arena, p->c->who.user, p->c->team, &u, &found));
    p->tz_s = found ? u.tz_offset_s : 0;
    return OK;
}

enum err search_plan(struct call *c, struct str text, struct search_plan *out)
{
    struct planning *p = ARENA_NEW(c->arena, struct planning);

    *out = (struct search_plan){.to_id = INT64_MAX};
    *p = (struct planning){.c = c, .plan = out};
    if (str_trim(text).n == 0)
        return ERR_NO_QUERY;
    search_query_read(c->arena, text, &out->query);
    TRY(find_timezone(p));
    for (int i = 0; i < out->query.n_modifiers; i++)
        TRY(add_modifier(p, &out->query.modifiers[i]));
    if (p->in[false].n == 0 || p->ims_only)
        TRY(add_readable(p));
    if (p->nothing || (out->query.n_terms == 0 && out->query.n_modifiers == 0))
        return OK;
    p->from[true].without = p->in[true].without = true;
    for (int without = 0; without < 2; without++) {
        p->groups[p->n_groups++] = p->from[without];
        p->groups[p->n_groups++] = p->in[without];
    }
    out->match = search_match(c->arena, db_engine(c->db), &out->query, p->groups, p->n_groups);
    return OK;
}

/* --- finding -------------------------------------------------------------------------------------------------- */

struct ranked {
    struct search_hit hit;
    double score;
};

static int by_score(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->hit.ts < y->hit.ts ? 1 : x->hit.ts > y->hit.ts ? -1 : 0;
}

/* What a message without text says stands in its blocks and attachments. */
static enum err text_of(struct call *c, const struct search_candidate *row, struct str *text)
{
    struct message_row m;
    bool found;

    *text = row->text;
    if (text->n)
        return OK;
    TRY(sql_message_get(c->db, c->arena, row->channel_id, row->ts, &m, &found));
    *text = found ? search_text(c->arena, &m) : S("");
    return OK;
}

static enum err rank(struct call *c, const struct search_plan *plan, struct ranked **out, int *n)
{
    struct search_candidate *rows;
    struct str text;

    TRY(sql_search_candidates(c->db, c->arena, plan->match, plan->from_id, plan->to_id, SEARCH_RANKED, &rows, n));
    *out = ARENA_ARRAY(c->arena, struct ranked, *n + 1);
    for (int i = 0; i < *n; i++) {
        TRY(text_of(c, &rows[i], &text));
        (*out)[i] = (struct ranked){.hit = {.channel_id = rows[i].channel_id, .ts = rows[i].ts},
                                    .score = search_score(&plan->query, text)};
    }
    qsort(*out, (size_t)*n, sizeof(**out), by_score);
    return OK;
}

static enum err find_ranked(struct call *c, const struct search_plan *plan, const struct search_page *page,
                            struct search_hit **hits, int *n)
{
    int64_t skip = (page->page - 1) * page->count;
    struct search_hit *older;
    struct ranked *ranked;
    int n_ranked, n_older;

    TRY(rank(c, plan, &ranked, &n_ranked));
    *hits = ARENA_ARRAY(c->arena, struct search_hit, page->count + 1);
    *n = 0;
    for (int64_t i = skip; i < n_ranked && *n < page->count; i++)
        (*hits)[(*n)++] = ranked[page->ascending ? n_ranked - 1 - i : i].hit;
    if (*n == page->count || n_ranked < SEARCH_RANKED)
        return OK;
    TRY(sql_search_newest(c->db, c->arena, plan->match, plan->from_id, plan->to_id, page->count - *n, skip + *n, &older,
                          &n_older));
    memcpy(*hits + *n, older, sizeof(*older) * (size_t)n_older);
    *n += n_older;
    return OK;
}

enum err search_find(struct call *c, const struct search_plan *plan, const struct search_page *page,
                     struct search_hit **hits, int *n, int64_t *total)
{
    int64_t skip = (page->page - 1) * page->count;
    bool found;

    *n = 0;
    *total = 0;
    if (!plan->match.n)
        return OK;
    TRY(sql_search_count(c->db, c->arena, plan->match, plan->from_id, plan->to_id, SEARCH_COUNTED + 1, total, &found));
    if (skip >= *total)
        return OK;
    if (!page->by_time)
        return find_ranked(c, plan, page, hits, n);
    if (page->ascending)
        return sql_search_oldest(c->db, c->arena, plan->match, plan->from_id, plan->to_id, page->count, skip, hits, n);
    return sql_search_newest(c->db, c->arena, plan->match, plan->from_id, plan->to_id, page->count, skip, hits, n);
}
