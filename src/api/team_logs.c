/* team.integrationLogs: what happened to the apps of a workspace. */
#include "args_team.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/page_old.h"
#include "core/team.h"
#include "objects.h"
#include "sql.h"

static void put_line(struct call *c, const struct integration_row *r)
{
    put_integration_log(&c->out, S(""),
                        &(struct obj_integration_log){
                            .app_id = r->app_id,
                            .app_type = r->app_name,
                            .user_id = r->user_id,
                            .user_name = r->user_name,
                            .channel = r->channel_id,
                            .date = arena_printf(c->arena, "%lld", (long long)(r->at_us / US_PER_S)),
                            .change_type = r->change,
                            .scope = r->scopes,
                            .reason = r->reason,
                        });
}

/* A filter by id: what is none of this kind finds nothing. */
static int64_t filter_id(struct str text, const char *kinds)
{
    int64_t id = text.n ? id_parse_kind(text, kinds) : 0;

    return text.n && !id ? -1 : id;
}

enum err team_integration_logs(struct call *c, const struct team_integration_logs_args *a)
{
    struct page_old page = page_old_of(a->count, a->page);
    int64_t app = a->service_id.n ? -1 : filter_id(a->app_id, "A"), user = filter_id(a->user, "UW"), total;
    struct integration_row *rows;
    bool found;
    int n;

    TRY(team_of_list(c, a->team_id));
    if (c->who.role < ROLE_ADMIN)
        return ERR_NO_PERMISSION;
    TRY(sql_integration_page(c->db, c->arena, c->team, app, user, a->change_type, page.size, page.skip, &rows, &n));
    TRY(sql_integration_count(c->db, c->arena, c->team, app, user, a->change_type, &total, &found));
    json_open(&c->out, S("logs"), '[');
    for (int i = 0; i < n; i++)
        put_line(c, &rows[i]);
    json_close(&c->out, ']');
    page_old_put(&c->out, &page, total);
    return OK;
}
