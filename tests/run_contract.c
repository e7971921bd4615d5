#include "run_contract.h"

#include "base/clock.h"
#include "base/id.h"
#include "methods.h"
#include "replies.h"

/* Replies may hold these without saying so. */
static const struct reply_field metadata_fields[] = {
    {"next_cursor", REPLY_STRING, .required = false},
    {"messages", REPLY_STRING, .array = true},
    {"warnings", REPLY_STRING, .array = true},
    {.name = NULL},
};
static const struct reply_field success_fields[] = {
    {"ok", REPLY_BOOL, .required = true},
    {"warning", REPLY_STRING, .required = false},
    {"response_metadata", REPLY_OBJECT, .fields = metadata_fields},
    {.name = NULL},
};
static const struct reply_field error_fields[] = {
    {"ok", REPLY_BOOL, .required = true},
    {"error", REPLY_STRING, .required = true},
    {"needed", REPLY_STRING, .required = false},
    {"provided", REPLY_STRING, .required = false},
    {"req_method", REPLY_STRING, .required = false},
    {"warning", REPLY_STRING, .required = false},
    {"response_metadata", REPLY_OBJECT, .fields = metadata_fields},
    {.name = NULL},
};

struct place {
    const struct place *up;
    const char *key;
};

struct check {
    struct report *report;
    struct arena *arena;
};

static struct str place_text(struct arena *a, const struct place *p)
{
    if (!p->up || !p->up->key)
        return str_c(p->key);
    return ARENA_JOIN(a, place_text(a, p->up), S("."), str_c(p->key));
}

static void broken(struct check *c, const struct place *p, const char *what, const struct json *v)
{
    struct str place = place_text(c->arena, p), value = v ? json_raw(v) : S("");

    report_fail(c->report, "reply against catalogue: %.*s %s%s%.*s", STR_FMT(place), what, v ? ": " : "",
                STR_FMT(value));
}

static const struct reply_field *field_find(const struct reply_field *f, struct str name)
{
    for (; f && f->name; f++)
        if (str_eq(str_c(f->name), name))
            return f;
    return NULL;
}

static bool is_integer(const struct json *v)
{
    int64_t n;

    return v->kind == JSON_NUMBER && json_i64(v, &n);
}

static bool is_ts(const struct json *v)
{
    int64_t us;

    return v->kind == JSON_STRING && v->text.n > 7 && v->text.p[v->text.n - 7] == '.' && ts_parse(v->text, &us);
}

/* Where an id always stands it is empty when there is none (a topic nobody set); an object's own id never
 * is. */
static bool is_id(const struct reply_field *f, const struct json *v)
{
    if (v->kind != JSON_STRING)
        return false;
    return id_parse(v->text) || (v->text.n == 0 && f->required && !f->array && strcmp(f->name, "id") != 0);
}

static bool is_of_type(const struct reply_field *f, const struct json *v)
{
    switch (f->type) {
    case REPLY_STRING:
        return v->kind == JSON_STRING;
    case REPLY_INT:
        return is_integer(v);
    case REPLY_BOOL:
        return v->kind == JSON_TRUE || v->kind == JSON_FALSE;
    case REPLY_TS:
        return is_ts(v);
    case REPLY_ID:
        return is_id(f, v);
    case REPLY_OBJECT:
    case REPLY_MAP:
        return v->kind == JSON_OBJECT;
    case REPLY_JSON:
        return true;
    }
    return false;
}

static const char *type_name(enum reply_type type)
{
    static const char *const names[] = {
        [REPLY_STRING] = "is no string", [REPLY_INT] = "is no integer", [REPLY_BOOL] = "is no bool",
        [REPLY_TS] = "is no ts",         [REPLY_ID] = "is no id",       [REPLY_OBJECT] = "is no object",
        [REPLY_MAP] = "is no object",
    };

    return names[type];
}

static void check_object(struct check *c, const struct place *p, const struct json *v, const struct reply_field *own,
                         const struct reply_field *implied);

static void check_one(struct check *c, const struct place *p, const struct reply_field *f, const struct json *v)
{
    if (!is_of_type(f, v))
        broken(c, p, type_name(f->type), v);
    else if (f->type == REPLY_OBJECT && f->fields)
        check_object(c, p, v, f->fields, NULL);
}

