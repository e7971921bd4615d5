/* taut.views.list: what apps show to the caller. */
#include "args_taut.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/dialog.h"
#include "core/view.h"
#include "objects.h"

/* A token that the person gave to an app shows what this app shows them, and nothing of others. */
static bool is_shown(const struct call *c, int64_t app)
{
    return !c->who.app || c->who.app == app;
}

static enum err put_views(struct call *c, int64_t app)
{
    struct view_row *rows;
    int n;

    TRY(sql_views_of_user(c->db, c->arena, c->team, c->who.user, app, &rows, &n));
    json_open(&c->out, S("views"), '[');
    for (int i = 0; i < n; i++)
        if (is_shown(c, rows[i].app_id))
            TRY(view_put(c, &c->out, S(""), &rows[i], false));
    json_close(&c->out, ']');
    return OK;
}

static enum err put_dialogs(struct call *c, int64_t app)
{
    struct dialog_row *rows;
    int n;

    TRY(sql_dialogs_of_user(c->db, c->arena, c->team, c->who.user, app, &rows, &n));
    json_open(&c->out, S("dialogs"), '[');
    for (int i = 0; i < n; i++)
        if (is_shown(c, rows[i].app_id))
            TRY(dialog_put(c, &c->out, S(""), &rows[i]));
    json_close(&c->out, ']');
    return OK;
}

static enum err put_requests(struct call *c, int64_t app)
{
    struct permission_row *rows;
    int n;

    TRY(sql_permissions_of_user(c->db, c->arena, c->team, c->who.user, app, &rows, &n));
    json_open(&c->out, S("permission_requests"), '[');
    for (int i = 0; i < n; i++)
        if (is_shown(c, rows[i].app_id))
            put_permission_request(&c->out, S(""),
                                   &(struct obj_permission_request){.id = rows[i].id,
                                                                    .app_id = rows[i].app_id,
                                                                    .team_id = rows[i].team_id,
                                                                    .scopes = rows[i].scopes,
                                                                    .date_create = rows[i].created_us / US_PER_S});
    json_close(&c->out, ']');
    return OK;
}

enum err taut_views_list(struct call *c, const struct taut_views_list_args *a)
{
    int64_t app = id_parse_kind(a->app, "A");

    if (a->app.n && !app)
        return ERR_APP_NOT_FOUND;
    TRY(put_views(c, app));
    TRY(put_dialogs(c, app));
    return put_requests(c, app);
}
