#include "net/multipart.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "net/form.h"
#include "net/param.h"
#include "net/part.h"

enum state {
    PREAMBLE,      /* before the first delimiter; passed over */
    DELIMITER_END, /* behind a delimiter: CRLF, or "--" */
    HEAD,          /* header lines of a part */
    DATA,
    EPILOGUE /* behind the closing delimiter; passed over */
};

struct multipart {
    struct arena *arena;
    const struct http_limits *limits;
    enum state state;
    char delimiter[4 + MULTIPART_BOUNDARY_MAX]; /* CR LF - - boundary */
    size_t delimiter_n;
    size_t matched; /* bytes of the delimiter that the last bytes seen equal; they are held back */
    char after;     /* DELIMITER_END: the byte seen before this one, if it matters */
    struct buf head;
    struct part_sink sink;
    struct http_part *parts;
    int n;
    bool bad;
};

static bool boundary_usable(struct str b)
{
    if (b.n == 0 || b.n > MULTIPART_BOUNDARY_MAX)
        return false;
    for (size_t i = 0; i < b.n; i++) {
        if (b.p[i] < ' ' || b.p[i] > '~')
            return false;
    }
    return true;
}

struct str multipart_boundary(struct arena *a, struct str content_type)
{
    struct str boundary;

    if (!str_eq_nocase(param_main(content_type), S("multipart/form-data")))
        return S("");
    boundary = param_get(a, content_type, S("boundary"));
    return boundary_usable(boundary) ? boundary : S("");
}

struct multipart *multipart_new(struct arena *a, struct str boundary, const struct http_limits *limits,
                                const struct part_place *place)
{
    struct multipart *m = ARENA_NEW(a, struct multipart);

    m->arena = a;
    m->limits = limits;
    m->parts = ARENA_ARRAY(a, struct http_part, limits->parts_n);
    m->head = buf_in(a, MULTIPART_HEAD_BYTES);
    part_sink_init(&m->sink, a, limits->part_memory_bytes, place);
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary.p, boundary.n);
    m->delimiter_n = boundary.n + 4;
    m->matched = 2; /* the first delimiter may stand at the very start, without CRLF */
    return m;
}

/* The filename as sent: filename* (RFC 5987, which some Python clients send) goes before filename. */
static struct str part_filename(struct arena *a, struct str disposition)
{
    struct str extended = param_get(a, disposition, S("filename*")), decoded = {NULL, 0};
    struct str name = param_get(a, disposition, S("filename"));

    if (str_eq_nocase(str_head(extended, 7), S("utf-8''")))
        decoded = percent_decode(a, str_skip(extended, 7), false);
    return decoded.p ? decoded : name;
}

/* Clients send full local paths, of their own system. */
static struct str last_component(struct str path)
{
    for (size_t i = path.n; i > 0; i--) {
        if (path.p[i - 1] == '/' || path.p[i - 1] == '\\')
            return str_skip(path, i);
    }
    return path;
}

static bool text_ok(struct str s)
{
    return utf8_valid(s) && str_chr(s, '\0') < 0;
}

/* Reads Content-Disposition into part; false when it names no field. */
static bool part_disposition(struct multipart *m, struct http_part *part, struct str value, bool *has_file)
{
    struct str name = param_get(m->arena, value, S("name"));
    struct str filename = part_filename(m->arena, value);

    if (!str_eq_nocase(param_main(value), S("form-data")) || !name.p)
        return false;
    part->name = name;
    *has_file = filename.p != NULL;
    part->filename = last_component(filename);
    return text_ok(name) && text_ok(part->filename);
}

/* Parses the lines in m->head and begins the part; false when they are malformed. */
static bool part_begin(struct multipart *m)
{
    struct http_part *part = &m->parts[m->n];
    struct str lines = arena_dup(m->arena, buf_view(&m->head)), line;
    bool named = false, has_file = false;

    m->head.n = 0;
    *part = (struct http_part){.fd = -1};
    while (str_cut(&lines, '\n', &line)) {
        struct str trimmed = str_trim(line), value;
        ptrdiff_t colon = str_chr(trimmed, ':');

        if (trimmed.n == 0)
            continue;
        if (colon <= 0)
            return false;
        value = str_trim(str_skip(trimmed, (size_t)colon + 1));
        if (str_eq_nocase(str_head(trimmed, (size_t)colon), S("Content-Disposition"))) {
            if (named || !part_disposition(m, part, value, &has_file))
                return false;
            named = true;
        } else if (str_eq_nocase(str_head(trimmed, (size_t)colon), S("Content-Type"))) {
            part->content_type = value;
        }
    }
    part_sink_begin(&m->sink, has_file);
    return named;
}

