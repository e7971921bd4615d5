#include "run_permissions.h"

#include <errno.h>
#include <stdlib.h>

#include "methods.h"
#include "run_contract.h"
#include "run_file.h"
#include "run_fixture.h"
#include "run_match.h"
#include "run_world.h"

enum { ARENA_BYTES = 1 << 16 };

struct runner {
    const char *path;
    struct str text; /* of the whole file */
    struct report *report;
    struct str db_url;
    const struct json *actors, *setup;
    struct arena *arena; /* of the workspace */
    struct world *world;
    struct vars vars;
    bool *called; /* by method, as in methods[] */
};

/* Failures name the line of the file. */
static void step_at(struct runner *k, const struct json *place)
{
    int line = 1;

    for (const char *p = k->text.p; p < place->raw.p; p++)
        line += *p == '\n';
    report_step(k->report, k->path, line);
}

/* --- one call ------------------------------------------------------------------------------------------------- */

static bool call(struct runner *k, struct str method, struct str actor, const struct json *args,
                 struct world_reply *reply)
{
    struct world_call c = {.method = method, .content_type = S("application/json; charset=utf-8")};
    struct str unbound;

    if (!fixture_find(actor, &c.token)) {
        report_fail(k->report, "no actor is called %.*s", STR_FMT(actor));
        return false;
    }
    c.body = args ? vars_replace(&k->vars, k->arena, json_raw(args), true, &unbound) : S("{}");
    if (args && unbound.n) {
        report_fail(k->report, "$%.*s has no value", STR_FMT(unbound));
        return false;
    }
    world_run(k->world, &c, reply);
    return true;
}

static void drop_world(struct runner *k)
{
    if (k->world)
        world_close(k->world);
    k->world = NULL;
    arena_reset(k->arena);
}

static bool set_up(struct runner *k, const struct json *step)
{
    struct match m = {.arena = k->arena, .vars = &k->vars, .report = k->report};
    const struct json *want = json_get(step, S("reply")), *got;
    struct world_reply reply;

    step_at(k, step);
    if (!call(k, json_get_str(step, S("method")), json_get_str(step, S("as")), json_get(step, S("args")), &reply))
        return false;
    got = json_parse(k->arena, arena_dup(k->arena, reply.req->reply.body), NULL);
    if (want && got && match_json(&m, want, got))
        return true;
    report_fail(k->report, "the set-up's reply: %.*s", STR_FMT(reply.req->reply.body));
    return false;
}

static bool open_world(struct runner *k)
{
    const struct json *step = json_child(k->setup);
    struct str why = {0};

    k->world = world_open(k->db_url, k->arena, &why);
    if (!k->world) {
        report_fail(k->report, "no workspace: %.*s", STR_FMT(why));
        return false;
    }
    k->vars = (struct vars){.arena = k->arena};
    fixture_vars(&k->vars);
    for (uint32_t i = 0; i < k->setup->count; i++, step = json_next(step))
        if (!set_up(k, step))
            return false;
    world_take_back(k->world);
    return true;
}

static struct str result_of(struct runner *k, const struct json *reply)
{
    if (!reply)
        return S("no JSON");
    return json_get(reply, S("ok")) && json_get(reply, S("ok"))->kind == JSON_TRUE
               ? S("ok")
               : arena_dup(k->arena, json_get_str(reply, S("error")));
}

static void check(struct runner *k, const struct json *line, const struct method *m, struct str actor, struct str want)
{
    struct world_reply reply;
    const struct json *got;
    struct str result;
    enum err e;
    bool opened = k->world || open_world(k);

    if (opened)
        step_at(k, line);
    if (!opened || !call(k, str_c(m->name), actor, json_get(line, S("args")), &reply)) {
        report_step_end(k->report);
        drop_world(k);
        return;
    }
    got = json_parse(k->arena, arena_dup(k->arena, reply.req->reply.body), NULL);
    result = reply.req->reply.file ? S("ok") : result_of(k, got);
    if (!str_eq(result, want))
        report_fail(k->report, "%s as %.*s: expected %.*s, got %.*s", m->name, STR_FMT(actor), STR_FMT(want),
                    STR_FMT(result));
    if (got)
        contract_check(k->report, reply.req, got, &e);
    report_step_end(k->report);
}

/* --- the table ------------------------------------------------------------------------------------------------ */

static bool says(struct str list, struct str actor)
{
    struct str word;

    while (str_cut(&list, ' ', &word))
        if (str_eq(word, actor))
            return true;
    return false;
}

/* What the line says of this actor; empty unless it says one thing. */
static struct str expected(const struct json *expect, struct str actor)
{
    const struct json *result = json_child(expect);
    struct str found = {0};
    int n = 0;

    for (uint32_t i = 0; i < expect->count; i++, result = json_next(json_next(result)))
        if (says(json_next(result)->text, actor)) {
            found = result->text;
            n++;
        }
    return n == 1 ? found : S("");
}

static void run_line(struct runner *k, const struct json *line)
{
    const struct method *m = method_find(json_get_str(line, S("method")));
    const struct json *expect = json_get(line, S("expect")), *actor = json_child(k->actors);

    if (!m || !expect || expect->kind != JSON_OBJECT) {
        step_at(k, line);
        report_fail(k->report, "a line needs a method of the catalogue and what to expect");
        report_step_end(k->report);
        return;
    }
    k->called[m - methods] = true;
    for (uint32_t i = 0; i < k->actors->count; i++, actor = json_next(actor)) {
        struct str want = expected(expect, actor->text);
        if (want.n) {
            check(k, line, m, actor->text, want);
            continue;
        }
        step_at(k, line);
        report_fail(k->report, "%s: %.*s does not stand once in it", m->name, STR_FMT(actor->text));
        report_step_end(k->report);
    }
}

static void tell_missing(struct runner *k, const struct json *calls)
{
    for (int i = 0; i < methods_n; i++) {
        if (k->called[i])
            continue;
        step_at(k, calls);
        report_fail(k->report, "no line calls %s", methods[i].name);
        report_step_end(k->report);
    }
}

static void run_table(struct runner *k, const struct json *root)
{
    const struct json *calls = json_get(root, S("calls")), *line;

    k->actors = json_get(root, S("actors"));
    k->setup = json_get(root, S("setup"));
    if (!k->actors || !k->setup || !calls || k->actors->kind != JSON_ARRAY || k->setup->kind != JSON_ARRAY ||
        calls->kind != JSON_ARRAY) {
        report_fail(k->report, "not an object of actors, setup and calls");
        report_step_end(k->report);
        return;
    }
    line = json_child(calls);
    for (uint32_t i = 0; i < calls->count; i++, line = json_next(line))
        run_line(k, line);
    tell_missing(k, calls);
}

void permissions_run(const char *path, struct str db_url, struct report *r)
{
    struct runner k = {.path = path, .report = r, .db_url = db_url, .arena = arena_new(ARENA_BYTES)};
    struct arena *file = arena_new(ARENA_BYTES);
    const struct json *root = NULL;
    size_t at = 0;

    k.called = calloc((size_t)methods_n, sizeof(*k.called));
    if (!k.called)
        abort();
    report_step(r, path, 0);
    if (!file_read(path, file, &k.text))
        report_fail(r, "%s", strerror(errno));
    else if (!(root = json_parse(file, k.text, &at)))
        report_fail(r, "no JSON, at byte %zu", at);
    if (root)
        run_table(&k, root);
    else
        report_step_end(r);
    drop_world(&k);
    arena_free(k.arena);
    arena_free(file);
    free(k.called);
}
