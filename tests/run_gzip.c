#include "run_gzip.h"

#include <zlib.h>

#include "base/json.h"

enum { CLEAR_MAX_BYTES = 64 << 20, CHUNK_BYTES = 1 << 16, KEY_BYTES = 64 };

/* Several gzip files may stand one after the other. */
static bool unpack(struct str packed, struct buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
    char chunk[CHUNK_BYTES];
    int status = Z_OK;

    if (inflateInit2(&z, 15 + 16) != Z_OK)
        return false;
    while (status == Z_OK || (status == Z_STREAM_END && z.avail_in)) {
        if (status == Z_STREAM_END && inflateReset(&z) != Z_OK)
            break;
        z.next_out = (Bytef *)chunk;
        z.avail_out = sizeof(chunk);
        status = inflate(&z, Z_NO_FLUSH);
        buf_put(out, chunk, sizeof(chunk) - z.avail_out);
    }
    inflateEnd(&z);
    return status == Z_STREAM_END && !out->over;
}

struct str gzip_name(struct str disposition)
{
    ptrdiff_t at = str_find(disposition, S("filename=\""));
    struct str name = at < 0 ? S("") : str_skip(disposition, (size_t)at + 10);
    ptrdiff_t end = str_chr(name, '"');

    return end < 0 ? S("") : str_head(name, (size_t)end);
}

static struct str key_of(struct arena *a, const struct json *row, struct str *seen)
{
    static const struct str names[] = {{"user_id", 7}, {"channel_id", 10}, {"date", 4}};
    struct str key = S("");

    for (int i = 0; i < 3 && !key.n; i++)
        key = json_get_str(row, names[i]);
    if (str_find(*seen, ARENA_JOIN(a, S(" "), key, S(" "))) >= 0)
        key = ARENA_JOIN(a, key, S("@"), json_get_str(row, S("date")));
    *seen = ARENA_JOIN(a, *seen, key, S(" "));
    return key;
}

static bool put_rows(struct arena *a, struct json_out *o, struct str text)
{
    struct str line, seen = S(" ");
    int64_t n = 0;

    json_open(o, S("rows"), '{');
    for (; text.n && str_cut(&text, '\n', &line); n++) {
        const struct json *row = json_parse(a, line, NULL);
        if (!row)
            return false;
        json_key_text(o, key_of(a, row, &seen));
        json_text(o, S(""), line);
    }
    json_close(o, '}');
    json_int(o, S("n"), n);
    return true;
}

struct str gzip_as_json(struct arena *a, struct str packed, struct str name)
{
    struct buf clear = buf_in(a, CLEAR_MAX_BYTES), b = buf_in(a, CLEAR_MAX_BYTES);
    struct json_out o = {.b = &b};

    if (!unpack(packed, &clear))
        return S("");
    json_open(&o, S(""), '{');
    json_bool(&o, S("ok"), true);
    json_str(&o, S("file"), name);
    if (str_ends(name, S(".csv.gz")))
        json_str(&o, S("text"), buf_view(&clear));
    else if (!put_rows(a, &o, buf_view(&clear)))
        return S("");
    json_close(&o, '}');
    return buf_view(&b);
}
