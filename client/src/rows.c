/* Rows of analytics: bytes → gunzip → lines → structs, all in memory of the same size. */
#include "own.h"

#include <taut/analytics.h>

#include "gunzip.h"
#include "row_read.h"
#include "shapes.h"
#include "stream.h"

enum { IN_BYTES = 64 << 10, OUT_BYTES = 256 << 10, LINE_MAX_BYTES = 16 << 20, GZIP_FIRST = 0x1F };

struct taut_rows {
    struct taut *t;
    struct stream *stream;            /* the bytes come from here */
    const struct taut_source *source; /* or from here */
    enum taut_error error;
    bool begun, plain, ended;

    char *out; /* unpacked: from at to n; ROW_SLACK and a NUL more than cap */
    size_t at, n, cap;
    size_t seen; /* there is no line feed between at and here */
    int64_t line;

    struct arena *kept, *row; /* for the kind of rows; for one that is not plain */
    const struct shape *shape;
    void *value, *defaults;
    struct row_reader reader;

    struct gunzip zip;
    char in[IN_BYTES];
};

/* --- bytes ----------------------------------------------------------------------------------------------------- */

static bool fail(struct taut_rows *r, enum taut_error e)
{
    r->error = e;
    return false;
}

/* Up to n bytes of the file; 0: the end, or it failed. */
static size_t take_bytes(struct taut_rows *r, void *p, size_t n)
{
    ptrdiff_t got = r->stream ? stream_read(r->stream, p, n) : r->source->read(r->source->context, p, n);

    if (got < 0 && r->stream)
        fail(r, r->t->failure.error);
    else if (got < 0)
        fail(r, failure(r->t, TAUT_LOCAL_IO, "The file cannot be read."));
    return got < 0 ? 0 : (size_t)got;
}

/* Rows may come without gzip: when somebody on the way unpacked them, or they were kept so. */
static bool begin(struct taut_rows *r)
{
    size_t n = take_bytes(r, r->in, sizeof(r->in));

    r->begun = true;
    gunzip_init(&r->zip);
    r->plain = n && (unsigned char)r->in[0] != GZIP_FIRST;
    if (r->plain) {
        memcpy(r->out, r->in, n);
        r->n = n;
    } else {
        gunzip_feed(&r->zip, r->in, n);
    }
    r->ended = n == 0;
    return !r->error;
}

static bool more_plain(struct taut_rows *r)
{
    size_t got = take_bytes(r, r->out + r->n, r->cap - r->n);

    r->n += got;
    r->ended = got == 0;
    return !r->error;
}

static bool more_packed(struct taut_rows *r)
{
    size_t got;
    enum gunzip_step step = gunzip_read(&r->zip, r->out + r->n, r->cap - r->n, &got);

    r->n += got;
    if (step == GUNZIP_BROKEN)
        return fail(r, failure(r->t, TAUT_BAD_REPLY, "The file is no gzip, or damaged."));
    if (got || step == GUNZIP_FULL)
        return true;
    got = take_bytes(r, r->in, sizeof(r->in));
    gunzip_feed(&r->zip, r->in, got);
    r->ended = got == 0;
    if (!r->error && r->ended && !gunzip_whole(&r->zip))
        return fail(r, failure(r->t, TAUT_BAD_REPLY, "The file ends too early, behind line %lld.", (long long)r->line));
    return !r->error;
}

/* Room behind n: by moving what is left to the front, or for a line that is longer than all room, by more of it. */
static bool make_room(struct taut_rows *r)
{
    struct memory *m = &r->t->memory;
    char *out;

    if (r->at) {
        memmove(r->out, r->out + r->at, r->n - r->at);
        r->n -= r->at;
        r->seen -= r->at;
        r->at = 0;
    }
    if (r->n < r->cap)
        return true;
    if (r->cap >= LINE_MAX_BYTES)
        return fail(r, failure(r->t, TAUT_BAD_REPLY, "A row is longer than 16 MiB."));
    out = m->resize(m->context, r->out, r->cap * 2 + 1 + ROW_SLACK);
    if (!out)
        return fail(r, no_memory(r->t));
    r->out = out;
    r->cap *= 2;
    return true;
}

/* The next line that is not empty, with a NUL for its line feed; NULL: there is none, or it failed. */
static char *next_line(struct taut_rows *r, size_t *n)
{
    while (!r->error) {
        char *line = r->out + r->at, *end = memchr(r->out + r->seen, '\n', r->n - r->seen);
        if (!end && !r->ended) {
            r->seen = r->n;
            if (!r->begun ? !begin(r) : !make_room(r) || !(r->plain ? more_plain(r) : more_packed(r)))
                return NULL;
            continue;
        }
        if (!end && r->at == r->n)
            return NULL;
        *n = (size_t)((end ? end : r->out + r->n) - line);
        line[*n] = '\0';
        r->at = r->seen = end ? r->at + *n + 1 : r->n;
        r->line++;
        if (*n && line[*n - 1] == '\r')
            line[--*n] = '\0';
        if (*n)
            return line;
    }
    return NULL;
}