static void check_field(struct check *c, const struct place *p, const struct reply_field *f, const struct json *v)
{
    const struct json *element;

    if (v->kind == JSON_NULL && f->nullable)
        return;
    if (!f->array) {
        check_one(c, p, f, v);
        return;
    }
    if (v->kind != JSON_ARRAY) {
        broken(c, p, "is no array", v);
        return;
    }
    element = json_child(v);
    for (uint32_t i = 0; i < v->count; i++, element = json_next(element))
        check_one(c, p, f, element);
}

static void check_present(struct check *c, const struct place *p, const struct json *v, const struct reply_field *f)
{
    for (; f && f->name; f++) {
        struct place at = {p, f->name};
        if (f->required && !json_get(v, str_c(f->name)))
            broken(c, &at, "is missing", NULL);
    }
}

static void check_object(struct check *c, const struct place *p, const struct json *v, const struct reply_field *own,
                         const struct reply_field *implied)
{
    const struct json *key = json_child(v);

    for (uint32_t i = 0; i < v->count; i++, key = json_next(json_next(key))) {
        const struct reply_field *f = field_find(own, key->text);
        struct place at = {p, arena_cstr(c->arena, key->text)};
        if (!f)
            f = field_find(implied, key->text);
        if (f)
            check_field(c, &at, f, json_next(key));
        else
            broken(c, &at, "is no declared key", json_next(key));
    }
    check_present(c, p, v, own);
    check_present(c, p, v, implied);
}

static const struct reply_field *fields_of(struct str method)
{
    for (int i = 0; i < replies_n; i++)
        if (str_eq(str_c(replies[i].method), method))
            return replies[i].fields;
    return NULL;
}

/* A method's own keys of an error are all optional: conversations.invite tells of each person. */
static void check_error_keys(struct check *c, const struct json *v, const struct reply_field *own)
{
    const struct json *key = json_child(v);
    struct place root = {0};

    for (uint32_t i = 0; i < v->count; i++, key = json_next(json_next(key))) {
        const struct reply_field *f = field_find(error_fields, key->text);
        struct place at = {&root, arena_cstr(c->arena, key->text)};
        if (!f)
            f = field_find(own, key->text);
        if (f)
            check_field(c, &at, f, json_next(key));
        else
            broken(c, &at, "is no key of an error", json_next(key));
    }
    check_present(c, &root, v, error_fields);
}

static enum err error_of(struct str name)
{
    enum err e = OK + 1;

    while (e < ERRORS_N && !str_eq(str_c(err_name(e)), name))
        e++;
    return e;
}

static void check_error(struct report *r, const struct api_request *req, struct str name, enum err *result)
{
    const struct method *m = method_find(req->method);
    enum err e = error_of(name);

    *result = ERRORS_N;
    if (e == ERRORS_N && str_eq(req->method, S("api.test")))
        return;
    *result = e;
    if (e == ERRORS_N)
        report_fail(r, "reply against catalogue: error %.*s is not in errors.json", STR_FMT(name));
    else if (!err_shared(e) && !(m && method_declares(m, e)))
        report_fail(r, "reply against catalogue: %.*s does not declare the error %.*s", STR_FMT(req->method),
                    STR_FMT(name));
    else if (req->reply.status != err_http(e))
        report_fail(r, "HTTP status of %.*s: expected %d, got %d", STR_FMT(name), err_http(e), req->reply.status);
}

void contract_check(struct report *r, const struct api_request *req, const struct json *reply, enum err *result)
{
    const struct json *ok = json_get(reply, S("ok"));
    struct check c = {r, req->arena};
    struct place root = {0};

    *result = ERRORS_N;
    if (!ok || (ok->kind != JSON_TRUE && ok->kind != JSON_FALSE)) {
        report_fail(r, "the reply has no \"ok\"");
    } else if (ok->kind == JSON_TRUE) {
        *result = OK;
        check_object(&c, &root, reply, fields_of(req->method), success_fields);
        if (req->reply.status != 200)
            report_fail(r, "HTTP status of a success: expected 200, got %d", req->reply.status);
    } else {
        check_error_keys(&c, reply, fields_of(req->method));
        check_error(r, req, json_get_str(reply, S("error")), result);
    }
}
