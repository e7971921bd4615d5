#include "run_vars.h"

#include "base/buf.h"
#include "base/id.h"
#include "base/json.h"

enum { TEXT_MAX = 16 << 20 };

const struct var *vars_get(const struct vars *v, struct str name)
{
    const struct var *var = v->first;

    while (var && !str_eq(var->name, name))
        var = var->next;
    return var;
}

void vars_set(struct vars *v, struct str name, struct str value)
{
    struct var *var = ARENA_NEW(v->arena, struct var);

    *var = (struct var){v->first, arena_dup(v->arena, name), arena_dup(v->arena, value)};
    v->first = var;
}

void vars_set_id(struct vars *v, struct str name, int64_t id)
{
    char text[ID_MAX];

    vars_set(v, name, str_of(text, id_format(id, text)));
}

static bool is_name_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/* The name at the beginning of text. */
static struct str name_at(struct str text)
{
    size_t n = 0;

    while (n < text.n && is_name_char(text.p[n], n == 0))
        n++;
    return str_head(text, n);
}

struct str vars_name_of(struct str text)
{
    struct str name = name_at(str_skip(text, 1));

    return text.n > 1 && text.p[0] == '$' && name.n == text.n - 1 ? name : S("");
}

static void put_quoted(struct buf *b, struct arena *a, struct str value)
{
    struct buf text = buf_in(a, TEXT_MAX);

    json_quote(&text, value);
    buf_str(b, str_of(text.p + 1, text.n - 2));
}

struct str vars_replace(const struct vars *v, struct arena *a, struct str text, bool quoted, struct str *unbound)
{
    struct buf b = buf_in(a, TEXT_MAX);

    *unbound = S("");
    while (text.n) {
        struct str name = text.p[0] == '$' ? name_at(str_skip(text, 1)) : S("");
        const struct var *var = name.n ? vars_get(v, name) : NULL;

        if (var && quoted)
            put_quoted(&b, a, var->value);
        else if (var)
            buf_str(&b, var->value);
        else
            buf_str(&b, str_head(text, 1 + name.n));
        if (name.n && !var && !unbound->n)
            *unbound = name;
        text = str_skip(text, 1 + name.n);
    }
    return buf_view(&b);
}
