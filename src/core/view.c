#include "core/view.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/blocks.h"
#include "objects.h"

/* --- reading -------------------------------------------------------------------------------------------------- */

static uint64_t random_bits(void *ctx)
{
    (void)ctx;
    return rand_u64();
}

static bool has_input(const struct json *blocks)
{
    const struct json *block = json_child(blocks);

    for (uint32_t i = 0; i < blocks->count; i++, block = json_next(block))
        if (str_eq(json_get_str(block, S("type")), S("input")))
            return true;
    return false;
}

enum err view_read(struct call *c, const struct json *view, struct view_draft *out)
{
    struct blocks_in in = {.pointer = "/view", .random = random_bits};
    struct blocks_out read;
    enum err e;

    if (!view) {
        call_line(c, S("[ERROR] missing required field: view"));
        return ERR_INVALID_ARGUMENTS;
    }
    e = blocks_read_view(c->arena, view, &in, &read);

    for (int i = 0; i < read.lines_n; i++)
        call_line(c, read.lines[i]);
    TRY(e);
    *out = (struct view_draft){.body = read.json, .json = json_parse(c->arena, read.json, NULL)};
    out->external_id = json_get_str(out->json, S("external_id"));
    out->is_home = str_eq(json_get_str(out->json, S("type")), S("home"));
    if (!out->is_home && !json_get(out->json, S("submit")) && has_input(json_get(out->json, S("blocks")))) {
        call_line(c, S("[ERROR] must define `submit` to use an `input` block in modals [json-pointer:/view]"));
        return ERR_INVALID_ARGUMENTS;
    }
    return OK;
}

static enum err wrong_type(struct call *c, const char *wanted)
{
    call_line(c, arena_printf(c->arena, "[ERROR] must be of type %s [json-pointer:/view/type]", wanted));
    return ERR_INVALID_ARGUMENTS;
}

/* --- showing -------------------------------------------------------------------------------------------------- */

/* "1569262015.55b5e41b": another one with each change. */
static struct str new_hash(struct call *c)
{
    return arena_printf(c->arena, "%lld.%08x", (long long)(c->now_us / US_PER_S), (unsigned)rand_u64());
}

static enum err check_external_id(struct call *c, const struct view_place *place, struct str external_id, int64_t own)
{
    struct view_row other;
    bool found;

    if (!external_id.n)
        return OK;
    TRY(sql_view_by_external(c->db, c->arena, place->team, place->app, external_id, &other, &found));
    return found && other.id != own ? ERR_DUPLICATE_EXTERNAL_ID : OK;
}

static enum err add(struct call *c, const struct view_draft *d, const struct view_place *place,
                    const struct view_row *below, struct view_row *out)
{
    struct bot_row bot;
    bool has_bot;
    int64_t id = id_new('V'), changed;

    TRY(check_external_id(c, place, d->external_id, 0));
    TRY(sql_bot_of_app(c->db, c->arena, place->app, place->team, &bot, &has_bot));
    *out = (struct view_row){.id = id,
                             .team_id = place->team,
                             .app_id = place->app,
                             .bot_id = has_bot ? bot.id : 0,
                             .user_id = place->user,
                             .is_home = d->is_home,
                             .root_id = below ? below->root_id : id,
                             .previous_id = below ? below->id : 0,
                             .depth = below ? below->depth + 1 : 1,
                             .channel_id = place->channel,
                             .external_id = d->external_id,
                             .hash = new_hash(c),
                             .body = d->body,
                             .state = view_state_begin(c->arena, json_get(d->json, S("blocks")), S(""), place->channel),
                             .created_us = c->now_us,
                             .updated_us = c->now_us};
    TRY(sql_view_add(c->db, c->arena, id, out->team_id, out->app_id, out->bot_id, out->user_id, out->is_home,
                     out->root_id, out->previous_id, out->depth, out->channel_id, out->external_id, out->hash,
                     out->body, out->state, c->now_us, &changed));
    return changed ? OK : ERR_DUPLICATE_EXTERNAL_ID;
}

enum err view_open(struct call *c, const struct view_draft *d, const struct view_place *place,
                   const struct view_row *below, struct view_row *out)
{
    int64_t changed;

    if (d->is_home)
        return wrong_type(c, "modal");
    if (below && below->depth >= VIEW_STACK_MAX)
        return ERR_PUSH_LIMIT_REACHED;
    TRY(sql_view_sweep(c->db, c->arena, c->now_us - (int64_t)VIEW_LIFE_S * US_PER_S, &changed));
    TRY(add(c, d, place, below, out));
    return sql_view_touch(c->db, c->arena, out->root_id, c->now_us, &changed);
}

