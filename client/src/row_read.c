#include "row_read.h"

static uint64_t word(const char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof(w));
    return w;
}

static void make_key(struct row_key *k, const struct field *f)
{
    char text[ROW_KEY_WORDS * 8] = "\"", ones[8] = {0};
    size_t n = f->name_n + 3u;

    memcpy(text + 1, f->name, f->name_n);
    memcpy(text + 1 + f->name_n, "\":", 2);
    k->n = (uint8_t)n;
    k->n_words = (uint8_t)((n + 7) / 8);
    memcpy(k->words, text, sizeof(k->words));
    memset(ones, 0xFF, n % 8 ? n % 8 : 8);
    k->last = word(ones);
    k->at = (uint16_t)f->at;
    k->kind = (uint8_t)f->kind;
}

bool row_reader_init(struct row_reader *r, const struct shape *shape)
{
    r->shape = shape;
    if (shape->n > ROW_FIELDS_MAX)
        return false;
    for (int i = 0; i < shape->n; i++) {
        if (shape->fields[i].name_n + 3u > sizeof(r->keys[i].words))
            return false;
        make_key(&r->keys[i], &shape->fields[i]);
        r->after[i] = (uint8_t)(i + 1 < shape->n ? i + 1 : 0);
    }
    r->after[shape->n] = 0;
    return true;
}

/* Reads behind end, but not by more than ROW_SLACK: a key that begins before end holds no NUL. */
static inline bool is_key(const struct row_key *k, const char *p)
{
    int i = 0;

    for (; i < k->n_words - 1; i++)
        if (word(p + 8 * i) != k->words[i])
            return false;
    return ((word(p + 8 * i) ^ k->words[i]) & k->last) == 0;
}

/* The high bit of each byte that is a quote, a backslash, a control or not ASCII; above the lowest of them also of
 * others. */
static uint64_t special_bytes(uint64_t w)
{
    const uint64_t low = UINT64_C(0x0101010101010101), high = low << 7;
    uint64_t quotes = w ^ low * '"', slashes = w ^ low * '\\';

    return (((quotes - low) & ~quotes) | ((slashes - low) & ~slashes) | (w - low * 0x20) | w) & high;
}

/* The quote at the end of a text of plain ASCII; NULL: it is none.  *p is the quote before it; the NUL at the row's end
 * ends the search. */
static char *text_end(char *p)
{
    uint64_t found;

    for (p++; !(found = special_bytes(word(p))); p += 8)
        ;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    p += __builtin_ctzll(found) / 8;
#else
    while (*p != '"' && *p != '\\' && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80)
        p++;
#endif
    return *p == '"' ? p : NULL;
}

static char *read_int(char *p, int64_t *out)
{
    bool minus = *p == '-';
    char *first = p += minus;
    int64_t v = 0;

    while (*p >= '0' && *p <= '9' && p - first < 18)
        v = v * 10 + (*p++ - '0');
    *out = minus ? -v : v;
    return p == first || (*first == '0' && p - first > 1) ? NULL : p;
}

/* Without a branch that depends on the value: nobody can guess it. */
static char *read_bool(char *p, bool *out)
{
    bool yes = memcmp(p, "true", 4) == 0, no = (memcmp(p, "fals", 4) == 0) & (p[4] == 'e');

    *out = yes;
    return yes | no ? p + 5 - yes : NULL;
}

/* Behind a value of no field; NULL when it is not plain: what this reader takes is JSON, and nothing else is. */
static char *pass_over(char *p)
{
    int64_t number;
    bool yes;

    switch (*p) {
    case '"':
        p = text_end(p);
        return p ? p + 1 : NULL;
    case 't':
    case 'f':
        return read_bool(p, &yes);
    case 'n':
        return memcmp(p, "null", 4) == 0 ? p + 4 : NULL;
    default:
        return read_int(p, &number);
    }
}

/* Behind the value of this field; NULL: it is not plain, or of another kind. */
static inline char *read_value(struct row_reader *r, const struct row_key *k, char *p, char *out, int *ends)
{
    const char *text = p + 1;

    out += k->at;
    if (k->kind == FIELD_BOOL)
        return read_bool(p, (bool *)out);
    if (k->kind == FIELD_INT)
        return read_int(p, (int64_t *)(void *)out);
    if (k->kind != FIELD_TEXT || *p != '"' || *ends == ROW_FIELDS_MAX)
        return NULL;
    p = text_end(p);
    if (!p)
        return NULL;
    memcpy(out, &text, sizeof(text));
    r->ends[(*ends)++] = p;
    return p + 1;
}

/* The field whose key is at p; -1: none has it. */
static int search(const struct row_reader *r, const char *p)
{
    for (int i = 0; i < r->shape->n; i++)
        if (is_key(&r->keys[i], p))
            return i;
    return -1;
}

/* Behind a member that does not come where it is expected; NULL: it is not plain.  *at: the field before, then this
 * one. */
static char *read_other(struct row_reader *r, char *p, char *out, int *at, int *ends)
{
    int i = search(r, p);

    if (i >= 0) {
        r->after[*at] = (uint8_t)i;
        *at = i;
        return read_value(r, &r->keys[i], p + r->keys[i].n, out, ends);
    }
    p = *p == '"' ? text_end(p) : NULL;
    return p && p[1] == ':' ? pass_over(p + 2) : NULL;
}

bool row_read(struct row_reader *r, char *p, char *end, void *out)
{
    int at = r->shape->n, ends = 0;

    if (end - p < 2 || *p++ != '{' || r->shape->n == 0)
        return false;
    for (;;) {
        int i = r->after[at];
        const struct row_key *k = &r->keys[i];
        if (is_key(k, p)) {
            at = i;
            p = read_value(r, k, p + k->n, out, &ends);
        } else {
            p = read_other(r, p, out, &at, &ends);
        }
        if (!p)
            return false;
        if (*p != ',')
            break;
        p++;
    }
    if (*p != '}' || p + 1 != end)
        return false;
    for (int i = 0; i < ends; i++)
        *r->ends[i] = '\0';
    return true;
}
