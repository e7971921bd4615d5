#include "core/trigger.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"

enum { SECRET_BYTES = 16, NAME_MAX_CHARS = 255 };

/* Three seconds from when the app has it, and a moment for the way there. */
#define LIFE_US (3 * US_PER_S + US_PER_S / 2)
/* For so long an app is told that it came too late, or came before. */
#define KEPT_US (INT64_C(3600) * US_PER_S)

enum err trigger_make(struct call *c, const struct trigger_new *t, struct str *id)
{
    unsigned char secret[SECRET_BYTES];
    int64_t changed;

    rand_bytes(secret, sizeof(secret));
    *id = ARENA_JOIN(c->arena, arena_printf(c->arena, "%lld.%lld.", (long long)(c->now_us / 1000), (long long)c->team),
                     hex_of(c->arena, secret, sizeof(secret)));
    TRY(sql_trigger_sweep(c->db, c->arena, c->now_us - KEPT_US, &changed));
    return sql_trigger_add(c->db, c->arena, sha256_text(c->arena, *id), t->app, c->team, t->user, t->kind, t->view,
                           t->channel, c->now_us, c->now_us + LIFE_US, &changed);
}

/* Is it one of the app, in the workspace that the token is for? */
static bool is_of_caller(const struct call *c, const struct trigger_row *row)
{
    return row->app_id == c->who.app && (!c->who.team || row->team_id == c->who.team);
}

/* Why it could not be taken. */
static enum trigger_state why_not(const struct trigger_row *row)
{
    return row->used_us ? TRIGGER_EXCHANGED : TRIGGER_EXPIRED;
}

enum err trigger_take(struct call *c, struct str id, struct trigger_row *out, enum trigger_state *state)
{
    struct str hash = sha256_text(c->arena, str_head(id, NAME_MAX_CHARS));
    int64_t changed = 0;
    bool found;

    if (c->who.app)
        TRY(sql_trigger_use(c->db, c->arena, hash, c->who.app, c->now_us, &changed));
    TRY(sql_trigger_get(c->db, c->arena, hash, out, &found));
    *state = !found || !is_of_caller(c, out) ? TRIGGER_INVALID : changed ? TRIGGER_TAKEN : why_not(out);
    return OK;
}