enum err view_change(struct call *c, const struct view_draft *d, struct view_row *v)
{
    struct view_place place = {.team = v->team_id, .app = v->app_id};
    int64_t changed;

    if (d->is_home != !!v->is_home)
        return wrong_type(c, v->is_home ? "home" : "modal");
    TRY(check_external_id(c, &place, d->external_id, v->id));
    v->external_id = d->external_id;
    v->hash = new_hash(c);
    v->body = d->body;
    v->state = view_state_begin(c->arena, json_get(d->json, S("blocks")), v->state, v->channel_id);
    TRY(sql_view_change(c->db, c->arena, v->id, v->external_id, v->hash, v->body, v->state, &changed));
    return sql_view_touch(c->db, c->arena, v->root_id, c->now_us, &changed);
}

enum err view_publish(struct call *c, const struct view_draft *d, const struct view_place *place, struct str hash,
                      struct view_row *out)
{
    bool found;

    if (!d->is_home)
        return wrong_type(c, "home");
    TRY(sql_view_home(c->db, c->arena, place->team, place->app, place->user, out, &found));
    if (hash.n && (!found || !str_eq(hash, out->hash)))
        return ERR_HASH_CONFLICT;
    return found ? view_change(c, d, out) : add(c, d, place, NULL, out);
}

enum err view_fill(struct call *c, struct view_row *v, struct str state)
{
    int64_t changed;

    v->state = state;
    TRY(sql_view_set_state(c->db, c->arena, v->id, state, &changed));
    return sql_view_touch(c->db, c->arena, v->root_id, c->now_us, &changed);
}

enum err view_close(struct call *c, const struct view_row *v, bool whole_stack)
{
    int64_t changed;

    if (whole_stack)
        return sql_view_remove_stack(c->db, c->arena, v->root_id, &changed);
    return sql_view_remove(c->db, c->arena, v->id, &changed);
}

/* --- the object ----------------------------------------------------------------------------------------------- */

const struct json *view_field(struct arena *a, const struct view_row *v, struct str key)
{
    return json_get(json_parse(a, v->body, NULL), key);
}

const struct json *view_blocks(struct arena *a, const struct view_row *v)
{
    return view_field(a, v, S("blocks"));
}

static bool flag_of(const struct json *body, struct str key)
{
    const struct json *flag = json_get(body, key);

    return flag && flag->kind == JSON_TRUE;
}

bool view_flag(struct arena *a, const struct view_row *v, struct str key)
{
    return flag_of(json_parse(a, v->body, NULL), key);
}

static struct str raw_field(const struct json *body, struct str key)
{
    const struct json *v = json_get(body, key);

    return v ? json_raw(v) : S("");
}

enum err view_put(struct call *c, struct json_out *o, struct str key, const struct view_row *v, bool full)
{
    const struct json *body = json_parse(c->arena, v->body, NULL);
    bool own = full || c->who.app == v->app_id, filled = own || !c->who.app;
    struct str values = S("{}");

    if (filled)
        TRY(view_state_show(c, json_get(body, S("blocks")), v->state, full, &values));
    put_view(o, key,
             &(struct obj_view){
                 .id = v->id,
                 .team_id = v->team_id,
                 .type = v->is_home ? S("home") : S("modal"),
                 .blocks = raw_field(body, S("blocks")),
                 .private_metadata = own ? json_get_str(body, S("private_metadata")) : S(""),
                 .callback_id = json_get_str(body, S("callback_id")),
                 .state = ARENA_JOIN(c->arena, S("{\"values\":"), values, S("}")),
                 .hash = v->hash,
                 .title = raw_field(body, S("title")),
                 .clear_on_close = flag_of(body, S("clear_on_close")),
                 .notify_on_close = flag_of(body, S("notify_on_close")),
                 .close = raw_field(body, S("close")),
                 .submit = raw_field(body, S("submit")),
                 .submit_disabled = flag_of(body, S("submit_disabled")) ? MAYBE_YES : MAYBE_UNSET,
                 .previous_view_id = v->previous_id,
                 .root_view_id = v->root_id,
                 .app_id = v->app_id,
                 .external_id = v->external_id,
                 .app_installed_team_id = v->team_id,
                 .bot_id = v->bot_id,
             });
    return OK;
}