/* --- rows ------------------------------------------------------------------------------------------------------ */

static bool set_shape(struct taut_rows *r, const struct shape *s)
{
    if (!r->kept)
        r->kept = arena_new_from(&r->t->memory, 0);
    if (!r->row)
        r->row = arena_new_from(&r->t->memory, 0);
    if (!r->kept || !r->row || !row_reader_init(&r->reader, s))
        return fail(r, no_memory(r->t));
    r->value = arena_alloc(r->kept, s->bytes);
    r->defaults = arena_alloc(r->kept, s->bytes);
    if (arena_failed(r->kept))
        return fail(r, no_memory(r->t));
    fill(r->row, s, NULL, r->defaults);
    r->shape = s;
    return true;
}

/* The line by the reader for all JSON; NULL when it is no object. */
static const struct json *parse_line(struct taut_rows *r, const char *line, size_t n)
{
    const struct json *json;

    arena_reset(r->row);
    json = json_parse_lenient(r->row, str_of(line, n), NULL);
    if (json && json->kind == JSON_OBJECT)
        return json;
    fail(r, arena_failed(r->row)
                ? no_memory(r->t)
                : failure(r->t, TAUT_BAD_REPLY, "Line %lld of the file is no JSON object.", (long long)r->line));
    return NULL;
}

static const void *next_row(struct taut_rows *r, const struct shape *s)
{
    const struct json *json;
    char *line;
    size_t n;

    if (!r || r->error || (r->shape != s && !set_shape(r, s)))
        return NULL;
    line = next_line(r, &n);
    if (!line)
        return NULL;
    memcpy(r->value, r->defaults, s->bytes);
    if (row_read(&r->reader, line, line + n, r->value))
        return r->value;
    json = parse_line(r, line, n);
    if (!json)
        return NULL;
    memcpy(r->value, r->defaults, s->bytes);
    fill(r->row, s, json, r->value);
    if (arena_failed(r->row))
        fail(r, no_memory(r->t));
    return r->error ? NULL : r->value;
}

const struct taut_analytics_member_row *taut_rows_member(struct taut_rows *rows)
{
    return next_row(rows, &shape_analytics_member_row);
}

const struct taut_analytics_public_channel_row *taut_rows_channel(struct taut_rows *rows)
{
    return next_row(rows, &shape_analytics_public_channel_row);
}

const struct taut_analytics_channel_metadata_row *taut_rows_channel_metadata(struct taut_rows *rows)
{
    return next_row(rows, &shape_analytics_channel_metadata_row);
}

const struct taut_json *taut_rows_json(struct taut_rows *rows)
{
    char *line;
    size_t n;

    if (rows && !rows->row)
        rows->row = arena_new_from(&rows->t->memory, 0);
    if (rows && !rows->row)
        fail(rows, no_memory(rows->t));
    line = rows ? next_line(rows, &n) : NULL;
    return line ? json_public(parse_line(rows, line, n)) : NULL;
}

const char *taut_rows_line(struct taut_rows *rows, size_t *n)
{
    return rows ? next_line(rows, n) : NULL;
}

size_t taut_rows_bytes(struct taut_rows *rows, void *p, size_t n)
{
    return rows && !rows->error ? take_bytes(rows, p, n) : 0;
}

/* --- opening --------------------------------------------------------------------------------------------------- */

static struct taut_rows *rows_new(struct taut *t, struct stream *stream, const struct taut_source *source)
{
    struct taut_rows *r = t->memory.resize(t->memory.context, NULL, sizeof(*r));

    if (!r)
        return NULL;
    memset(r, 0, offsetof(struct taut_rows, zip));
    r->t = t;
    r->stream = stream;
    r->source = source;
    r->cap = OUT_BYTES;
    r->out = t->memory.resize(t->memory.context, NULL, r->cap + 1 + ROW_SLACK);
    if (r->out)
        return r;
    t->memory.resize(t->memory.context, r, 0);
    return NULL;
}

enum taut_error taut_rows_open(struct taut *t, const struct taut_source *source, struct taut_rows **rows)
{
    failure_clear(t);
    *rows = rows_new(t, NULL, source);
    return *rows ? TAUT_OK : no_memory(t);
}

enum taut_error taut_rows_call(struct taut *t, const struct taut_request *request, struct taut_rows **rows)
{
    struct stream *s;
    enum taut_error e;

    failure_clear(t);
    *rows = NULL;
    e = stream_open(t, request, &s);
    if (e)
        return e;
    *rows = rows_new(t, s, NULL);
    if (*rows)
        return TAUT_OK;
    stream_close(s);
    return no_memory(t);
}

enum taut_error taut_rows_end(struct taut_rows *rows)
{
    struct memory *m;
    enum taut_error e;

    if (!rows)
        return TAUT_BAD_ARGUMENT;
    e = rows->error;
    m = &rows->t->memory;
    stream_close(rows->stream);
    arena_free(rows->kept);
    arena_free(rows->row);
    m->resize(m->context, rows->out, 0);
    m->resize(m->context, rows, 0);
    return e;
}
