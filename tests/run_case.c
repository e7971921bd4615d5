#include "run_case.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h" /* US_PER_S */
#include "base/rand.h"
#include "run_contract.h"
#include "net/form.h"
#include "run_file.h"
#include "run_fixture.h"
#include "run_gzip.h"
#include "run_http.h"
#include "run_match.h"
#include "run_world.h"

enum { CASE_ARENA_BYTES = 1 << 16 };

struct runner {
    struct report *report;
    struct reach *reach;
    struct world *world;
    struct arena *arena; /* of the whole file */
    struct vars vars;
    struct str token;
    struct str host;  /* that calls name */
    struct str agent; /* what they say they are */
    struct str files; /* of the next call: parts of a form, as they are sent */
    struct str type;  /* of the next call's body; "none" is none, empty is told by its text */
    bool on_postgres;
    bool on_http;  /* events, costs and planned failures are out of sight */
    bool skipping; /* the call that was to fail, and what is said of it */
    bool skip_next;
    bool skip_rest; /* what follows a setting */
    struct world_reply last;
    struct str shown;           /* its body, or what stands for its file */
    const struct json *reply;   /* NULL: no call yet, or it could not be made */
    const struct event *events; /* of the last call, those not asserted yet */
};

/* --- steps
 * ---------------------------------------------------------------------------------------------------- */

static void step_as(struct runner *k, struct str name)
{
    if (!fixture_find(name, &k->token))
        report_fail(k->report, "no actor is called %.*s", STR_FMT(name));
}

/* text with its variables replaced; quoted: it is JSON. */
static bool fill_in(struct runner *k, struct str text, bool quoted, struct str *out)
{
    struct str unbound;

    *out = vars_replace(&k->vars, k->arena, text, quoted, &unbound);
    if (unbound.n)
        report_fail(k->report, "$%.*s has no value", STR_FMT(unbound));
    return unbound.n == 0;
}

/* --- forms with files ----------------------------------------------------------------------------------------- */

#define BOUNDARY "case-boundary"
enum { FORM_MAX_BYTES = 8 << 20 };

/* {"name": "file", "filename": …, "text" or "base64": …, "times": N}: what the next call sends beside its arguments. */
static void step_file(struct runner *k, struct str text)
{
    const struct json *f = json_parse(k->arena, text, NULL);
    struct buf b = buf_in(k->arena, FORM_MAX_BYTES);
    struct str name = json_get_str(f, S("name")), bytes = json_get_str(f, S("base64"));
    int64_t times = 1;

    if (!f || f->kind != JSON_OBJECT) {
        report_fail(k->report, "written file {\"filename\":…,\"text\":…}");
        return;
    }
    name = name.n ? name : S("file");
    bytes = bytes.n ? base64_decode(k->arena, bytes) : json_get_str(f, S("text"));
    if (json_get(f, S("times")))
        json_i64(json_get(f, S("times")), &times);
    buf_str(&b, k->files);
    buf_printf(&b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%.*s\"", STR_FMT(name));
    if (json_get(f, S("filename")))
        buf_str(&b, ARENA_JOIN(k->arena, S("; filename=\""), json_get_str(f, S("filename")), S("\"")));
    buf_str(&b, S("\r\n\r\n"));
    while (times-- > 0)
        buf_str(&b, bytes);
    buf_str(&b, S("\r\n"));
    k->files = buf_view(&b);
}

static void add_part(struct buf *b, struct str name, struct str value)
{
    buf_printf(b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%.*s\r\n", STR_FMT(name),
               STR_FMT(value));
}

