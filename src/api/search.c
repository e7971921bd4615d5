/* search.messages, search.files, search.all. */
#include "args_search.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/file.h"
#include "core/message.h"
#include "core/count.h"
#include "core/search_files.h"
#include "core/search_find.h"
#include "core/team.h"
#include "objects.h"

enum { COUNT_MAX = 100, PAGE_MAX = 100, AROUND = 4 /* messages shown with a hit */ };

/* What the three methods share; the generator makes a struct for each. */
struct search_in {
    struct str query, sort, sort_dir, team_id;
    int64_t count, page;
    bool highlight;
};

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

static enum err check(struct call *c, struct search_in *in)
{
    TRY(team_choose(c, in->team_id));
    in->query = str_trim(in->query);
    in->count = clamp(in->count, 1, COUNT_MAX);
    in->page = clamp(in->page, 1, PAGE_MAX);
    return in->query.n ? OK : ERR_NO_QUERY;
}

/* --- one message ---------------------------------------------------------------------------------------------- */

static struct str id_text(struct arena *a, int64_t id)
{
    char *text = arena_bytes(a, ID_MAX);

    return str_of(text, id_format(id, text));
}

/* A name for this message that is always the same, in the shape of a UUID. */
static struct str iid_of(struct arena *a, const struct message_row *m)
{
    unsigned char hash[SHA256_BYTES];
    int64_t key[] = {m->channel_id, m->ts};
    struct str hex;

    sha256(str_of((const char *)key, sizeof(key)), hash);
    hex = hex_of(a, hash, 16);
    return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.p, hex.p + 8, hex.p + 12, hex.p + 16, hex.p + 20);
}

/* What the hits of one reply have in common is asked for once. */
struct author {
    int64_t id;
    struct str name;
};

struct place {
    int64_t id;
    const struct obj_search_channel *channel;
    struct str type;
};

struct hits {
    struct call *c;
    const struct search_found *found;
    bool highlight;
    struct author *authors; /* of the hits and of the messages around them */
    int n_authors;
    struct place *places;
    int n_places;
};

static enum err name_of(struct hits *h, int64_t user, struct str *out)
{
    struct author *one = &h->authors[h->n_authors];
    bool found;

    for (int i = 0; i < h->n_authors; i++)
        if (h->authors[i].id == user) {
            *out = h->authors[i].name;
            return OK;
        }
    one->id = user;
    TRY(sql_user_name(h->c->db, h->c->arena, user, &one->name, &found));
    *out = one->name;
    h->n_authors++;
    return OK;
}

/* Bots that speak under another name say which; everybody else has a handle. */
static enum err username_of(struct hits *h, const struct message_row *m, struct str *out)
{
    const struct json *extra = m->extra.n ? json_parse(h->c->arena, m->extra, NULL) : NULL;

    *out = json_get_str(extra, S("username"));
    return out->n || !m->user_id ? OK : name_of(h, m->user_id, out);
}

static enum err context_of(struct hits *h, const struct message_row *m, const struct obj_search_context **out)
{
    struct arena *a = h->c->arena;
    struct obj_search_context *o = ARENA_NEW(a, struct obj_search_context);

    *o = (struct obj_search_context){
        .type = S("message"),
        .user = id_text(a, m->user_id),
        .ts = m->ts,
        .text = m->text,
        .iid = iid_of(a, m),
        .permalink = message_permalink(h->c, m),
    };
    *out = o;
    return username_of(h, m, &o->username);
}

/* Two messages before it and two after it. */
static enum err fill_context(struct hits *h, const struct message_row *m, struct obj_search_message *o)
{
    const struct obj_search_context **places[2][2] = {{&o->previous, &o->previous_2}, {&o->next, &o->next_2}};
    struct call *c = h->c;
    struct message_row *rows;
    int n;

