#include "run_case.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "run_contract.h"
#include "run_fixture.h"
#include "run_match.h"
#include "run_world.h"

enum { CASE_ARENA_BYTES = 1 << 16, FILE_MAX_BYTES = 4 << 20 };

struct runner {
    struct report *report;
    struct reach *reach;
    struct world *world;
    struct arena *arena; /* of the whole file */
    struct vars vars;
    struct str token;
    bool on_postgres;
    struct world_reply last;
    const struct json *reply;   /* NULL: no call yet, or it could not be made */
    const struct event *events; /* of the last call, those not asserted yet */
};

/* --- steps
 * ---------------------------------------------------------------------------------------------------- */

static void step_as(struct runner *k, struct str name)
{
    const struct fixture_actor *actor = fixture_find(name);

    if (!actor)
        report_fail(k->report, "no actor is called %.*s", STR_FMT(name));
    else
        k->token = actor->token;
}

/* Arguments are a JSON object, or a form (a=b&c=d). */
static bool read_arguments(struct runner *k, struct str text, struct world_call *call)
{
    struct str unbound;
    size_t at;

    call->body = vars_replace(&k->vars, k->arena, text, text.n && text.p[0] == '{', &unbound);
    if (unbound.n) {
        report_fail(k->report, "$%.*s has no value", STR_FMT(unbound));
        return false;
    }
    if (!text.n)
        return true;
    if (text.p[0] != '{') {
        call->content_type = S("application/x-www-form-urlencoded");
        return true;
    }
    call->content_type = S("application/json; charset=utf-8");
    if (json_parse(k->arena, call->body, &at))
        return true;
    report_fail(k->report, "the arguments are no JSON, at byte %zu: %.*s", at, STR_FMT(call->body));
    return false;
}

static void take_reply(struct runner *k)
{
    struct str body = k->last.req->reply.body;
    enum err result;
    size_t at;

    k->reply = json_parse(k->arena, arena_dup(k->arena, body), &at);
    k->events = k->last.req->events;
    if (!k->reply) {
        report_fail(k->report, "the reply is no JSON, at byte %zu: %.*s", at, STR_FMT(body));
        return;
    }
    contract_check(k->report, k->last.req, k->reply, &result);
    reach_mark(k->reach, k->last.req->method, result);
}

static void step_call(struct runner *k, struct str text)
{
    struct world_call call = {.token = k->token};

    k->reply = NULL;
    k->events = NULL;
    str_cut(&text, ' ', &call.method);
    if (!read_arguments(k, str_trim(text), &call))
        return;
    world_run(k->world, &call, &k->last);
    take_reply(k);
}

/* NULL and a failure when the line's JSON is wrong. */
static const struct json *read_wanted(struct runner *k, struct str text)
{
    size_t at;
    const struct json *want = json_parse(k->arena, text, &at);

    if (!want)
        report_fail(k->report, "this line's JSON is wrong at byte %zu", at);
    return want;
}

static void step_reply(struct runner *k, struct str text, bool exact)
{
    struct match m = {k->arena, &k->vars, k->report, exact};
    const struct json *want = read_wanted(k, text);

    if (want && !k->reply)
        report_fail(k->report, "there is no reply to look at");
    else if (want)
        match_json(&m, want, k->reply);
}

static void step_no_event(struct runner *k)
{
    for (; k->events; k->events = k->events->next)
        report_fail(k->report, "expected no event, got %.*s", STR_FMT(k->events->json));
}

static void step_event(struct runner *k, struct str text)
{
    struct match m = {k->arena, &k->vars, k->report, false};
    const struct json *want, *got;
    const struct event *event = k->events;

    if (str_eq(text, S("nothing"))) {
        step_no_event(k);
        return;
    }
    want = read_wanted(k, text);
    if (!want)
        return;
    if (!event) {
        report_fail(k->report, "expected an event, got none: %.*s", STR_FMT(text));
        return;
    }
    k->events = event->next;
    got = json_parse(k->arena, arena_dup(k->arena, event->json), NULL);
    if (!got)
        report_fail(k->report, "the event is no JSON: %.*s", STR_FMT(event->json));
    else if (!match_json(&m, want, got))
        report_fail(k->report, "the event: %.*s", STR_FMT(event->json));
}

/* "4", "96K". */
static bool read_amount(struct str text, int64_t *out)
{
    bool kilo = str_ends(text, S("K"));

    if (!str_to_i64(str_head(text, text.n - kilo), out))
        return false;
    *out *= kilo ? 1024 : 1;
    return *out >= 0;
}

static void check_cost(struct runner *k, struct str what, int64_t limit)
{
    int64_t spent;

    if (str_eq(what, S("queries"))) {
        spent = k->last.queries - (k->on_postgres ? 1 : 0); /* its actor is looked up each time */
    } else if (str_eq(what, S("arena"))) {
        spent = (int64_t)k->last.arena_bytes;
    } else {
        report_fail(k->report, "no cost is called %.*s", STR_FMT(what));
        return;
    }
    if (spent > limit)
        report_fail(k->report, "cost: expected %.*s <= %lld, got %lld", STR_FMT(what), (long long)limit,
                    (long long)spent);
}

