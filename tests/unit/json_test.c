/* The JSON reader and writer; the reader is compared with jansson on documents that both must judge alike. */
#include "base/json.h"
#include "check.h"
#include "json_jansson.h"

static const char *const good[] = {
    "{}",
    "[]",
    " [ 1 , 2 ] ",
    "\"\"",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "10.5e-3",
    "1E400000",
    "{\"a\":{\"b\":[{}]}}",
    "\"\\u00e9\\ud83d\\ude00\\n\\/\\\\\\\"\"",
    "{\"\":1}",
    "[[[[[[[[[[1]]]]]]]]]]",
    "\"h\xc3\xa9llo\"",
    "[\"\\b\\f\\n\\r\\t\"]",
};
static const char *const bad[] = {
    "",
    " ",
    "{",
    "}",
    "[1,]",
    "[,1]",
    "{\"a\":1,}",
    "{\"a\"}",
    "{a:1}",
    "{'a':1}",
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "--1",
    "tru",
    "nul",
    "\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00\"",
    "\"\\u0000\"",
    "\"\x01\"",
    "\"\n\"",
    "[1 2]",
    "{\"a\":1 \"b\":2}",
    "1 2",
    "[] x",
    "\xff",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
    "NaN",
    "Infinity",
    "/**/1",
    "\xef\xbb\xbf{}",
    "\"\\",
    "\"\\u",
    "\"abc\\\"",
};

static void write_value(struct json_out *o, const struct json *j)
{
    const struct json *child = json_child(j);

    if (j->kind == JSON_STRING) {
        json_str(o, S(""), j->text);
    } else if (j->kind == JSON_ARRAY) {
        json_open(o, S(""), '[');
        for (uint32_t i = 0; i < j->count; i++, child = json_next(child))
            write_value(o, child);
        json_close(o, ']');
    } else if (j->kind == JSON_OBJECT) {
        json_open(o, S(""), '{');
        for (uint32_t i = 0; i < j->count; i++, child = json_next(json_next(child))) {
            json_key_text(o, child->text);
            write_value(o, json_next(child));
        }
        json_close(o, '}');
    } else {
        json_text(o, S(""), j->text);
    }
}

/* Both say yes or both say no, and what we write of our reading means the same to jansson. */
static void compare(struct arena *a, const char *text)
{
    const struct json *ours = json_parse(a, str_c(text), NULL);
    struct buf b = buf_in(a, 1 << 20);
    struct json_out o = {.b = &b};

    if (strstr(text, "E400000")) /* jansson refuses what no double holds; we keep the digits */
        return;
    CHECK((ours != NULL) == jansson_takes(text, strlen(text)));
    if (!ours)
        return;
    write_value(&o, ours);
    CHECK(jansson_same(text, strlen(text), b.p, b.n));
}

static void test_reader(struct arena *a)
{
    const struct json *j;
    char deep[200];
    int64_t v;
    size_t at;

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        CHECK(json_parse(a, str_c(good[i]), NULL));
        compare(a, good[i]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        CHECK(!json_parse(a, str_c(bad[i]), &at));
        compare(a, bad[i]);
    }
    memset(deep, '[', 64);
    memset(deep + 64, ']', 64);
    CHECK(json_parse(a, str_of(deep, 128), NULL));
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    CHECK(!json_parse(a, str_of(deep, 130), NULL));
    j = json_parse(a, S("{\"a\":[1,{\"b\":\"x\"}],\"c\":\"3\",\"d\":3.0,\"e\":3.5}"), NULL);
    CHECK(j && j->count == 4 && str_eq(json_raw(json_get(j, S("a"))), S("[1,{\"b\":\"x\"}]")));
    CHECK(str_eq(json_raw(json_get(j, S("c"))), S("\"3\"")));
    CHECK(json_i64(json_get(j, S("c")), &v) && v == 3 && json_i64(json_get(j, S("d")), &v) && v == 3);
    CHECK(!json_i64(json_get(j, S("e")), &v) && !json_get(j, S("nothing")) && !json_get(NULL, S("a")));
}