    for (int after = 0; after < 2; after++) {
        TRY((after ? sql_message_after : sql_message_before)(c->db, c->arena, m->channel_id, m->ts, 2, &rows, &n));
        for (int i = 0; i < n; i++)
            TRY(context_of(h, &rows[i], places[after][i]));
    }
    return OK;
}

static enum err read_place(struct call *c, struct place *p)
{
    struct obj_search_channel *o = ARENA_NEW(c->arena, struct obj_search_channel);
    struct channel_row ch;
    bool found;

    TRY(sql_channel_for(c->db, c->arena, p->id, c->who.user, &ch, &found));
    *o = (struct obj_search_channel){
        .id = ch.id,
        .name = ch.name,
        .is_channel = ch.kind == CHANNEL_PUBLIC,
        .is_group = ch.kind == CHANNEL_PRIVATE,
        .is_im = ch.kind == CHANNEL_IM,
        .is_mpim = ch.kind == CHANNEL_MPIM,
        .is_private = ch.kind != CHANNEL_PUBLIC,
    };
    if (ch.kind == CHANNEL_IM) {
        o->user = channel_im_peer(&ch, c->who.user);
        o->name = id_text(c->arena, o->user);
    }
    p->type = ch.kind == CHANNEL_IM ? S("im") : ch.kind == CHANNEL_PRIVATE ? S("group") : S("message");
    p->channel = o;
    return OK;
}

static enum err channel_of(struct hits *h, int64_t id, struct obj_search_message *o)
{
    int i = 0;

    while (i < h->n_places && h->places[i].id != id)
        i++;
    if (i == h->n_places) {
        h->places[i].id = id;
        TRY(read_place(h->c, &h->places[i]));
        h->n_places++;
    }
    o->channel = h->places[i].channel;
    o->type = h->places[i].type;
    return OK;
}

static enum err put_hit(struct hits *h, const struct search_hit *hit)
{
    struct call *c = h->c;
    const struct message_row *m = &hit->m;
    struct obj_search_message o = {
        .iid = iid_of(c->arena, m),
        .team = hit->row.team_id,
        .user = id_text(c->arena, m->user_id),
        .ts = m->ts,
        .text = h->highlight ? search_query_mark(c->arena, &h->found->query, m->text) : m->text,
        .blocks = m->blocks,
        .attachments = m->attachments,
        .permalink = message_permalink(c, m),
    };

    TRY(channel_of(h, m->channel_id, &o));
    TRY(username_of(h, m, &o.username));
    TRY(fill_context(h, m, &o));
    put_search_message(&c->out, S(""), &o);
    return OK;
}

static enum err put_hits(struct call *c, const struct search_found *found, bool highlight)
{
    struct hits h = {.c = c,
                     .found = found,
                     .highlight = highlight,
                     .authors = ARENA_ARRAY(c->arena, struct author, found->n * (1 + AROUND) + 1),
                     .places = ARENA_ARRAY(c->arena, struct place, found->n + 1)};

    json_open(&c->out, S("matches"), '[');
    for (int i = 0; i < found->n; i++)
        TRY(put_hit(&h, &found->hits[i]));
    json_close(&c->out, ']');
    return OK;
}

/* --- lists ---------------------------------------------------------------------------------------------------- */

/* total, pagination, paging: three ways to say where this page stands. */
static void put_place(struct call *c, const struct search_in *in, int64_t total, int n)
{
    int64_t pages = (total + in->count - 1) / in->count, first = (in->page - 1) * in->count + 1;

    json_int(&c->out, S("total"), total);
    put_pagination(&c->out, S("pagination"),
                   &(struct obj_pagination){.total_count = total,
                                            .page = in->page,
                                            .per_page = in->count,
                                            .page_count = pages,
                                            .first = n ? first : 0,
                                            .last = n ? first + n - 1 : 0});
    put_paging(&c->out, S("paging"),
               &(struct obj_paging){.count = in->count, .total = total, .page = in->page, .pages = pages});
}