/* queries<=N arena<=NK */
static void step_cost(struct runner *k, struct str text)
{
    struct str piece, what;
    int64_t limit;

    if (!k->reply)
        report_fail(k->report, "there is no call whose cost could be told");
    while (k->reply && str_cut(&text, ' ', &piece)) {
        str_cut(&piece, '<', &what);
        if (!str_starts(piece, S("=")) || !read_amount(str_skip(piece, 1), &limit))
            report_fail(k->report, "a cost is written queries<=4 or arena<=96K");
        else
            check_cost(k, what, limit);
    }
}

static void step_fail(struct runner *k, struct str text)
{
    struct str what;
    int64_t n;

    str_cut(&text, ' ', &what);
    if (!str_eq(what, S("db")) || !str_to_i64(text, &n) || n < 1)
        report_fail(k->report, "written fail db N, N from 1");
    else
        world_fail_at(k->world, (int)n);
}

/* 90s, 5m, 2h, 3d */
static void step_wait(struct runner *k, struct str text)
{
    static const char units[] = "smhd";
    static const int64_t seconds[] = {1, 60, 3600, 86400};
    const char *unit = text.n ? strchr(units, text.p[text.n - 1]) : NULL;
    int64_t n;

    if (!unit || !*unit || !str_to_i64(str_head(text, text.n - 1), &n) || n < 1)
        report_fail(k->report, "written wait 5m; units are s, m, h and d");
    else
        clock_shift(n * seconds[unit - units] * US_PER_S);
}

static void step_set(struct runner *k, struct str text)
{
    struct str word, name, unbound, value;

    str_cut(&text, ' ', &word);
    name = vars_name_of(word);
    value = vars_replace(&k->vars, k->arena, str_trim(text), false, &unbound);
    if (!name.n)
        report_fail(k->report, "written set $name value");
    else if (unbound.n)
        report_fail(k->report, "$%.*s has no value", STR_FMT(unbound));
    else
        vars_set(&k->vars, name, value);
}

/* --- the file
 * ------------------------------------------------------------------------------------------------- */

static void run_step(struct runner *k, struct str line)
{
    struct str rest = line, word;

    str_cut(&rest, ' ', &word);
    rest = str_trim(rest);
    if (str_eq(word, S(">")))
        step_call(k, rest);
    else if (str_eq(word, S("<")) || str_eq(word, S("<=")))
        step_reply(k, rest, word.n == 2);
    else if (str_eq(word, S("!")))
        step_event(k, rest);
    else if (str_eq(word, S("as")))
        step_as(k, rest);
    else if (str_eq(word, S("cost")))
        step_cost(k, rest);
    else if (str_eq(word, S("fail")))
        step_fail(k, rest);
    else if (str_eq(word, S("wait")))
        step_wait(k, rest);
    else if (str_eq(word, S("set")))
        step_set(k, rest);
    else
        report_fail(k->report, "no step begins so: %.*s", STR_FMT(line));
}

/* A step that looks at a call is explained by the whole reply. */
static void show_reply(const struct runner *k, struct str line)
{
    if (k->reply && (strchr("><!", line.p[0]) || str_starts(line, S("cost "))))
        printf("    reply of %.*s: %.*s\n", STR_FMT(k->last.req->method), STR_FMT(k->last.req->reply.body));
}

static void run_lines(struct runner *k, const char *path, struct str text)
{
    struct str line;

    for (int n = 1; str_cut(&text, '\n', &line); n++) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#')
            continue;
        report_step(k->report, path, n);
        run_step(k, line);
        if (k->report->failing)
            show_reply(k, line);
        report_step_end(k->report);
    }
}

static bool read_file(const char *path, struct arena *a, struct str *text)
{
    char *bytes = arena_bytes(a, FILE_MAX_BYTES);
    FILE *f = fopen(path, "r");

    if (!f)
        return false;
    *text = str_of(bytes, fread(bytes, 1, FILE_MAX_BYTES, f));
    fclose(f);
    return true;
}

static bool run_in_world(struct runner *k, const char *path, struct str db_url)
{
    struct str text, why = {0};

    if (!read_file(path, k->arena, &text)) {
        report_fail(k->report, "%s", strerror(errno));
        return false;
    }
    k->world = world_open(db_url, k->arena, &why);
    if (!k->world) {
        report_fail(k->report, "no workspace: %.*s", STR_FMT(why));
        return false;
    }
    k->vars.arena = k->arena;
    fixture_vars(&k->vars);
    run_lines(k, path, text);
    world_close(k->world);
    return true;
}

bool case_run(const char *path, struct str db_url, struct report *r, struct reach *reach)
{
    struct runner k = {.report = r, .reach = reach, .arena = arena_new(CASE_ARENA_BYTES), .on_postgres = db_url.n > 0};
    bool opened;

    report_step(r, path, 0);
    opened = run_in_world(&k, path, db_url);
    if (!opened)
        report_step_end(r);
    arena_free(k.arena);
    return opened;
}
