#include "core/integration_log.h"

#include "base/id.h"
#include "sql.h"

enum err integration_log(struct call *c, const struct integration_change *change)
{
    int64_t changed;

    return sql_integration_add(c->db, c->arena, id_new('L'), c->team, change->app, change->user, change->channel,
                               c->now_us, change->kind, change->scopes, change->reason, &changed);
}

static bool all_held(const struct str *held, int n, struct str scopes)
{
    struct str piece;

    while (str_cut(&scopes, ',', &piece)) {
        bool found = false;
        for (int i = 0; i < n; i++)
            found = found || str_in_list(held[i], ',', piece);
        if (!found)
            return false;
    }
    return true;
}

enum err integration_log_install(struct call *c, int64_t app, int64_t user, struct str scopes)
{
    struct integration_change change = {.app = app, .user = user, .kind = S("added"), .scopes = scopes};
    struct str *held;
    int n;

    TRY(sql_app_scopes_in(c->db, c->arena, app, c->team, &held, &n));
    if (n)
        change.kind = all_held(held, n, scopes) ? S("updated") : S("expanded");
    return integration_log(c, &change);
}
