#include "core/function.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/job.h"
#include "core/put.h"
#include "events.h"
#include "sql.h"

enum { JSON_MAX_BYTES = 1 << 18, FUNCTION_ID_CHARS = 10, EXPIRED_AT_ONCE = 1000 };

#define DAY_US (INT64_C(86400) * US_PER_S)
/* One that has ended is kept for those who end it again, to be told so: an app does when it hears the event twice, and
 * the outbox tries for two hours. */
#define ENDED_KEPT_US DAY_US
/* One that runs may wait for a person, who may be on leave; apps that are gone end theirs never. */
#define RUNNING_KEPT_US (30 * DAY_US)

const struct manifest_function *function_find(const struct manifest *m, struct str callback_id)
{
    for (int i = 0; i < m->n_functions; i++)
        if (str_eq(m->functions[i].callback_id, callback_id))
            return &m->functions[i];
    return NULL;
}

/* --- ids ------------------------------------------------------------------------------------------------------ */

/* Executions are Fx… outside and F… inside; their workflows' Wx…: each run is one of its own. */
static struct str execution_text(struct arena *a, const char *kind, int64_t id)
{
    char text[ID_MAX];
    size_t n = id_format(id, text);

    return ARENA_JOIN(a, str_c(kind), str_of(text + 1, n - 1));
}

static int64_t execution_id(struct arena *a, struct str text)
{
    return str_starts(text, S("Fx")) ? id_parse(ARENA_JOIN(a, S("F"), str_skip(text, 2))) : 0;
}

/* The same for as long as the app has a function of that name. */
static struct str function_id(struct arena *a, int64_t app, struct str callback_id)
{
    char text[ID_MAX], hex[SHA256_HEX];
    struct str id = str_of(text, id_format(app, text));
    char *out = arena_bytes(a, FUNCTION_ID_CHARS);

    sha256_hex(ARENA_JOIN(a, id, S("/"), callback_id), hex);
    for (int i = 0; i < FUNCTION_ID_CHARS; i++)
        out[i] = hex[i] >= 'a' ? (char)(hex[i] - 'a' + 'A') : hex[i];
    return ARENA_JOIN(a, S("Fn"), str_of(out, FUNCTION_ID_CHARS));
}

/* --- values --------------------------------------------------------------------------------------------------- */

/* What JSON a type is written as, and the first letters of its ids; types that are not here take anything. */
static const struct {
    struct str type;
    enum json_kind kind;
    const char *ids;
} types[] = {
    {{"string", 6}, JSON_STRING, NULL},
    {{"number", 6}, JSON_NUMBER, NULL},
    {{"integer", 7}, JSON_NUMBER, NULL},
    {{"boolean", 7}, JSON_TRUE, NULL},
    {{"array", 5}, JSON_ARRAY, NULL},
    {{"object", 6}, JSON_OBJECT, NULL},
    {{"slack#/types/user_id", 20}, JSON_STRING, "UW"},
    {{"slack#/types/channel_id", 23}, JSON_STRING, "CDG"},
    {{"slack#/types/usergroup_id", 25}, JSON_STRING, "S"},
    {{"slack#/types/timestamp", 22}, JSON_NUMBER, NULL},
    {{"slack#/types/date", 17}, JSON_STRING, NULL},
    {{"slack#/types/message_ts", 23}, JSON_STRING, NULL},
};

static bool fits(const struct json *v, struct str type)
{
    int64_t whole;

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (!str_eq(types[i].type, type))
            continue;
        if (types[i].kind == JSON_TRUE)
            return v->kind == JSON_TRUE || v->kind == JSON_FALSE;
        if (str_eq(type, S("integer")))
            return json_i64(v, &whole) && v->kind == JSON_NUMBER;
        return v->kind == types[i].kind && (!types[i].ids || id_parse_kind(v->text, types[i].ids));
    }
    return true;
}

static enum err fault(struct call *c, struct str name, const char *what)
{
    call_line(c, arena_printf(c->arena, "[ERROR] %.*s: %s", STR_FMT(name), what));
    return ERR_PARAMETER_VALIDATION_FAILED;
}

static bool is_known(struct str name, const struct manifest_parameter *parameters, int n)
{
    for (int i = 0; i < n; i++)
        if (str_eq(parameters[i].name, name))
            return true;
    return false;
}

enum err function_check(struct call *c, const struct json *values, const struct manifest_parameter *parameters, int n)
{
    const struct json *key;

    if (values && values->kind != JSON_OBJECT)
        return fault(c, S("values"), "have to be an object");
    if (values && json_raw(values).n > JSON_MAX_BYTES / 2)
        return fault(c, S("values"), "are too large");
    for (int i = 0; i < n; i++) {
        const struct json *v = json_get(values, parameters[i].name);
        if ((!v || v->kind == JSON_NULL) && parameters[i].required)
            return fault(c, parameters[i].name, "is required");
        if (v && v->kind != JSON_NULL && !fits(v, parameters[i].type))
            return fault(c, parameters[i].name, "is of another type");
    }
    key = values ? json_child(values) : NULL;
    for (uint32_t i = 0; values && i < values->count; i++, key = json_next(json_next(key)))
        if (!is_known(key->text, parameters, n))
            return fault(c, key->text, "is no parameter of the function");
    return OK;
}

/* --- running -------------------------------------------------------------------------------------------------- */

