#include "run_match.h"

/* Where in the value we are: "messages[2].text". */
struct path {
    const struct path *up;
    struct str key;
    int index;
};

static struct str path_text(struct arena *a, const struct path *p)
{
    struct str up;

    if (!p || !p->up)
        return S("");
    up = path_text(a, p->up);
    if (!p->key.p)
        return arena_printf(a, "%.*s[%d]", STR_FMT(up), p->index);
    return arena_printf(a, "%.*s%s%.*s", STR_FMT(up), up.n ? "." : "", STR_FMT(p->key));
}

static bool differ(struct match *m, const struct path *p, struct str want, struct str got)
{
    struct str where = path_text(m->arena, p);

    if (!where.n)
        where = S("the whole");
    report_fail(m->report, "%.*s: expected %.*s, got %.*s", STR_FMT(where), STR_FMT(want), STR_FMT(got));
    return false;
}

static bool match_value(struct match *m, const struct path *p, const struct json *want, const struct json *got);

static bool match_string(struct match *m, const struct path *p, const struct json *want, const struct json *got)
{
    struct str name = vars_name_of(want->text), unbound, text;

    if (str_eq(name, S("_")))
        return true;
    if (got->kind != JSON_STRING)
        return differ(m, p, json_raw(want), json_raw(got));
    if (name.n && !vars_get(m->vars, name)) {
        vars_set(m->vars, name, got->text);
        return true;
    }
    text = vars_replace(m->vars, m->arena, want->text, false, &unbound);
    if (str_eq(text, got->text))
        return true;
    return differ(m, p, arena_printf(m->arena, "\"%.*s\"", STR_FMT(text)), json_raw(got));
}

static bool match_array(struct match *m, const struct path *p, const struct json *want, const struct json *got)
{
    const struct json *w = json_child(want), *g = json_child(got);
    bool same = true;

    for (uint32_t i = 0; i < want->count; i++, w = json_next(w)) {
        struct path at = {.up = p, .index = (int)i};
        if (i + 1 == want->count && w->kind == JSON_STRING && str_eq(w->text, S("...")))
            return same;
        if (i == got->count)
            return differ(m, &at, json_raw(w), S("nothing"));
        same &= match_value(m, &at, w, g);
        g = json_next(g);
    }
    if (got->count > want->count) {
        struct path at = {.up = p, .index = (int)want->count};
        return differ(m, &at, S("no more elements"), json_raw(g));
    }
    return same;
}

/* Keys may be written as $names. */
static bool wants_key(struct match *m, const struct json *want, struct str got)
{
    const struct json *key = json_child(want);
    struct str unbound;

    for (uint32_t i = 0; i < want->count; i++, key = json_next(json_next(key)))
        if (str_eq(vars_replace(m->vars, m->arena, key->text, false, &unbound), got))
            return true;
    return false;
}

static bool match_no_others(struct match *m, const struct path *p, const struct json *want, const struct json *got)
{
    const struct json *key = json_child(got);
    bool same = true;

    for (uint32_t i = 0; i < got->count; i++, key = json_next(json_next(key))) {
        struct path at = {.up = p, .key = key->text};
        if (!wants_key(m, want, key->text))
            same = differ(m, &at, S("no such key"), json_raw(json_next(key)));
    }
    return same;
}

static bool match_object(struct match *m, const struct path *p, const struct json *want, const struct json *got)
{
    const struct json *key = json_child(want);
    bool same = true;

    for (uint32_t i = 0; i < want->count; i++, key = json_next(json_next(key))) {
        struct str unbound, name = vars_replace(m->vars, m->arena, key->text, false, &unbound);
        const struct json *value = json_get(got, name);
        struct path at = {.up = p, .key = name};
        if (value)
            same &= match_value(m, &at, json_next(key), value);
        else
            same = differ(m, &at, json_raw(json_next(key)), S("nothing"));
    }
    return (!m->exact || match_no_others(m, p, want, got)) && same;
}

static bool match_value(struct match *m, const struct path *p, const struct json *want, const struct json *got)
{
    if (want->kind == JSON_STRING)
        return match_string(m, p, want, got);
    if (want->kind != got->kind)
        return differ(m, p, json_raw(want), json_raw(got));
    if (want->kind == JSON_ARRAY)
        return match_array(m, p, want, got);
    if (want->kind == JSON_OBJECT)
        return match_object(m, p, want, got);
    return want->kind != JSON_NUMBER || str_eq(want->text, got->text) || differ(m, p, want->text, got->text);
}

bool match_json(struct match *m, const struct json *want, const struct json *got)
{
    struct path root = {0};

    return match_value(m, &root, want, got);
}
