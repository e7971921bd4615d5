/* search.*: finding what was said. */
#include "args_search.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/message.h"
#include "core/search.h"
#include "core/team.h"
#include "objects.h"

enum { COUNT_MAX = 100, PAGE_MAX = 100, NEIGHBOURS = 2 };

/* What a page of matches looks up once. */
struct showing {
    struct call *c;
    const struct search_plan *plan;
    bool highlight;
    const struct channel_row *ch; /* the conversation looked up last */
};

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* --- one match ------------------------------------------------------------------------------------------------ */

/* The same message has the same iid, always, and nobody can tell the conversation from it. */
static struct str iid_of(struct call *c, const struct message_row *m)
{
    unsigned char hash[SHA256_BYTES];
    struct str hex;

    sha256(arena_printf(c->arena, "iid:%lld:%lld", (long long)m->channel_id, (long long)m->ts), hash);
    hex = hex_of(c->arena, hash, 16);
    return arena_printf(c->arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.p, hex.p + 8, hex.p + 12, hex.p + 16, hex.p + 20);
}

static struct str id_text(struct call *c, int64_t id)
{
    char text[ID_MAX];

    return arena_dup(c->arena, str_of(text, id_format(id, text)));
}

/* Under which name it was said. */
static enum err author_of(struct call *c, const struct message_row *m, struct str *name)
{
    bool found;

    *name = m->extra.n ? json_get_str(json_parse(c->arena, m->extra, NULL), S("username")) : S("");
    if (name->n || !m->user_id)
        return OK;
    return sql_user_name(c->db, c->arena, m->user_id, name, &found);
}

static const struct obj_search_channel *channel_of(struct showing *s)
{
    struct obj_search_channel *o = ARENA_NEW(s->c->arena, struct obj_search_channel);
    int64_t peer = channel_im_peer(s->ch, s->c->who.user);

    *o = (struct obj_search_channel){
        .id = s->ch->id,
        .name = peer ? id_text(s->c, peer) : s->ch->name,
        .user = peer,
        .is_channel = s->ch->kind == CHANNEL_PUBLIC,
        .is_group = s->ch->kind == CHANNEL_PRIVATE,
        .is_im = s->ch->kind == CHANNEL_IM,
        .is_mpim = s->ch->kind == CHANNEL_MPIM,
        .is_private = s->ch->kind != CHANNEL_PUBLIC,
    };
    return o;
}

static struct str type_of(const struct channel_row *ch)
{
    if (ch->kind == CHANNEL_IM)
        return S("im");
    return ch->kind == CHANNEL_PUBLIC ? S("message") : S("group");
}

static enum err neighbour_of(struct call *c, const struct message_row *m, const struct obj_search_neighbour **out)
{
    struct obj_search_neighbour *o = ARENA_NEW(c->arena, struct obj_search_neighbour);

    *o = (struct obj_search_neighbour){
        .iid = iid_of(c, m),
        .type = S("message"),
        .user = m->user_id ? id_text(c, m->user_id) : S(""),
        .ts = m->ts,
        .text = m->text,
        .permalink = message_permalink(c, m),
    };
    TRY(author_of(c, m, &o->username));
    *out = o;
    return OK;
}

/* Replies that stand in their thread alone have no neighbours in the conversation. */
static enum err add_neighbours(struct call *c, const struct message_row *m, struct obj_search_message *o)
{
    struct message_row *rows;
    int n;

    if (m->thread_ts && m->thread_ts != m->ts && !m->broadcast)
        return OK;
    TRY(sql_message_before(c->db, c->arena, m->channel_id, m->ts, NEIGHBOURS, &rows, &n));
    if (n > 0)
        TRY(neighbour_of(c, &rows[0], &o->previous));
    if (n > 1)
        TRY(neighbour_of(c, &rows[1], &o->previous_2));
    TRY(sql_message_after(c->db, c->arena, m->channel_id, m->ts, NEIGHBOURS, &rows, &n));
    if (n > 0)
        TRY(neighbour_of(c, &rows[0], &o->next));
    if (n > 1)
        TRY(neighbour_of(c, &rows[1], &o->next_2));
    return OK;
}

static enum err fill(struct showing *s, const struct message_row *m, struct obj_search_message *o)
{
    struct call *c = s->c;

    *o = (struct obj_search_message){
        .iid = iid_of(c, m),
        .team = s->ch->team_id,
        .channel = channel_of(s),
        .type = type_of(s->ch),
        .user = m->user_id ? id_text(c, m->user_id) : S(""),
        .bot_id = m->bot_id,
        .ts = m->ts,
        .thread_ts = m->thread_ts,
        .text = s->highlight ? search_highlight(c->arena, &s->plan->query, m->text) : m->text,
        .blocks = m->blocks,
        .attachments = m->attachments,
        .permalink = message_permalink(c, m),
    };
    TRY(author_of(c, m, &o->username));
    return add_neighbours(c, m, o);
}

