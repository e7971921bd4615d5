/* The reader: one pass, strict, into a flat array of nodes. */
#include "base/json.h"

#include "base/utf8.h"

enum { FIRST_NODES = 32, SCAN_MEMBERS = 16 };

struct reader {
    struct arena *arena;
    const char *p, *start, *end;
    struct json *nodes;
    uint32_t n, cap;
    bool lenient;
};

static bool read_value(struct reader *r, int depth);

static void skip_space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
        r->p++;
}

static bool grow_nodes(struct reader *r)
{
    uint32_t cap = r->cap * 2;
    struct json *nodes = (struct json *)(void *)arena_bytes(r->arena, cap * sizeof(*nodes));

    if (!nodes)
        return false;
    memcpy(nodes, r->nodes, r->n * sizeof(*nodes));
    r->nodes = nodes;
    r->cap = cap;
    return true;
}

/* A new node, at *at, because the array moves when it grows; false when there is no memory. */
static bool add_node(struct reader *r, enum json_kind kind, uint32_t *at)
{
    if (r->n == r->cap && !grow_nodes(r))
        return false;
    r->nodes[r->n] = (struct json){.kind = kind, .span = 1};
    *at = r->n++;
    return true;
}

/* --- strings -------------------------------------------------------------------------------------------------- */

/* The four digits after \u; -1 when they are none. */
static int32_t read_hex4(struct reader *r)
{
    int32_t v = 0;

    if (r->end - r->p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(r->p[i]);
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    r->p += 4;
    return v;
}

/* After "\u": one code point, from a surrogate pair where there is one; 0 when it is no number, and when it is U+0000
 * or a lone half, for which the lenient reader has U+FFFD. */
static uint32_t read_escape_u(struct reader *r)
{
    int32_t high = read_hex4(r), low;
    uint32_t lone = r->lenient ? 0xFFFD : 0;
    const char *behind = r->p;

    if (high < 0)
        return 0;
    if (high == 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return lone;
    if (high < 0xD800 || high > 0xDBFF)
        return (uint32_t)high;
    if (r->end - r->p < 2 || r->p[0] != '\\' || r->p[1] != 'u')
        return lone;
    r->p += 2;
    low = read_hex4(r);
    if (low < 0xDC00 || low > 0xDFFF) {
        r->p = behind; /* an escape of its own */
        return lone;
    }
    return 0x10000 + (((uint32_t)high & 0x3FF) << 10) + ((uint32_t)low & 0x3FF);
}

static char short_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return 0;
    }
}

/* The rest of a string, from its first escape on; begin is where the string began. */
static bool read_escaped(struct reader *r, const char *begin, struct str *out)
{
    const char *quote = r->p;
    char *to, *text;

    /* Decoded text is never longer than its source. */
    while (quote < r->end && *quote != '"')
        quote += *quote == '\\' ? 2 : 1;
    if (quote >= r->end)
        return false;
    text = to = arena_bytes(r->arena, (size_t)(quote - begin));
    if (!text)
        return false;
    memcpy(to, begin, (size_t)(r->p - begin));
    to += r->p - begin;
    while (r->p < quote) {
        char c = *r->p++;
        if ((unsigned char)c < 0x20)
            return false;
        if (c != '\\') {
            *to++ = c;
            continue;
        }
        c = *r->p++;
        if (c == 'u') {
            uint32_t cp = read_escape_u(r);
            if (!cp)
                return false;
            to += utf8_encode(cp, to);
        } else {
            if (!(*to++ = short_escape(c)))
                return false;
        }
    }
    r->p = quote + 1;
    *to = '\0'; /* there is room: an escape is longer than what it stands for */
    *out = str_of(text, (size_t)(to - text));
    return true;
}

/* Bytes that end a run of plain ones: quote, backslash, control. */
static const char *plain_run(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t w, quotes, slashes, high = UINT64_C(0x8080808080808080), low = UINT64_C(0x0101010101010101);
        memcpy(&w, p, 8);
        quotes = w ^ (low * '"');
        slashes = w ^ (low * '\\');
        if ((((quotes - low) & ~quotes) | ((slashes - low) & ~slashes) | ((w - low * 0x20) & ~w)) & high)
            break;
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

/* At the opening quote. */
static bool read_string(struct reader *r, struct str *out)
{
    const char *begin = ++r->p;

    r->p = plain_run(r->p, r->end);
    if (r->p < r->end && *r->p == '\\')
        return read_escaped(r, begin, out);
    if (r->p >= r->end || *r->p != '"')
        return false;
    *out = str_of(begin, (size_t)(r->p - begin));
    r->p++;
    if (r->lenient)
        out->p = arena_cstr(r->arena, *out);
    return out->p;
}

static bool read_string_node(struct reader *r)
{
    const char *begin = r->p;
    struct str text;
    uint32_t at;

    if (!read_string(r, &text) || !add_node(r, JSON_STRING, &at))
        return false;
    r->nodes[at].text = text;
    r->nodes[at].raw = str_of(begin, (size_t)(r->p - begin));
    return true;
}

/* --- numbers and words ---------------------------------------------------------------------------------------- */

static bool digits(struct reader *r)
{
    const char *begin = r->p;

    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    return r->p > begin;
}

static bool read_number(struct reader *r)
{
    const char *begin = r->p;
    uint32_t at;

    if (*r->p == '-')
        r->p++;
    if (r->p < r->end && *r->p == '0')
        r->p++;
    else if (!digits(r))
        return false;
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        if (!digits(r))
            return false;
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
            r->p++;
        if (!digits(r))
            return false;
    }
    if (!add_node(r, JSON_NUMBER, &at))
        return false;
    r->nodes[at].text = r->nodes[at].raw = str_of(begin, (size_t)(r->p - begin));
    return true;
}