static void part_finish(struct multipart *m)
{
    part_sink_end(&m->sink, &m->parts[m->n]);
    m->n++;
}

/* Bytes before the first place where the delimiter may begin; all when there is none. */
static size_t before_delimiter(const struct multipart *m, struct str s)
{
    size_t at = 0;
    ptrdiff_t cr;

    while ((cr = str_chr(str_skip(s, at), '\r')) >= 0) {
        struct str rest = str_skip(s, at + (size_t)cr);

        if (str_starts(str_of(m->delimiter, m->delimiter_n), str_head(rest, m->delimiter_n)))
            return s.n - rest.n;
        at += (size_t)cr + 1;
    }
    return s.n;
}

/* Passes bytes up to the next delimiter on to the part (in DATA) or over (in PREAMBLE). */
static struct str take_data(struct multipart *m, struct str s)
{
    bool keep = m->state == DATA;

    while (s.n) {
        if (m->matched == 0) {
            size_t run = before_delimiter(m, s);

            if (keep)
                part_sink_put(&m->sink, str_head(s, run));
            s = str_skip(s, run);
            if (s.n == 0)
                break;
        }
        if (*s.p == m->delimiter[m->matched]) {
            s = str_skip(s, 1);
            if (++m->matched < m->delimiter_n)
                continue;
            m->matched = 0;
            m->after = 0;
            m->state = DELIMITER_END;
            if (keep)
                part_finish(m);
            break;
        }
        /* Not the delimiter after all.  CR stands only at its start, so nothing of it can match further on.
         */
        if (keep)
            part_sink_put(&m->sink, str_of(m->delimiter, m->matched));
        m->matched = 0;
    }
    return s;
}

/* Behind a delimiter: spaces may pad it, then CRLF begins a part and "--" ends the form. */
static struct str take_delimiter_end(struct multipart *m, struct str s)
{
    char c = *s.p;

    if (m->after == '\r' && c == '\n') {
        m->state = HEAD;
        m->bad = m->n == m->limits->parts_n;
    } else if (m->after == '-' && c == '-') {
        m->state = EPILOGUE;
    } else if (m->after == 0 && (c == '\r' || c == '-')) {
        m->after = c;
    } else if (m->after != 0 || (c != ' ' && c != '\t')) {
        m->bad = true;
    }
    return str_skip(s, 1);
}

static struct str take_head(struct multipart *m, struct str s)
{
    ptrdiff_t lf = str_chr(s, '\n');
    size_t n = lf < 0 ? s.n : (size_t)lf + 1;
    struct str head;

    buf_put(&m->head, s.p, n);
    head = buf_view(&m->head);
    if (m->head.over || (lf >= 0 && !str_ends(head, S("\r\n")))) {
        m->bad = true;
    } else if (str_ends(head, S("\r\n\r\n")) || str_eq(head, S("\r\n"))) {
        m->bad = !part_begin(m);
        if (!m->bad)
            m->state = DATA;
    }
    return str_skip(s, n);
}

void multipart_feed(struct multipart *m, struct str s)
{
    while (s.n && !m->bad && !m->sink.fault) {
        switch (m->state) {
        case PREAMBLE:
        case DATA:
            s = take_data(m, s);
            break;
        case DELIMITER_END:
            s = take_delimiter_end(m, s);
            break;
        case HEAD:
            s = take_head(m, s);
            break;
        case EPILOGUE:
            return;
        }
    }
}

enum multipart_end multipart_end(struct multipart *m, struct http_part **parts, int *n)
{
    /* A form may end without its closing delimiter, or in the middle of it (wire.md). */
    if (m->state == DATA)
        part_finish(m);
    else if (m->state == PREAMBLE || (m->state == HEAD && m->head.n > 0))
        m->bad = true;
    *parts = m->parts;
    *n = m->n;
    if (m->sink.fault)
        return MULTIPART_FAULT;
    return m->bad ? MULTIPART_BAD : MULTIPART_OK;
}

void multipart_close(struct http_part *parts, int n)
{
    for (int i = 0; i < n; i++) {
        if (parts[i].fd >= 0)
            close(parts[i].fd);
        parts[i].fd = -1;
    }
}