/* The index says where a message stands; whether it may be shown is asked again where it stands. */
static enum err show(struct showing *s, const struct search_hit *hit, struct obj_search_message *o, bool *shown)
{
    struct channel_row *ch;
    struct message_row m;
    enum err e;

    *shown = false;
    if (!s->ch || s->ch->id != hit->channel_id) {
        e = channel_get(s->c, hit->channel_id, &ch);
        if (e == ERR_CHANNEL_NOT_FOUND)
            return OK;
        TRY(e);
        s->ch = ch;
    }
    TRY(sql_message_get(s->c->db, s->c->arena, hit->channel_id, hit->ts, &m, shown));
    return *shown ? fill(s, &m, o) : OK;
}

/* --- a page --------------------------------------------------------------------------------------------------- */

struct asked {
    struct str query, sort, sort_dir;
    int64_t count, page;
    bool highlight;
};

static void page_of(const struct asked *a, struct search_page *page)
{
    *page = (struct search_page){
        .count = clamp(a->count, 1, COUNT_MAX),
        .page = clamp(a->page, 1, PAGE_MAX),
        .by_time = str_eq(a->sort, S("timestamp")),
        .ascending = str_eq(a->sort_dir, S("asc")),
    };
}

static const struct obj_search_pagination *pagination_of(struct call *c, const struct search_page *page, int n,
                                                         int64_t total)
{
    struct obj_search_pagination *o = ARENA_NEW(c->arena, struct obj_search_pagination);
    int64_t skip = (page->page - 1) * page->count;

    *o = (struct obj_search_pagination){
        .total_count = total,
        .page = page->page,
        .per_page = page->count,
        .page_count = (total + page->count - 1) / page->count,
        .first = n ? skip + 1 : 0,
        .last = n ? skip + n : 0,
    };
    return o;
}

static const struct obj_paging *paging_of(struct call *c, const struct obj_search_pagination *p)
{
    struct obj_paging *o = ARENA_NEW(c->arena, struct obj_paging);

    *o = (struct obj_paging){.count = p->per_page, .total = p->total_count, .page = p->page, .pages = p->page_count};
    return o;
}

static enum err put_messages(struct call *c, const struct asked *a, const struct search_page *page, bool *more)
{
    struct search_plan *plan = ARENA_NEW(c->arena, struct search_plan);
    struct showing s = {.c = c, .plan = plan, .highlight = a->highlight};
    struct obj_search_message *matches;
    struct obj_search_messages out = {0};
    struct search_hit *hits;
    int64_t total;
    bool shown;
    int n;

    TRY(search_plan(c, a->query, plan));
    TRY(search_find(c, plan, page, &hits, &n, &total));
    matches = ARENA_ARRAY(c->arena, struct obj_search_message, n + 1);
    for (int i = 0; i < n; i++) {
        TRY(show(&s, &hits[i], &matches[out.n_matches], &shown));
        out.n_matches += shown;
    }
    out.matches = matches;
    out.total_is_capped = total > SEARCH_COUNTED ? MAYBE_YES : MAYBE_UNSET;
    out.total = total > SEARCH_COUNTED ? SEARCH_COUNTED : total;
    out.pagination = pagination_of(c, page, n, out.total);
    out.paging = paging_of(c, out.pagination);
    *more = page->page < out.pagination->page_count && page->page < PAGE_MAX;
    put_search_messages(&c->out, S("messages"), &out);
    return OK;
}

/* --- methods -------------------------------------------------------------------------------------------------- */

/* "*" asks for the first page of a walk by cursor. */
enum err search_messages(struct call *c, const struct search_messages_args *a)
{
    struct asked asked = {a->query, a->sort, a->sort_dir, a->count, a->page, a->highlight};
    struct search_page page;
    int64_t at = 1, unused;
    bool more;

    TRY(team_choose(c, a->team_id));
    page_of(&asked, &page);
    c->paged = a->cursor.n > 0;
    if (c->paged && !str_eq(a->cursor, S("*")))
        TRY(page_cursor(c, a->cursor, "search", &at, &unused));
    if (c->paged)
        page.page = at;
    json_str(&c->out, S("query"), a->query);
    TRY(put_messages(c, &asked, &page, &more));
    if (c->paged && more)
        page_next(c, "search", page.page + 1, 0);
    return OK;
}