static bool read_word(struct reader *r, struct str word, enum json_kind kind)
{
    uint32_t at;

    if (!str_starts(str_of(r->p, (size_t)(r->end - r->p)), word) || !add_node(r, kind, &at))
        return false;
    r->nodes[at].text = r->nodes[at].raw = str_of(r->p, word.n);
    r->p += word.n;
    return true;
}

/* --- arrays and objects --------------------------------------------------------------------------------------- */

static uint64_t hash(struct str s)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001B3);
    return h ^ (h >> 29);
}

/* Few members are compared with each other; many go through a table, so that a large object costs no more than its
 * size. */
static bool keys_differ_scan(const struct json *obj)
{
    const struct json *a = json_child(obj);

    for (uint32_t i = 0; i < obj->count; i++, a = json_next(json_next(a))) {
        const struct json *b = json_child(obj);
        for (uint32_t j = 0; j < i; j++, b = json_next(json_next(b)))
            if (str_eq(a->text, b->text))
                return false;
    }
    return true;
}

static bool keys_differ(struct reader *r, const struct json *obj)
{
    const struct json **table, *key = json_child(obj);
    uint64_t slots = 64;

    if (r->lenient)
        return true;
    if (obj->count <= SCAN_MEMBERS)
        return keys_differ_scan(obj);
    while (slots < (uint64_t)obj->count * 2)
        slots *= 2;
    table = ARENA_ARRAY(r->arena, const struct json *, slots);
    if (!table)
        return false;
    for (uint32_t i = 0; i < obj->count; i++, key = json_next(json_next(key))) {
        uint64_t at = hash(key->text) & (slots - 1);
        for (; table[at]; at = (at + 1) & (slots - 1))
            if (str_eq(table[at]->text, key->text))
                return false;
        table[at] = key;
    }
    return true;
}

static bool read_key(struct reader *r)
{
    if (r->p >= r->end || *r->p != '"' || !read_string_node(r))
        return false;
    skip_space(r);
    if (r->p >= r->end || *r->p != ':')
        return false;
    r->p++;
    return true;
}

/* Members between the brackets; the opening one is at r->p. */
static bool read_members(struct reader *r, uint32_t at, char close, int depth)
{
    bool object = close == '}';

    r->p++;
    skip_space(r);
    if (r->p < r->end && *r->p == close) {
        r->p++;
        return true;
    }
    for (;;) {
        skip_space(r);
        if (object && !read_key(r))
            return false;
        if (!read_value(r, depth + 1))
            return false;
        r->nodes[at].count++;
        skip_space(r);
        if (r->p >= r->end)
            return false;
        if (*r->p == close) {
            r->p++;
            return true;
        }
        if (*r->p++ != ',')
            return false;
    }
}

static bool read_container(struct reader *r, int depth)
{
    const char *begin = r->p;
    bool object = *r->p == '{';
    uint32_t at;

    if (depth >= JSON_DEPTH || !add_node(r, object ? JSON_OBJECT : JSON_ARRAY, &at))
        return false;
    if (!read_members(r, at, object ? '}' : ']', depth))
        return false;
    r->nodes[at].span = r->n - at;
    r->nodes[at].text = r->nodes[at].raw = str_of(begin, (size_t)(r->p - begin));
    return !object || keys_differ(r, &r->nodes[at]);
}

static bool read_value(struct reader *r, int depth)
{
    skip_space(r);
    if (r->p >= r->end)
        return false;
    switch (*r->p) {
    case '{':
    case '[':
        return read_container(r, depth);
    case '"':
        return read_string_node(r);
    case 't':
        return read_word(r, S("true"), JSON_TRUE);
    case 'f':
        return read_word(r, S("false"), JSON_FALSE);
    case 'n':
        return read_word(r, S("null"), JSON_NULL);
    default:
        return (*r->p == '-' || (*r->p >= '0' && *r->p <= '9')) && read_number(r);
    }
}

static const struct json *parse(struct arena *a, struct str text, size_t *at, bool lenient)
{
    struct reader r = {.arena = a, .p = text.p, .start = text.p, .end = text.p + text.n, .cap = FIRST_NODES};
    bool ok = text.n > 0 && utf8_valid(text);

    r.lenient = lenient;
    r.nodes = (struct json *)(void *)arena_bytes(a, r.cap * sizeof(*r.nodes));
    if (ok && r.nodes) {
        ok = read_value(&r, 0);
        skip_space(&r);
        ok = ok && r.p == r.end;
    }
    if (!ok && at)
        *at = text.n ? (size_t)(r.p - r.start) : 0;
    return ok ? r.nodes : NULL;
}

const struct json *json_parse(struct arena *a, struct str text, size_t *at)
{
    return parse(a, text, at, false);
}

const struct json *json_parse_lenient(struct arena *a, struct str text, size_t *at)
{
    return parse(a, text, at, true);
}

/* --- looking at values ---------------------------------------------------------------------------------------- */

const struct json *json_get(const struct json *obj, struct str key)
{
    const struct json *k;

    if (!obj || obj->kind != JSON_OBJECT)
        return NULL;
    k = json_child(obj);
    for (uint32_t i = 0; i < obj->count; i++, k = json_next(json_next(k)))
        if (str_eq(k->text, key))
            return json_next(k);
    return NULL;
}

struct str json_get_str(const struct json *obj, struct str key)
{
    const struct json *v = json_get(obj, key);

    return v && v->kind == JSON_STRING ? v->text : S("");
}

bool json_i64(const struct json *j, int64_t *out)
{
    struct str text;

    if (!j || (j->kind != JSON_NUMBER && j->kind != JSON_STRING))
        return false;
    text = j->text;
    if (str_ends(text, S(".0")))
        text.n -= 2;
    return str_to_i64(text, out);
}