/* The call's arguments as parts of the same form: of a JSON object or of a=b&c=d. */
static void add_files(struct runner *k, struct world_call *call)
{
    bool is_form = call->body.n && call->body.p[0] != '{';
    const struct json *args = is_form ? NULL : json_parse(k->arena, call->body, NULL), *key;
    struct buf b = buf_in(k->arena, FORM_MAX_BYTES);
    struct form_field *fields;
    int n = 0;

    if (is_form && !form_parse(k->arena, call->body, &fields, &n))
        report_fail(k->report, "the arguments are no form: %.*s", STR_FMT(call->body));
    for (int i = 0; i < n; i++)
        add_part(&b, fields[i].name, fields[i].value);
    key = args ? json_child(args) : NULL;
    for (uint32_t i = 0; args && i < args->count; i++) {
        const struct json *value = json_next(key);
        add_part(&b, key->text, value->kind == JSON_STRING ? value->text : json_raw(value));
        key = json_next(value);
    }
    buf_str(&b, k->files);
    buf_str(&b, S("--" BOUNDARY "--\r\n"));
    k->files = S("");
    call->body = buf_view(&b);
    call->content_type = S("multipart/form-data; boundary=" BOUNDARY);
}

/* --- steps that call ------------------------------------------------------------------------------------------ */

