#include "api/args.h"

#include "api/values.h"
#include "base/utf8.h"
#include "methods.h"

/* Where a value of type T goes in the argument struct. */
#define FIELD(T, args, at) (*(T *)(void *)((char *)(args) + (at)))

static enum err missing(struct call *c, const struct arg_spec *s)
{
    if (s->missing == ERR_INVALID_ARGUMENTS)
        return call_invalid(c, "missing required field: %.*s", STR_FMT(s->name));
    return s->missing;
}

static enum err bad(struct call *c, const struct arg_spec *s)
{
    if (s->bad == ERR_INVALID_ARGUMENTS)
        return call_invalid(c, "invalid value [arg:%.*s]", STR_FMT(s->name));
    return s->bad;
}

static bool in_values(const struct arg_spec *s, struct str text)
{
    for (int i = 0; i < s->n_values; i++)
        if (str_eq(s->values[i], text))
            return true;
    return s->n_values == 0;
}

static enum err read_text(struct call *c, const struct arg_spec *s, const struct input_arg *arg, void *args)
{
    struct str text;

    if (!value_text(arg, &text) || !utf8_valid(text) || !in_values(s, text))
        return bad(c, s);
    if (s->max != INT64_MAX && utf8_count(text) > (uint64_t)s->max)
        return bad(c, s);
    FIELD(struct str, args, s->offset) = text;
    return OK;
}

static enum err read_int(struct call *c, const struct arg_spec *s, const struct input_arg *arg, void *args)
{
    int64_t v;

    if (!value_int(arg, &v) || v < s->min || v > s->max)
        return bad(c, s);
    FIELD(int64_t, args, s->offset) = v;
    return OK;
}

/* Page sizes that are no use are adjusted, not refused (limits.md "Paging"). */
static enum err read_limit(struct call *c, const struct arg_spec *s, const struct input_arg *arg, void *args)
{
    const struct method *m = c->method;
    int64_t v = 0;

    if (arg && !value_int(arg, &v))
        v = 0;
    if (v <= 0)
        v = m->limit_default;
    FIELD(int64_t, args, s->offset) = v > m->limit_max ? m->limit_max : v;
    return OK;
}

static enum err read_list(struct call *c, const struct arg_spec *s, const struct input_arg *arg, void *args)
{
    struct str_list list;

    if (!value_list(c->arena, arg, &list))
        return bad(c, s);
    if (s->max != INT64_MAX && list.n > s->max)
        return bad(c, s);
    FIELD(struct str_list, args, s->offset) = list;
    return OK;
}

static enum err read_one(struct call *c, const struct arg_spec *s, const struct input_arg *arg, void *args)
{
    switch (s->type) {
    case ARG_STRING:
    case ARG_ID:
        return read_text(c, s, arg, args);
    case ARG_BOOL:
        return value_bool(arg, &FIELD(bool, args, s->offset)) ? OK : bad(c, s);
    case ARG_INT:
        return read_int(c, s, arg, args);
    case ARG_LIMIT:
        return read_limit(c, s, arg, args);
    case ARG_TS:
        return value_ts(arg, &FIELD(int64_t, args, s->offset)) ? OK : bad(c, s);
    case ARG_LIST:
        return read_list(c, s, arg, args);
    case ARG_JSON:
        return value_json(c->arena, arg, &FIELD(const struct json *, args, s->offset)) ? OK : bad(c, s);
    }
    return bad(c, s);
}

/* An empty text is a value for strings (it clears a topic) and nothing for every other type. */
static bool is_given(const struct arg_spec *s, const struct input_arg *arg)
{
    if (s->type == ARG_STRING && arg && !(arg->json && arg->json->kind == JSON_NULL))
        return true;
    return !value_absent(arg);
}

static bool takes_composite(enum arg_type type)
{
    return type == ARG_JSON || type == ARG_LIST;
}

static enum err read_arg(struct call *c, const struct arg_spec *s, const struct input *in, void *args)
{
    const struct input_arg *arg = input_get(in, s->name);
    struct input_arg preset = {.name = s->name, .text = str_c(s->preset)};

    if (s->fixed)
        return read_one(c, s, &preset, args);
    if (arg && value_is_composite(arg) && !takes_composite(s->type))
        return ERR_INVALID_ARRAY_ARG;
    if (is_given(s, arg)) {
        FIELD(bool, args, s->has_offset) = true;
        return read_one(c, s, arg, args);
    }
    if (s->required)
        return missing(c, s);
    if (s->type == ARG_LIMIT)
        return read_limit(c, s, NULL, args);
    return s->preset ? read_one(c, s, &preset, args) : OK;
}

enum err args_read(struct call *c, const struct input *in, const void **out)
{
    const struct method *m = c->method;
    void *args = arena_alloc(c->arena, m->args_bytes);

    *out = args;
    for (int i = 0; i < m->n_args; i++)
        TRY(read_arg(c, &m->args[i], in, args));
    return OK;
}
