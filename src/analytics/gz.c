#include "analytics/gz.h"

#include <errno.h>
#include <isa-l.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"

enum { CLEAR_BYTES = 256 << 10, PACKED_BYTES = 256 << 10 };

struct gz {
    struct gz_room room; /* of clear */
    int fd;
    bool failed;
    uint32_t crc;
    char clear[CLEAR_BYTES];
    uint8_t packed[PACKED_BYTES];
    uint8_t level[ISAL_DEF_LVL1_DEFAULT];
    struct isal_zstream z;
};

struct gz *gz_new(int fd)
{
    struct gz *g = malloc(sizeof(*g));

    if (!g)
        abort();
    g->fd = fd;
    g->failed = false;
    g->crc = 0;
    g->room = (struct gz_room){g->clear, g->clear + CLEAR_BYTES};
    isal_deflate_init(&g->z);
    g->z.level = 1;
    g->z.level_buf = g->level;
    g->z.level_buf_size = sizeof(g->level);
    g->z.gzip_flag = IGZIP_GZIP;
    return g;
}

void gz_free(struct gz *g)
{
    free(g);
}

uint32_t gz_crc(const struct gz *g)
{
    return g->crc;
}

static void write_all(struct gz *g, const uint8_t *p, size_t n)
{
    while (n && !g->failed) {
        ssize_t wrote = write(g->fd, p, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        g->failed = wrote <= 0;
        p += g->failed ? 0 : wrote;
        n -= g->failed ? 0 : (size_t)wrote;
    }
}

static void pack(struct gz *g, bool end)
{
    size_t n = (size_t)(g->room.at - g->clear);

    g->crc = crc32_gzip_refl(g->crc, (const uint8_t *)g->clear, n);
    g->z.next_in = (uint8_t *)g->clear;
    g->z.avail_in = (uint32_t)n;
    g->z.end_of_stream = end;
    do {
        g->z.next_out = g->packed;
        g->z.avail_out = PACKED_BYTES;
        if (isal_deflate(&g->z) != COMP_OK)
            g->failed = true;
        write_all(g, g->packed, PACKED_BYTES - g->z.avail_out);
    } while (g->z.avail_out == 0 && !g->failed);
    g->room.at = g->clear;
}

void gz_overflow(struct gz *g, const char *p, size_t n)
{
    while (n) {
        size_t room = (size_t)(g->room.end - g->room.at), piece = room < n ? room : n;
        memcpy(g->room.at, p, piece);
        g->room.at += piece;
        p += piece;
        n -= piece;
        if (g->room.at == g->room.end)
            pack(g, false);
    }
}

bool gz_end(struct gz *g)
{
    pack(g, true);
    return !g->failed;
}

void gz_int(struct gz *g, int64_t v)
{
    char digits[20], *p = digits + sizeof(digits);
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do
        *--p = (char)('0' + rest % 10);
    while (rest /= 10);
    if (v < 0)
        *--p = '-';
    gz_put(g, p, (size_t)(digits + sizeof(digits) - p));
}

void gz_bool(struct gz *g, bool v)
{
    gz_str(g, v ? S("true") : S("false"));
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == 0x7f)
            return false;
    return true;
}

static void put_escaped(struct gz *g, char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[] = {'\\', 'u', '0', '0', hex[(unsigned char)c >> 4], hex[(unsigned char)c & 15]};

    if (c == '"' || c == '\\')
        gz_put(g, (const char[]){'\\', c}, 2);
    else if ((unsigned char)c < ' ' || c == 0x7f)
        gz_put(g, escape, sizeof(escape));
    else
        gz_put(g, &c, 1);
}

void gz_quoted(struct gz *g, struct str s)
{
    GZ_TEXT(g, "\"");
    if (is_plain(s))
        gz_str(g, s);
    else
        for (size_t i = 0; i < s.n; i++)
            put_escaped(g, s.p[i]);
    GZ_TEXT(g, "\"");
}

void gz_id(struct gz *g, int64_t id)
{
    char text[ID_MAX + 2] = "\"";
    size_t n = id_format(id, text + 1);

    text[n + 1] = '"';
    gz_put(g, text, n + 2);
}