/* Arguments are a JSON object, or a form (a=b&c=d), unless a step has told the type. */
static bool read_arguments(struct runner *k, struct str text, struct world_call *call)
{
    size_t at;

    if (!fill_in(k, text, text.n && text.p[0] == '{', &call->body))
        return false;
    if (k->files.n) {
        add_files(k, call);
        return true;
    }
    if (k->type.n) {
        call->content_type = str_eq(k->type, S("none")) ? S("") : k->type;
        k->type = S("");
        return true;
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

/* A file as the reply is looked at through its rows. */
static struct str body_of(struct runner *k)
{
    const struct api_reply *r = &k->last.req->reply;
    char *bytes;
    ssize_t n;

    if (str_eq(http_answer_header(r->headers, S("Content-Type")), S("application/gzip"))) /* over HTTP */
        return gzip_as_json(k->arena, r->body, gzip_name(http_answer_header(r->headers, S("Content-Disposition"))));
    if (!r->file)
        return r->body;
    bytes = arena_bytes(k->arena, (size_t)r->file->bytes + 1);
    n = pread(r->file->fd, bytes, (size_t)r->file->bytes, 0);
    return gzip_as_json(k->arena, str_of(bytes, n > 0 ? (size_t)n : 0), r->file->name);
}

static void take_file(struct runner *k, struct str body)
{
    k->reply = json_parse(k->arena, body, NULL);
    if (!k->reply)
        report_fail(k->report, "the file is no gzip file with rows of JSON");
    reach_mark(k->reach, k->last.req->method, OK);
}

static void take_reply(struct runner *k)
{
    struct str body = k->shown = body_of(k);
    enum err result;
    size_t at;

    if (body.p != k->last.req->reply.body.p) {
        take_file(k, body);
        return;
    }
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
    struct world_call call = {.token = k->token, .host = k->host, .agent = k->agent};
    struct str target;

    k->reply = NULL;
    k->events = NULL;
    str_cut(&text, ' ', &target);
    call.get = str_eq(target, S("GET"));
    if (call.get)
        str_cut(&text, ' ', &target);
    str_cut(&target, '?', &call.method);
    if (!fill_in(k, target, false, &call.query) || !read_arguments(k, str_trim(text), &call))
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

static void step_event(struct runner *k, struct str text, bool exact)
{
    struct match m = {k->arena, &k->vars, k->report, exact};
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

/* {"status": 200, "body": {…}, "text": …}, or late */
static void step_app(struct runner *k, struct str text)
{
    const struct json *spec, *body;
    struct app_answer answer = {.outcome = APP_ANSWERED, .status = 200};
    int64_t status;

    if (str_eq(text, S("late"))) {
        world_app(k->world, &(struct app_answer){.outcome = APP_LATE, .trouble = S("late")});
        return;
    }
    if (!fill_in(k, text, true, &text) || !(spec = read_wanted(k, text)))
        return;
    body = json_get(spec, S("body"));
    answer.body = body ? json_raw(body) : json_get_str(spec, S("text"));
    if (json_i64(json_get(spec, S("status")), &status))
        answer.status = (int)status;
    answer.trouble = arena_printf(k->arena, "the app answered with HTTP status %d", answer.status);
    world_app(k->world, &answer);
}

static void step_asked(struct runner *k, struct str text)
{
    struct match m = {k->arena, &k->vars, k->report, false};
    struct str asked = world_asked(k->world);
    const struct json *want;

    if (str_eq(text, S("nothing"))) {
        if (asked.n)
            report_fail(k->report, "expected that no app is asked, got %.*s", STR_FMT(asked));
        return;
    }
    want = read_wanted(k, text);
    if (want && !asked.n)
        report_fail(k->report, "no app was asked");
    else if (want && !match_json(&m, want, json_parse(k->arena, arena_dup(k->arena, asked), NULL)))
        report_fail(k->report, "asked: %.*s", STR_FMT(asked));
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
        k->events = world_wait(k->world, n * seconds[unit - units] * US_PER_S);
}

static void step_setting(struct runner *k, struct str text)
{
    struct str name;

    str_cut(&text, ' ', &name);
    if (!world_setting(k->world, name, str_trim(text)))
        report_fail(k->report, "no setting %.*s takes this", STR_FMT(name));
}

static void step_set(struct runner *k, struct str text)
{
    struct str word, name, value;

    str_cut(&text, ' ', &word);
    name = vars_name_of(word);
    if (!name.n)
        report_fail(k->report, "written set $name value");
    else if (fill_in(k, str_trim(text), false, &value))
        vars_set(&k->vars, name, value);
}

/* TEXT $name VALUE */
static void step_behind(struct runner *k, struct str text)
{
    struct str what, word, value;
    ptrdiff_t at;

    str_cut(&text, ' ', &what);
    str_cut(&text, ' ', &word);
    if (!what.n || !vars_name_of(word).n || !fill_in(k, str_trim(text), false, &value))
        report_fail(k->report, "written behind text $name value");
    else if ((at = str_find(value, what)) < 0)
        report_fail(k->report, "there is no %.*s in %.*s", STR_FMT(what), STR_FMT(value));
    else
        vars_set(&k->vars, vars_name_of(word), str_skip(value, (size_t)at + what.n));
}

/* NAME: VALUE, or NAME nothing */
static void step_header(struct runner *k, struct str text)
{
    bool absent = str_ends(text, S(" nothing"));
    struct str name, want, got;

    if (!k->reply) {
        report_fail(k->report, "there is no reply to look at");
        return;
    }
    str_cut(&text, absent ? ' ' : ':', &name);
    got = http_answer_header(k->last.req->reply.headers, name);
    if (absent && got.p) {
        report_fail(k->report, "expected no header %.*s, got %.*s", STR_FMT(name), STR_FMT(got));
    } else if (!absent && fill_in(k, str_trim(text), false, &want) && (!got.p || !str_eq(want, got))) {
        got = got.p ? got : S("nothing");
        report_fail(k->report, "header %.*s: expected %.*s, got %.*s", STR_FMT(name), STR_FMT(want), STR_FMT(got));
    }
}

/* --- the file
 * ------------------------------------------------------------------------------------------------- */

/* Over HTTP only replies can be seen. */
static bool is_out_of_sight(struct runner *k, struct str word)
{
    k->skip_rest |= str_eq(word, S("setting")) || str_eq(word, S("app"));
    if (k->skip_rest)
        return true;
    if (str_eq(word, S(">"))) {
        k->skipping = k->skip_next;
        k->skip_next = false;
        return k->skipping;
    }
    if (str_eq(word, S("fail")))
        k->skip_next = true;
    if (str_eq(word, S("<")) || str_eq(word, S("<=")) || str_eq(word, S("header")))
        return k->skipping;
    return str_eq(word, S("fail")) || str_eq(word, S("?")) || str_eq(word, S("!")) || str_eq(word, S("!=")) ||
           str_eq(word, S("cost"));
}

static void run_step(struct runner *k, struct str line)
{
    struct str rest = line, word;

    str_cut(&rest, ' ', &word);
    rest = str_trim(rest);
    if (k->on_http && is_out_of_sight(k, word))
        return;
    if (str_eq(word, S(">")))
        step_call(k, rest);
    else if (str_eq(word, S("<")) || str_eq(word, S("<=")))
        step_reply(k, rest, word.n == 2);
    else if (str_eq(word, S("!")) || str_eq(word, S("!=")))
        step_event(k, rest, word.n == 2);
    else if (str_eq(word, S("?")))
        step_asked(k, rest);
    else if (str_eq(word, S("app")))
        step_app(k, rest);
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
    else if (str_eq(word, S("behind")))
        step_behind(k, rest);
    else if (str_eq(word, S("setting")))
        step_setting(k, rest);
    else if (str_eq(word, S("file")))
        step_file(k, rest);
    else if (str_eq(word, S("type")))
        k->type = rest;
    else if (str_eq(word, S("host")))
        k->host = rest;
    else if (str_eq(word, S("agent")))
        k->agent = rest;
    else if (str_eq(word, S("header")))
        step_header(k, rest);
    else
        report_fail(k->report, "no step begins so: %.*s", STR_FMT(line));
}

/* A step that looks at a call is explained by the whole reply. */
static void show_reply(const struct runner *k, struct str line)
{
    if (k->reply && (strchr("><!?", line.p[0]) || str_starts(line, S("cost "))))
        printf("    reply of %.*s: %.*s\n", STR_FMT(k->last.req->method), STR_FMT(k->shown));
}

/* Where a file is being read. */
struct place {
    const char *path;
    struct str rest;
    int line; /* of what was read last */
};

static void run_line(struct runner *k, const struct place *at, struct str line)
{
    report_step(k->report, at->path, at->line);
    run_step(k, line);
    if (k->report->failing)
        show_reply(k, line);
    report_step_end(k->report);
}

static bool next_line(struct place *at, struct str *line)
{
    while (str_cut(&at->rest, '\n', line)) {
        at->line++;
        *line = str_trim(*line);
        if (line->n && line->p[0] != '#')
            return true;
    }
    return false;
}

static void run_block(struct runner *k, struct place *at)
{
    struct str line;

    while (next_line(at, &line) && !str_eq(line, S("end")))
        run_line(k, at, line);
}

/* Runs the lines up to `end`, each time with the variables that stood before. */
static void run_times(struct runner *k, struct place *at, int64_t times)
{
    struct place begin = *at;

    for (int64_t n = 1; n <= times; n++) {
        struct vars before = k->vars;
        vars_set(&k->vars, S("n"), arena_printf(k->arena, "%lld", (long long)n));
        *at = begin;
        run_block(k, at);
        k->vars = before;
    }
}

static void run_lines(struct runner *k, const char *path, struct str text)
{
    struct place at = {.path = path, .rest = text};
    struct str line;
    int64_t times;

    while (next_line(&at, &line)) {
        if (str_starts(line, S("times ")) && str_to_i64(str_trim(str_skip(line, 6)), &times) && times > 0)
            run_times(k, &at, times);
        else
            run_line(k, &at, line);
    }
}

static bool run_in_world(struct runner *k, const char *path, struct str db_url)
{
    struct str text, why = {0};

    if (!file_read(path, k->arena, &text)) {
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
    struct runner k = {.report = r,
                       .reach = reach,
                       .arena = arena_new(CASE_ARENA_BYTES),
                       .on_postgres = db_url.n > 0,
                       .on_http = str_starts(db_url, S("http://"))};
    bool opened;

    report_step(r, path, 0);
    opened = run_in_world(&k, path, db_url);
    if (!opened)
        report_step_end(r);
    arena_free(k.arena);
    return opened;
}
