/* Calls: from arguments to a request, and again when the server said later. */
#include "calls.h"

#include <inttypes.h>
#include <stdio.h>

#include "own.h"

#include <taut/analytics.h>

enum { FORM_MAX_BYTES = 64 << 20, NUMBER_MAX = 24, PAIRS_ARENA_BYTES = 4096 };

/* --- arguments ------------------------------------------------------------------------------------------------- */

static const char *number(struct arena *a, int64_t v)
{
    char *text = arena_bytes(a, NUMBER_MAX);

    if (text)
        snprintf(text, NUMBER_MAX, "%" PRId64, v == TAUT_ZERO ? 0 : v);
    return text;
}

/* The value as text; NULL: it is not sent. */
static const char *value_of(struct arena *a, const struct arg *arg, const void *at)
{
    const char *text = NULL;
    enum taut_bool b;
    int64_t v;

    switch (arg->kind) {
    case ARG_TEXT:
        memcpy(&text, at, sizeof(text));
        return text;
    case ARG_BOOL:
        memcpy(&b, at, sizeof(b));
        return b == TAUT_UNSET ? NULL : b == TAUT_FALSE ? "false" : "true";
    case ARG_INT:
    case ARG_INT_REQUIRED:
        memcpy(&v, at, sizeof(v));
        return v == 0 && arg->kind == ARG_INT ? NULL : number(a, v);
    case ARG_SOURCE:
        break;
    }
    return NULL;
}

static int args_pairs(struct arena *a, const struct method *m, const void *args, struct taut_pair **pairs,
                      const struct taut_source **source, const char **part)
{
    struct taut_pair *list = ARENA_ARRAY(a, struct taut_pair, m->n_args + 1);
    int n = 0;

    *pairs = list;
    *source = NULL;
    *part = NULL;
    for (int i = 0; list && args && i < m->n_args; i++) {
        const struct arg *arg = &m->args[i];
        const void *at = (const char *)args + arg->at;
        if (arg->kind == ARG_SOURCE && ((const struct taut_source *)at)->read) {
            *source = at;
            *part = arg->name;
        }
        list[n] = (struct taut_pair){arg->name, value_of(a, arg, at)};
        n += list[n].value != NULL;
    }
    return n;
}

/* --- requests -------------------------------------------------------------------------------------------------- */

/* A call under way: one request, or several when it has to wait. */
struct call {
    const struct taut_request *request;
    const struct shape *shape;
    size_t reply_bytes;
    struct buf url, body;
};

enum taut_error request_make(struct taut *t, const struct taut_request *q, struct buf *url, struct buf *body,
                             struct http_request *r)
{
    if (!q->method || q->method[strcspn(q->method, "/?#% ")])
        return failure(t, TAUT_BAD_ARGUMENT, "A method is a name such as chat.postMessage.");
    buf_printf(url, "%s%s", t->url, q->method);
    for (int i = 0; i < q->n_args && !q->part && !q->json; i++)
        if (q->args[i].value)
            form_put(body, q->args[i].name, q->args[i].value);
    if (q->json)
        buf_str(body, str_c(q->json));
    if (url->over || body->over)
        return no_memory(t);
    *r = (struct http_request){.url = url->p,
                               .bearer = t->token,
                               .body = buf_view(body),
                               .content_type =
                                   q->json ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded"};
    if (q->part) {
        r->content_type = NULL;
        r->part = q->part;
        r->source = &q->source;
        r->fields = q->args;
        r->n_fields = q->n_args;
        r->transfer = true;
    }
    return TAUT_OK;
}

static enum taut_error try_call(struct taut *t, struct call *c, void **reply)
{
    struct http_request r;
    struct http_answer answer;
    struct taut_reply_memory *m;
    int waits = 0;
    enum taut_error e = request_make(t, c->request, &c->url, &c->body, &r);

    if (e)
        return e;
    m = reply_memory_new(t);
    if (!m)
        return no_memory(t);
    for (;;) {
        answer = (struct http_answer){.body = &m->body};
        e = http_do(t, &r, &answer);
        /* What a source has given it does not give twice. */
        if (e || r.source || !wait_for_turn(t, c->request->method, answer.status, answer.retry_after_s, &waits))
            break;
        m->body.n = 0;
    }
    if (!e)
        return reply_read(t, c->request->method, m, answer.status, c->shape, c->reply_bytes, reply);
    reply_memory_free(m);
    return e;
}

static enum taut_error call(struct taut *t, const struct taut_request *q, const struct shape *shape, size_t reply_bytes,
                            void **reply)
{
    struct call c = {.request = q, .shape = shape, .reply_bytes = reply_bytes};
    void *got = NULL;
    enum taut_error e;

    failure_clear(t);
    c.url = buf_from(&t->memory, 1 << 16);
    c.body = buf_from(&t->memory, FORM_MAX_BYTES);
    e = try_call(t, &c, &got);
    buf_free(&c.url);
    buf_free(&c.body);
    if (reply)
        *reply = got;
    else
        taut_reply_free(got);
    return e;
}

enum taut_error taut_call(struct taut *t, const struct taut_request *request, struct taut_reply **reply)
{
    void *got;
    enum taut_error e = call(t, request, NULL, sizeof(struct taut_reply), &got);

    if (reply)
        *reply = got;
    else
        taut_reply_free(got);
    return e;
}

/* The arguments of a typed call as a request, in the arena; false: there is no memory. */
static bool typed_request(struct arena *a, const struct method *m, const void *args, struct taut_request *q)
{
    const struct taut_source *source = NULL;
    struct taut_pair *pairs = NULL;

    *q = (struct taut_request){.method = m->name};
    if (!a)
        return false;
    q->n_args = args_pairs(a, m, args, &pairs, &source, &q->part);
    q->args = pairs;
    if (source)
        q->source = *source;
    return !arena_failed(a);
}

enum taut_error call_typed(struct taut *t, const struct method *m, const void *args, void **reply)
{
    struct arena *a = arena_new_from(&t->memory, PAIRS_ARENA_BYTES);
    struct taut_request q;
    enum taut_error e;

    failure_clear(t);
    if (reply)
        *reply = NULL;
    e = typed_request(a, m, args, &q) ? call(t, &q, m->reply, m->reply->bytes, reply) : no_memory(t);
    arena_free(a);
    return e;
}

enum taut_error rows_typed(struct taut *t, const struct method *m, const void *args, struct taut_rows **rows)
{
    struct arena *a = arena_new_from(&t->memory, PAIRS_ARENA_BYTES);
    struct taut_request q;
    enum taut_error e;

    failure_clear(t);
    *rows = NULL;
    e = typed_request(a, m, args, &q) ? taut_rows_call(t, &q, rows) : no_memory(t);
    arena_free(a);
    return e;
}
