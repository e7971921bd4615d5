/* A form taken in one piece and the same in small pieces give the same parts.  The first byte is the size of the
 * pieces; the boundary is "B". */
#include <stdlib.h>
#include <unistd.h>

#include "net/multipart.h"
#include "place.h"

static struct http_limits limits;

struct outcome {
    enum multipart_end end;
    struct http_part *parts;
    int n;
};

static struct outcome take(struct arena *a, struct str body, size_t piece)
{
    struct multipart *m = multipart_new(a, S("B"), &limits, place_in(a, "/tmp"));
    struct outcome o;

    while (body.n) {
        struct str bytes = str_head(body, piece);
        char *copy = malloc(bytes.n); /* of exactly this size, so that a read past the end is seen */

        memcpy(copy, bytes.p, bytes.n);
        multipart_feed(m, str_of(copy, bytes.n));
        free(copy);
        body = str_skip(body, piece);
    }
    o.end = multipart_end(m, &o.parts, &o.n);
    return o;
}

static struct str bytes_of(struct arena *a, const struct http_part *p)
{
    char *out;

    if (p->fd < 0)
        return p->data;
    out = arena_bytes(a, (size_t)p->size_bytes + 1);
    if (pread(p->fd, out, (size_t)p->size_bytes + 1, 0) != p->size_bytes)
        abort();
    return str_of(out, (size_t)p->size_bytes);
}

static bool same(struct arena *a, const struct http_part *p, const struct http_part *q)
{
    return str_eq(p->name, q->name) && str_eq(p->filename, q->filename) && str_eq(p->content_type, q->content_type) &&
           p->size_bytes == q->size_bytes && (p->fd < 0) == (q->fd < 0) && str_eq(bytes_of(a, p), bytes_of(a, q));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    struct outcome whole, pieces;
    struct str body;

    limits = http_limits_default;
    limits.part_memory_bytes = 32;
    limits.parts_n = 8;
    if (n == 0) {
        arena_free(a);
        return 0;
    }
    body = str_of((const char *)data + 1, n - 1);
    whole = take(a, body, body.n + 1);
    pieces = take(a, body, (size_t)data[0] % 16 + 1);
    if (whole.end != pieces.end || whole.n != pieces.n)
        abort();
    for (int i = 0; i < whole.n; i++)
        if (!same(a, &whole.parts[i], &pieces.parts[i]))
            abort();
    multipart_close(whole.parts, whole.n);
    multipart_close(pieces.parts, pieces.n);
    arena_free(a);
    return 0;
}