static enum err put_messages(struct call *c, const struct search_in *in, int64_t *total)
{
    bool asc = str_eq(in->sort_dir, S("asc")), by_time = str_eq(in->sort, S("timestamp"));
    enum search_order order =
        by_time ? (asc ? SEARCH_OLDEST : SEARCH_NEWEST) : (asc ? SEARCH_LEAST_SCORE : SEARCH_BY_SCORE);
    struct search_found found;

    TRY(search_find(c, in->query, order, (in->page - 1) * in->count, in->count, &found));
    json_open(&c->out, S("messages"), '{');
    put_place(c, in, found.total, found.n);
    if (found.more)
        json_bool(&c->out, S("total_capped"), true);
    TRY(put_hits(c, &found, in->highlight));
    json_close(&c->out, '}');
    *total = found.total;
    return OK;
}

/* Files have no score: they come newest first unless the oldest are asked for. */
static enum err put_files(struct call *c, const struct search_in *in)
{
    bool oldest_first = str_eq(in->sort, S("timestamp")) && str_eq(in->sort_dir, S("asc"));
    struct search_files found;

    TRY(search_files_find(c, in->query, oldest_first, (in->page - 1) * in->count, in->count, &found));
    json_open(&c->out, S("files"), '{');
    put_place(c, in, found.total, found.n);
    json_open(&c->out, S("matches"), '[');
    for (int i = 0; i < found.n; i++) {
        if (in->highlight)
            found.rows[i].title = search_query_mark(c->arena, &found.query, found.rows[i].title);
        TRY(file_put(c, &c->out, S(""), &found.rows[i]));
    }
    json_close(&c->out, ']');
    json_close(&c->out, '}');
    return OK;
}

/* Posts are a kind of document that this server does not make. */
static void put_no_posts(struct call *c, const struct search_in *in)
{
    json_open(&c->out, S("posts"), '{');
    put_place(c, in, 0, 0);
    json_open(&c->out, S("matches"), '[');
    json_close(&c->out, ']');
    json_close(&c->out, '}');
}

/* --- methods -------------------------------------------------------------------------------------------------- */

/* A cursor is the number of a page; "*" begins. */
static enum err read_cursor(struct call *c, struct str cursor, struct search_in *in)
{
    int64_t page, unused;

    if (!cursor.n)
        return OK;
    c->paged = true;
    in->page = 1;
    if (str_eq(cursor, S("*")))
        return OK;
    TRY(page_cursor(c, cursor, "search", &page, &unused));
    in->page = page;
    return OK;
}

/* Whoever turns the page does not search anew. */
static void count_first_page(struct call *c, const struct search_in *in)
{
    if (in->page == 1)
        count_search(c);
}

enum err search_messages(struct call *c, const struct search_messages_args *a)
{
    struct search_in in = {a->query, a->sort, a->sort_dir, a->team_id, a->count, a->page, a->highlight};
    int64_t total;

    TRY(check(c, &in));
    TRY(read_cursor(c, a->cursor, &in));
    count_first_page(c, &in);
    json_str(&c->out, S("query"), in.query);
    TRY(put_messages(c, &in, &total));
    if (c->paged && in.page * in.count < total && in.page < PAGE_MAX)
        page_next(c, "search", in.page + 1, 0);
    return OK;
}

enum err search_files(struct call *c, const struct search_files_args *a)
{
    struct search_in in = {a->query, a->sort, a->sort_dir, a->team_id, a->count, a->page, a->highlight};

    TRY(check(c, &in));
    count_first_page(c, &in);
    json_str(&c->out, S("query"), in.query);
    return put_files(c, &in);
}

enum err search_all(struct call *c, const struct search_all_args *a)
{
    struct search_in in = {a->query, a->sort, a->sort_dir, a->team_id, a->count, a->page, a->highlight};
    int64_t total;

    TRY(check(c, &in));
    count_first_page(c, &in);
    json_str(&c->out, S("query"), in.query);
    TRY(put_messages(c, &in, &total));
    TRY(put_files(c, &in));
    put_no_posts(c, &in);
    return OK;
}