/* Many members: the check for repeated keys goes through its table. */
static void test_many_keys(struct arena *a)
{
    struct buf b = buf_in(a, 1 << 22);

    buf_char(&b, '{');
    for (int i = 0; i < 50000; i++)
        buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
    buf_char(&b, '}');
    CHECK(json_parse(a, buf_view(&b), NULL));
    b.n--;
    buf_str(&b, S(",\"k777\":0}"));
    CHECK(!json_parse(a, buf_view(&b), NULL));
}

static void test_writer(struct arena *a)
{
    struct buf b = buf_in(a, 4096);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, S("s"), S("a\"b\\c\n\x01\x1f é"));
    json_int(&o, S("i"), INT64_MIN);
    json_open(&o, S("l"), '[');
    json_bool(&o, S(""), true);
    json_null(&o, S(""));
    json_ts(&o, S(""), INT64_C(1503435956000247));
    json_close(&o, ']');
    json_key_text(&o, S("k\"ey"));
    json_open(&o, S(""), '{');
    json_close(&o, '}');
    json_text(&o, S("t"), S("[1]"));
    json_text(&o, S("n"), S(""));
    json_close(&o, '}');
    CHECK(
        str_eq(buf_view(&b), S("{\"s\":\"a\\\"b\\\\c\\n\\u0001\\u001f é\",\"i\":-9223372036854775808,\"l\":[true,null,"
                               "\"1503435956.000247\"],\"k\\\"ey\":{},\"t\":[1],\"n\":null}")));
    CHECK(json_parse(a, buf_view(&b), NULL));
}

/* What others wrote is read as far as it has a meaning. */
static void lenient(struct arena *a)
{
    const struct json *j = json_parse_lenient(
        a, S("{\"a\":\"x\\ud800\\u0041\\u0000\\udc00y\",\"a\":2,\"b\":\"plain\",\"c\":\"\\ud83d\\ude00\"}"), NULL);
    struct str text = json_get_str(j, S("a"));

    CHECK(str_eq(text, S("x\xEF\xBF\xBD"
                         "A\xEF\xBF\xBD\xEF\xBF\xBDy")) &&
          text.p[text.n] == '\0');
    CHECK(strcmp(json_get_str(j, S("b")).p, "plain") == 0);
    CHECK(str_eq(json_get_str(j, S("c")), S("\xF0\x9F\x98\x80")));
    CHECK(!json_parse_lenient(a, S("{\"a\":\"\\ud80\"}"), NULL) && !json_parse_lenient(a, S("[1"), NULL));
    CHECK(!json_parse(a, S("\"\\ud800\\u0041\""), NULL) && !json_parse(a, S("{\"a\":1,\"a\":1}"), NULL));
}

/* A memory that gives `left` blocks and then nothing. */
static void *give_some(void *context, void *p, size_t bytes)
{
    int *left = context;

    if (bytes == 0) {
        free(p);
        return NULL;
    }
    return (*left)-- > 0 ? realloc(p, bytes) : NULL;
}

/* The reader and the buffers end when there is no memory; they do not abort. */
static void no_memory(void)
{
    static char text[300000];
    bool read = false;

    for (size_t i = 0; i < sizeof(text); i += 5)
        memcpy(text + i, "\"\\n\",", 5);
    text[0] = '[';
    memcpy(text + 1, " 1  ", 4);
    text[4] = ',';
    text[sizeof(text) - 1] = ']';
    for (int blocks = 0; blocks < 40 && !read; blocks++) {
        int left = blocks;
        struct memory m = {give_some, &left};
        struct arena *a = arena_new_from(&m, 0);
        struct buf b = buf_from(&m, 1 << 20);
        CHECK(a || blocks < 2);
        buf_str(&b, S("x"));
        CHECK(!b.over == (b.n == 1));
        buf_free(&b);
        if (!a)
            continue;
        read = json_parse_lenient(a, str_of(text, sizeof(text)), NULL);
        CHECK(read || arena_failed(a));
        CHECK(arena_dup(a, S("y")).n == 1 || arena_failed(a));
        arena_free(a);
    }
    CHECK(read);
}

int main(void)
{
    struct arena *a = arena_new(4096);

    test_reader(a);
    test_many_keys(a);
    test_writer(a);
    lenient(a);
    no_memory();
    arena_free(a);
    return 0;
}
