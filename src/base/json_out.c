/* The writer. */
#include "base/clock.h"
#include "base/json.h"

static void value_begins(struct json_out *o, struct str key)
{
    if (o->comma)
        buf_char(o->b, ',');
    o->comma = true;
    if (key.n == 0)
        return;
    buf_char(o->b, '"');
    buf_str(o->b, key);
    buf_put(o->b, "\":", 2);
}

void json_open(struct json_out *o, struct str key, char bracket)
{
    value_begins(o, key);
    buf_char(o->b, bracket);
    o->comma = false;
}

void json_close(struct json_out *o, char bracket)
{
    buf_char(o->b, bracket);
    o->comma = true;
}

/* How many bytes from the start need no escape. */
static size_t clean_run(struct str s)
{
    size_t i = 0;

    while (s.n - i >= 8) {
        uint64_t w, quotes, slashes, high = UINT64_C(0x8080808080808080), low = UINT64_C(0x0101010101010101);
        memcpy(&w, s.p + i, 8);
        quotes = w ^ (low * '"');
        slashes = w ^ (low * '\\');
        if ((((quotes - low) & ~quotes) | ((slashes - low) & ~slashes) | ((w - low * 0x20) & ~w)) & high)
            break;
        i += 8;
    }
    while (i < s.n && s.p[i] != '"' && s.p[i] != '\\' && (unsigned char)s.p[i] >= 0x20)
        i++;
    return i;
}

static void put_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char *at = strchr("\"\"\\\\\bb\ff\nn\rr\tt", c);
    char text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

    if (c && at) {
        text[1] = at[1];
        buf_put(b, text, 2);
    } else {
        buf_put(b, text, 6);
    }
}

void json_quote(struct buf *b, struct str s)
{
    buf_char(b, '"');
    while (s.n) {
        size_t n = clean_run(s);
        buf_put(b, s.p, n);
        if (n == s.n)
            break;
        put_escape(b, (unsigned char)s.p[n]);
        s = str_of(s.p + n + 1, s.n - n - 1);
    }
    buf_char(b, '"');
}

void json_str(struct json_out *o, struct str key, struct str v)
{
    value_begins(o, key);
    json_quote(o->b, v);
}

void json_int(struct json_out *o, struct str key, int64_t v)
{
    value_begins(o, key);
    buf_i64(o->b, v);
}

void json_bool(struct json_out *o, struct str key, bool v)
{
    value_begins(o, key);
    if (v)
        buf_put(o->b, "true", 4);
    else
        buf_put(o->b, "false", 5);
}

void json_null(struct json_out *o, struct str key)
{
    value_begins(o, key);
    buf_put(o->b, "null", 4);
}

void json_text(struct json_out *o, struct str key, struct str v)
{
    value_begins(o, key);
    if (v.n)
        buf_str(o->b, v);
    else
        buf_put(o->b, "null", 4);
}

void json_ts(struct json_out *o, struct str key, int64_t us)
{
    char text[TS_MAX];
    size_t n = ts_format(us, text);

    value_begins(o, key);
    buf_char(o->b, '"');
    buf_put(o->b, text, n);
    buf_char(o->b, '"');
}

void json_key_text(struct json_out *o, struct str key)
{
    if (o->comma)
        buf_char(o->b, ',');
    json_quote(o->b, key);
    buf_char(o->b, ':');
    o->comma = false;
}
