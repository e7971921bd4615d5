/* Answers: their memory, and what they mean. */
#include "own.h"

enum { REPLY_ARENA_BYTES = 8192, STATUS_TOO_MANY = 429, SHOWN = 80 };

struct taut_reply_memory *reply_memory_new(struct taut *t)
{
    struct taut_reply_memory *m = t->memory.resize(t->memory.context, NULL, sizeof(*m));

    if (!m)
        return NULL;
    *m = (struct taut_reply_memory){.from = t->memory};
    m->arena = arena_new_from(&m->from, REPLY_ARENA_BYTES);
    m->body = buf_from(&m->from, t->options.max_reply_bytes);
    if (m->arena)
        return m;
    reply_memory_free(m);
    return NULL;
}

void reply_memory_free(struct taut_reply_memory *m)
{
    struct memory from;

    if (!m)
        return;
    arena_free(m->arena);
    buf_free(&m->body);
    from = m->from;
    from.resize(from.context, m, 0);
}

void taut_reply_free(void *reply)
{
    struct taut_reply *r = reply;

    if (r)
        reply_memory_free(r->memory);
}

/* What came instead of an answer. */
static enum taut_error no_reply(struct taut *t, struct taut_reply_memory *m, const char *method, int status)
{
    struct str body = buf_view(&m->body);

    if (arena_failed(m->arena))
        return no_memory(t);
    if (status == STATUS_TOO_MANY)
        return failure(t, TAUT_ERR_RATELIMITED, "%s: ratelimited: too many calls.", method);
    if (status >= 400)
        return failure(t, TAUT_BAD_REPLY, "%s: the server answered HTTP %d without JSON.", method, status);
    return failure(t, TAUT_BAD_REPLY, "%s: the answer is no JSON object: %.*s", method,
                   (int)(body.n > SHOWN ? SHOWN : body.n), body.n ? body.p : "");
}

static enum taut_error read_reply(struct taut *t, const char *method, struct taut_reply_memory *m, int status,
                                  const struct shape *shape, size_t bytes, void **reply)
{
    const struct json *json = json_parse_lenient(m->arena, buf_view(&m->body), NULL), *ok = json_get(json, S("ok"));
    struct taut_reply *r;

    if (!ok)
        return no_reply(t, m, method, status);
    if (ok->kind != JSON_TRUE)
        return failure_of_reply(t, method, json, status);
    r = arena_alloc(m->arena, bytes);
    if (!r)
        return no_memory(t);
    r->memory = m;
    r->json = json_public(json);
    r->warning = json_get_str(json, S("warning")).p;
    if (!r->warning)
        r->warning = "";
    if (shape)
        fill(m->arena, shape, json, r);
    if (arena_failed(m->arena))
        return no_memory(t);
    *reply = r;
    return TAUT_OK;
}

enum taut_error reply_read(struct taut *t, const char *method, struct taut_reply_memory *m, int status,
                           const struct shape *shape, size_t bytes, void **reply)
{
    enum taut_error e = read_reply(t, method, m, status, shape, bytes, reply);

    if (e)
        reply_memory_free(m);
    return e;
}

bool wait_for_turn(struct taut *t, const char *method, int status, int retry_after_s, int *waits)
{
    const struct taut_options *o = &t->options;
    int seconds = retry_after_s < 0 ? 1 : retry_after_s;

    if (status != STATUS_TOO_MANY)
        return false;
    t->failure.retry_after_s = seconds;
    if (*waits >= o->max_waits || seconds > o->max_wait_s || (o->on_wait && !o->on_wait(o->context, method, seconds)))
        return false;
    ++*waits;
    wait_ms((int64_t)seconds * 1000);
    return true;
}
