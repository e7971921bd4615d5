/* team.accessLogs: who used a workspace, from where and with what. */
#include "args_team.h"
#include "base/clock.h"
#include "core/access_log.h"
#include "core/geo.h"
#include "core/page_old.h"
#include "core/team.h"
#include "objects.h"
#include "sql.h"

enum { COUNT_MAX = 1000, PAGE_MAX = 100, LIMIT_DEFAULT = 100 };

/* What was counted and not stored yet is stored by the call itself, so that it answers with all there is. */
struct taken {
    struct call_after after; /* first: a call_after * is a taken * */
    struct access_batch batch;
};

static void give_back(struct call *c, struct call_after *after, bool kept)
{
    struct taken *taken = (struct taken *)after;

    if (!kept)
        access_log_give_back(c->accesses, &taken->batch);
}

enum err team_access_logs_prepare(struct call *c, const struct team_access_logs_args *a)
{
    struct taken *taken;

    if (a->count > COUNT_MAX || a->page > PAGE_MAX)
        return ERR_OVER_PAGINATION_LIMIT;
    taken = ARENA_NEW(c->arena, struct taken);
    taken->after.done = give_back;
    taken->batch = access_log_take(c->accesses, c->arena);
    call_after(c, &taken->after);
    c->prepared = taken;
    return OK;
}

static void put_line(struct call *c, const struct access_row *r)
{
    struct geo_place place = geo_find(c->geo, c->arena, r->ip);

    put_access_log(&c->out, S(""),
                   &(struct obj_access_log){
                       .user_id = r->user_id,
                       .username = r->user_name,
                       .date_first = r->first_us / US_PER_S,
                       .date_last = r->last_us / US_PER_S,
                       .count = r->calls,
                       .ip = r->ip,
                       .user_agent = r->agent,
                       .isp = place.isp,
                       .country = place.country,
                       .region = place.region,
                   });
}

/* The whole second counts. */
static int64_t until_of(int64_t before)
{
    return before <= 0 || before >= INT64_MAX / US_PER_S - 1 ? INT64_MAX : (before + 1) * US_PER_S - 1;
}

enum err team_access_logs(struct call *c, const struct team_access_logs_args *a)
{
    const struct taken *taken = c->prepared;
    bool by_cursor = a->cursor.n > 0 || a->limit > 0, found;
    struct page_old page = page_old_of(by_cursor ? (a->limit > 0 ? a->limit : LIMIT_DEFAULT) : a->count, a->page);
    int64_t until_us = until_of(a->before), last_us, id, total;
    struct access_row *rows;
    int n;

    TRY(team_of_list(c, a->team_id));
    if (c->who.role < ROLE_ADMIN)
        return ERR_NO_PERMISSION;
    TRY(page_cursor(c, a->cursor, "accesses", &last_us, &id));
    TRY(access_log_store(c->db, c->arena, &taken->batch));
    TRY(sql_access_page(c->db, c->arena, c->team, until_us, last_us ? last_us : INT64_MAX, id, page.size + 1,
                        by_cursor ? 0 : page.skip, &rows, &n));
    json_open(&c->out, S("logins"), '[');
    for (int i = 0; i < n && i < page.size; i++)
        put_line(c, &rows[i]);
    json_close(&c->out, ']');
    c->paged = by_cursor;
    if (by_cursor) {
        if (n > page.size)
            page_next(c, "accesses", rows[page.size - 1].last_us, rows[page.size - 1].id);
        return OK;
    }
    TRY(sql_access_count(c->db, c->arena, c->team, until_us, &total, &found));
    page_old_put(&c->out, &page, total);
    return OK;
}
