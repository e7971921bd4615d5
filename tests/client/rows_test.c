/* Rows of analytics from files: gzip of one member and of many, in pieces of any size, and what is no such file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <taut/taut.h>
#include <zlib.h>

#include "check.h"

/* Bytes that come n at a time. */
struct bytes {
    const char *p;
    size_t n, once;
};

static ptrdiff_t read_bytes(void *context, void *p, size_t n)
{
    struct bytes *b = context;

    if (n > b->once)
        n = b->once;
    if (n > b->n)
        n = b->n;
    memcpy(p, b->p, n);
    b->p += n;
    b->n -= n;
    return (ptrdiff_t)n;
}

/* Appends a gzip member; returns where it ends. */
static size_t pack(char *to, size_t room, const char *text)
{
    z_stream z = {0};

    CHECK(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (unsigned)strlen(text);
    z.next_out = (unsigned char *)to;
    z.avail_out = (unsigned)room;
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static struct taut *t;

static struct taut_rows *open_rows(struct bytes *b, struct taut_source *s)
{
    struct taut_rows *rows;

    *s = (struct taut_source){.read = read_bytes, .context = b};
    CHECK(taut_rows_open(t, s, &rows) == TAUT_OK);
    return rows;
}

static const char *const three[] = {
    /* As this server writes it. */
    "{\"enterprise_id\":\"E1\",\"team_id\":\"T1\",\"date\":\"2026-11-24\",\"user_id\":\"U1\",\"email_address\":\"a@b."
    "example\","
    "\"is_guest\":false,\"is_active\":true,\"is_active_ios\":false,\"reactions_added_count\":0,"
    "\"messages_posted_count\":12,\"files_added_count\":-1,\"date_claimed\":1577836800}\n",
    /* As others might: another order, blanks, escapes, new things, nothing, and no line feed at the end. */
    "{\"user_id\":\"U2\", \"new\":{\"a\":[1]},\"is_active\":true,\"email_address\":\"\\u00e9\\\"@b\",\"team_id\":null,"
    "\"messages_posted_count\":\"7\",\"files_added_count\":2.0}\r\n\n",
    "{\"is_guest\":true,\"fresh\":\"x\",\"fresher\":-1.5e3,\"user_id\":\"U\xC3\xA9\"}",
};

static void expect_three(struct taut_rows *rows)
{
    const struct taut_analytics_member_row *m = taut_rows_member(rows);

    CHECK(m && strcmp(m->enterprise_id, "E1") == 0 && strcmp(m->user_id, "U1") == 0 && m->is_active && !m->is_guest);
    CHECK(strcmp(m->email_address, "a@b.example") == 0 && m->messages_posted_count == 12 && m->files_added_count == -1);
    CHECK(m->date_claimed == 1577836800 && strcmp(m->enterprise_user_id, "") == 0 && !m->json);
    m = taut_rows_member(rows);
    CHECK(m && strcmp(m->user_id, "U2") == 0 && strcmp(m->email_address, "\xC3\xA9\"@b") == 0 && m->is_active);
    CHECK(strcmp(m->team_id, "") == 0 && strcmp(m->date, "") == 0 && m->messages_posted_count == 7 &&
          m->files_added_count == 2);
    m = taut_rows_member(rows);
    CHECK(m && strcmp(m->user_id, "U\xC3\xA9") == 0 && m->is_guest && !m->is_active && m->messages_posted_count == 0);
    CHECK(!taut_rows_member(rows) && !taut_rows_member(rows));
    CHECK(taut_rows_end(rows) == TAUT_OK);
}

static void members(void)
{
    static const size_t sizes[] = {1, 2, 7, 64, 100000};
    char one[4096], many[4096], plain[4096] = "";
    size_t n1, nm = 0;
    struct taut_source s;

    for (int i = 0; i < 3; i++) {
        strcat(plain, three[i]);
        nm += pack(many + nm, sizeof(many) - nm, three[i]);
    }
    n1 = pack(one, sizeof(one), plain);
    memset(many + nm, 0, 100); /* padding */
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        expect_three(open_rows(&(struct bytes){one, n1, sizes[i]}, &s));
        expect_three(open_rows(&(struct bytes){many, nm, sizes[i]}, &s));
        expect_three(open_rows(&(struct bytes){many, nm + 100, sizes[i]}, &s));
        expect_three(open_rows(&(struct bytes){plain, strlen(plain), sizes[i]}, &s));
    }
}

/* Every cut of a packed file is noticed, and so is every flipped bit of its contents. */
static void damaged(void)
{
    char good[4096], bad[4096];
    size_t n = pack(good, sizeof(good), three[0]);
    struct taut_rows *rows;
    struct taut_source s;

    for (size_t cut = 1; cut < n; cut++) {
        rows = open_rows(&(struct bytes){good, cut, 5}, &s);
        while (taut_rows_member(rows))
            ;
        CHECK(taut_rows_end(rows) == TAUT_BAD_REPLY);
    }
    /* Behind the head, which has no checksum, as far as the checksum; the byte before that has bits that say nothing.
     */
    for (size_t i = 10; i < n - 4; i++) {
        if (i == n - 9)
            continue;
        memcpy(bad, good, n);
        bad[i] ^= 4;
        rows = open_rows(&(struct bytes){bad, n, 4096}, &s);
        while (taut_rows_member(rows))
            ;
        CHECK(taut_rows_end(rows) == TAUT_BAD_REPLY);
    }
    rows = open_rows(&(struct bytes){"{\"user_id\":\"U1\"}\nnonsense\n", 26, 9}, &s);
    CHECK(taut_rows_member(rows) && !taut_rows_member(rows));
    CHECK(taut_rows_end(rows) == TAUT_BAD_REPLY && strstr(taut_last_failure(t)->message, "Line 2 "));
    rows = open_rows(&(struct bytes){"", 0, 1}, &s);
    CHECK(!taut_rows_member(rows) && taut_rows_end(rows) == TAUT_OK);
}

static void other_rows(void)
{
    static const char text[] =
        "{\"enterprise_id\":\"E1\",\"originating_team\":{\"team_id\":\"T1\",\"name\":\"Acme\"},\"channel_id\":\"C1\","
        "\"shared_with\":[{\"team_id\":\"T2\",\"name\":\"b\"},{\"team_id\":\"T3\"}],\"total_members_count\":3,\"is_"
        "shared_externally\":true}\n"
        "{\"channel_id\":\"C2\",\"name\":\"general\",\"topic\":\"t\"}\n"
        "{\"a\":{\"b\":[1,2]}}\n{\"raw\":1}\n";
    struct bytes b = {text, sizeof(text) - 1, 11};
    struct taut_source s;
    struct taut_rows *rows = open_rows(&b, &s);
    const struct taut_analytics_public_channel_row *c = taut_rows_channel(rows);
    const struct taut_analytics_channel_metadata_row *m;
    size_t n;

    CHECK(c && strcmp(c->originating_team->name, "Acme") == 0 && c->n_shared_with == 2 && c->total_members_count == 3);
    CHECK(strcmp(c->shared_with[1].team_id, "T3") == 0 && strcmp(c->shared_with[1].name, "") == 0 &&
          c->is_shared_externally);
    m = taut_rows_channel_metadata(rows);
    CHECK(m && strcmp(m->channel_id, "C2") == 0 && strcmp(m->topic, "t") == 0);
    CHECK(taut_json_count(taut_json_get(taut_json_get(taut_rows_json(rows), "a"), "b")) == 2);
    CHECK(strcmp(taut_rows_line(rows, &n), "{\"raw\":1}") == 0 && n == 9);
    CHECK(!taut_rows_line(rows, &n) && taut_rows_end(rows) == TAUT_OK);
}

/* A row that is longer than the room there is at first, and one that is longer than any may be. */
static void long_rows(void)
{
    size_t n = 17 << 20;
    char *text = malloc(n);
    struct taut_source s;
    struct taut_rows *rows;
    const struct taut_analytics_member_row *m;

    memset(text, 'x', n);
    memcpy(text, "{\"user_id\":\"", 12);
    memcpy(text + 1000000, "\"}\n{\"user_id\":\"", 15);
    rows = open_rows(&(struct bytes){text, n, 100000}, &s);
    m = taut_rows_member(rows);
    CHECK(m && strlen(m->user_id) == 1000000 - 12);
    CHECK(!taut_rows_member(rows) && taut_rows_end(rows) == TAUT_BAD_REPLY);
    free(text);
}

/* The row as it stands, and with a blank that makes the reader of all JSON take it. */
static void compare(const char *line, size_t n)
{
    char plain[2048], blank[2048];
    struct bytes a = {plain, n, 512}, b = {blank, n + 1, 512};
    struct taut_source sa, sb;
    struct taut_rows *ra, *rb;
    const struct taut_analytics_member_row *ma, *mb;

    memcpy(plain, line, n);
    memcpy(blank, "{ ", 2);
    memcpy(blank + 2, line + 1, n - 1);
    ra = open_rows(&a, &sa);
    rb = open_rows(&b, &sb);
    do {
        ma = taut_rows_member(ra);
        mb = taut_rows_member(rb);
        CHECK(!ma == !mb);
        if (!ma)
            break;
        CHECK(strcmp(ma->user_id, mb->user_id) == 0 && strcmp(ma->email_address, mb->email_address) == 0);
        CHECK(strcmp(ma->team_id, mb->team_id) == 0 && ma->is_active == mb->is_active && ma->is_guest == mb->is_guest);
        CHECK(ma->messages_posted_count == mb->messages_posted_count && ma->date_claimed == mb->date_claimed);
    } while (ma);
    CHECK(taut_rows_end(ra) == taut_rows_end(rb));
}

/* Rows that were changed at random are read alike by both readers, or refused by both. */
static void spoiled(void)
{
    static const char letters[] = "\"\\{}[]:,tfn0129-. \x01\x7F\xC3\xA9\nu";
    unsigned seed = 1;
    char line[1024];

    for (int i = 0; i < 20000; i++) {
        size_t n = strlen(three[0]);
        memcpy(line, three[0], n);
        for (int k = 0; k < 1 + i % 3; k++) {
            size_t at = 1 + (seed = seed * 1664525u + 1013904223u) / 256 % (n - 2);
            line[at] = letters[(seed >> 20) % (sizeof(letters) - 1)];
        }
        compare(line, n);
    }
}

int main(void)
{
    t = taut_new(&(struct taut_options){.url = "http://127.0.0.1:1/", .token = ""});
    members();
    damaged();
    other_rows();
    long_rows();
    spoiled();
    taut_free(t);
    return 0;
}