static void put_parameters(struct json_out *o, struct str key, const struct manifest_parameter *list, int n)
{
    json_open(o, key, '[');
    for (int i = 0; i < n; i++) {
        json_open(o, S(""), '{');
        json_str(o, S("type"), list[i].type);
        json_str(o, S("name"), list[i].name);
        json_str(o, S("description"), list[i].description);
        json_str(o, S("title"), list[i].title);
        json_bool(o, S("is_required"), list[i].required);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static struct str function_json(struct call *c, const struct function_app *app, const struct manifest_function *f)
{
    struct buf b = buf_in(c->arena, JSON_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, S("id"), function_id(c->arena, app->app, f->callback_id));
    json_str(&o, S("callback_id"), f->callback_id);
    json_str(&o, S("title"), f->title);
    json_str(&o, S("description"), f->description);
    json_str(&o, S("type"), S("app"));
    put_parameters(&o, S("input_parameters"), f->inputs, f->n_inputs);
    put_parameters(&o, S("output_parameters"), f->outputs, f->n_outputs);
    put_id(&o, S("app_id"), app->app);
    json_int(&o, S("date_created"), 0);
    json_int(&o, S("date_updated"), 0);
    json_int(&o, S("date_deleted"), 0);
    json_close(&o, '}');
    return b.over ? S("{}") : buf_view(&b);
}

enum err function_run(struct call *c, const struct function_app *app, struct str callback_id, const struct json *inputs,
                      struct str *execution)
{
    const struct manifest_function *f = function_find(app->manifest, callback_id);
    struct str given = inputs && inputs->kind == JSON_OBJECT ? json_raw(inputs) : S("{}");
    int64_t id = id_new('F'), changed;

    if (!f || !app->bot_user)
        return ERR_FUNCTION_NOT_FOUND;
    TRY(function_check(c, inputs, f->inputs, f->n_inputs));
    TRY(sql_function_execution_add(c->db, c->arena, id, c->team, app->app, f->callback_id, c->who.user, given,
                                   c->now_us, c->now_us + RUNNING_KEPT_US, &changed));
    TRY(sql_job_see_to(c->db, c->arena, JOB_FUNCTION, c->team, 0, c->now_us + DAY_US, &changed));
    *execution = execution_text(c->arena, "Fx", id);
    emit_function_executed(c, &(struct ev_function_executed){
                                  .to = app->bot_user,
                                  .function = function_json(c, app, f),
                                  .inputs = given,
                                  .function_execution_id = *execution,
                                  .workflow_execution_id = execution_text(c->arena, "Wx", id),
                              });
    return OK;
}

/* --- done ----------------------------------------------------------------------------------------------------- */

/* A newer manifest may have no such function any more: then nothing is known of its outputs. */
static enum err check_outputs(struct call *c, const struct function_execution_row *row, const struct json *outputs)
{
    const struct manifest_function *f;
    struct app_row app;
    struct manifest m;
    bool found;

    TRY(sql_app_get(c->db, c->arena, row->app_id, &app, &found));
    if (!found || !manifest_read(c->arena, app.manifest, &m))
        return OK;
    f = function_find(&m, row->callback_id);
    return f ? function_check(c, outputs, f->outputs, f->n_outputs) : OK;
}

enum err function_complete(struct call *c, struct str execution, const struct json *outputs, struct str error)
{
    int64_t id = execution_id(c->arena, execution), changed;
    struct str state = outputs ? S("completed") : S("failed"), given = outputs ? json_raw(outputs) : S("");
    struct function_execution_row row;
    bool found;

    TRY(sql_function_execution_get(c->db, c->arena, id, &row, &found));
    if (!found || row.app_id != c->who.app || row.team_id != c->team)
        return ERR_FUNCTION_EXECUTION_NOT_FOUND;
    if (!str_eq(row.state, S("running")))
        return ERR_EXECUTION_NOT_IN_RUNNING_STATE;
    if (outputs)
        TRY(check_outputs(c, &row, outputs));
    TRY(sql_function_execution_end(c->db, c->arena, id, state, given, error, c->now_us, c->now_us + ENDED_KEPT_US,
                                   &changed));
    if (!changed) /* another one was first */
        return ERR_EXECUTION_NOT_IN_RUNNING_STATE;
    emit_function_execution_ended(c, &(struct ev_function_execution_ended){
                                         .to = row.user_id,
                                         .function_execution_id = execution,
                                         .app_id = row.app_id,
                                         .callback_id = row.callback_id,
                                         .state = state,
                                         .outputs = given,
                                         .error = error,
                                     });
    return OK;
}

/* --- forgotten ------------------------------------------------------------------------------------------------ */

/* Looks again each day as long as there are any; more than a portion goes in turns, so that others write in between. */
enum err function_expire(struct call *c, int64_t subject)
{
    int64_t changed, any;
    bool found;

    TRY(sql_function_execution_expire(c->db, c->arena, c->team, c->now_us, EXPIRED_AT_ONCE, &changed));
    if (changed == EXPIRED_AT_ONCE)
        return job_set(c, JOB_FUNCTION, subject, c->now_us);
    TRY(sql_function_execution_any(c->db, c->arena, c->team, &any, &found));
    return found ? job_set(c, JOB_FUNCTION, subject, c->now_us + DAY_US) : OK;
}
