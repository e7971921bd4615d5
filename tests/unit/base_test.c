/* str, arena, buf, clock, id, utf8, rand, wait. */
#include <pthread.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "check.h"

static void test_str(void)
{
    struct str rest = S("a,,b"), piece;
    int64_t v;

    CHECK(str_cut(&rest, ',', &piece) && str_eq(piece, S("a")));
    CHECK(str_cut(&rest, ',', &piece) && piece.n == 0);
    CHECK(str_cut(&rest, ',', &piece) && str_eq(piece, S("b")));
    CHECK(!str_cut(&rest, ',', &piece));
    CHECK(str_to_i64(S("-9223372036854775808"), &v) && v == INT64_MIN);
    CHECK(str_to_i64(S("9223372036854775807"), &v) && v == INT64_MAX);
    CHECK(!str_to_i64(S("9223372036854775808"), &v));
    CHECK(!str_to_i64(S(""), &v) && !str_to_i64(S("1x"), &v) && !str_to_i64(S("-"), &v));
    CHECK(str_eq(str_trim(S(" \t x y\n")), S("x y")));
    CHECK(str_eq_nocase(S("Content-TYPE"), S("content-type")) && !str_eq_nocase(S("a"), S("ab")));
    CHECK(str_find(S("hello"), S("ll")) == 2 && str_find(S("hello"), S("lll")) == -1);
    CHECK(str_cmp(S("a"), S("b")) < 0 && str_cmp(S("ab"), S("a")) > 0 && str_cmp(S(""), S("")) == 0);
}

static void test_arena_and_buf(void)
{
    struct arena *a = arena_new(64);
    struct buf b = buf_in(a, 1000), h = buf_heap(8);
    char *p = arena_alloc(a, 100000);

    for (int i = 0; i < 100000; i++)
        CHECK(p[i] == 0);
    CHECK(((uintptr_t)arena_bytes(a, 1) & 15) == 0 && ((uintptr_t)arena_bytes(a, 1) & 15) == 0);
    CHECK(arena_used(a) >= 100000);
    for (int i = 0; i < 100; i++)
        buf_i64(&b, i - 50);
    CHECK(str_starts(buf_view(&b), S("-50-49-48")) && !b.over);
    buf_put(&b, p, 2000);
    CHECK(b.over);
    buf_str(&h, S("12345678"));
    CHECK(!h.over && h.n == 8);
    buf_char(&h, '9');
    CHECK(h.over && h.n == 8);
    buf_free(&h);
    CHECK(str_eq(arena_printf(a, "%s-%d", "x", 7), S("x-7")));
    arena_reset(a);
    CHECK(arena_used(a) == 0);
    arena_free(a);
}

static bool ts_is(struct str text, int64_t want)
{
    int64_t us;

    return ts_parse(text, &us) && us == want;
}

static void test_clock(void)
{
    char text[TS_MAX];
    int64_t us;

    CHECK(ts_is(S("1503435956.000247"), INT64_C(1503435956000247)));
    CHECK(ts_is(S("1669852800"), INT64_C(1669852800000000)) && ts_is(S("1669852800.0"), INT64_C(1669852800000000)));
    CHECK(ts_is(S("1669852800.5"), INT64_C(1669852800500000)) &&
          ts_is(S("1669852800.5000019"), INT64_C(1669852800500001)));
    CHECK(!ts_parse(S(""), &us) && !ts_parse(S("-1"), &us) && !ts_parse(S("1."), &us) &&
          !ts_parse(S("1.0000001x"), &us));
    CHECK(!ts_parse(S("253402300800"), &us) && !ts_parse(S("1e5"), &us) && !ts_parse(S("99999999999999999999"), &us));
    CHECK(str_eq(str_of(text, ts_format(INT64_C(1503435956000247), text)), S("1503435956.000247")));
    CHECK(str_eq(str_of(text, ts_format(1, text)), S("0.000001")));
    CHECK(date_valid(S("2024-02-29")) && date_valid(S("1900-12-31")) && date_valid(S("2000-02-29")));
    CHECK(!date_valid(S("2023-02-29")) && !date_valid(S("1900-02-29")) && !date_valid(S("2023-06-31")));
    CHECK(time_valid(S("00:00")) && time_valid(S("23:59")) && !time_valid(S("24:00")) && !time_valid(S("12:60")) &&
          !time_valid(S("1:30")) && !time_valid(S("12-30")) && !time_valid(S("1a:30")));
    CHECK(!date_valid(S("2023-6-01")) && !date_valid(S("2023-00-01")) && !date_valid(S("20 3-01-01")) &&
          !date_valid(S("")));
    clock_set(INT64_C(1700000000000000), true);
    CHECK(clock_now_us() == INT64_C(1700000000000000));
    clock_shift(5);
    CHECK(clock_now_us() == INT64_C(1700000000000005) && clock_frozen());
    clock_set(0, true);
    CHECK(clock_now_us() == 0 && clock_frozen());
    clock_set(INT64_C(1700000000000000), false);
    CHECK(clock_now_us() >= INT64_C(1700000000000000) && !clock_frozen());
}

static bool time_is(struct str text, int64_t want)
{
    int64_t us;

    return time_parse(text, &us) && us == want;
}

static void test_time(void)
{
    static const char *const wrong[] = {"",
                                        "2026-11-24",
                                        "2026-11-24T09:00:00",
                                        "2026-11-24T09:00:00ZZ",
                                        "2026-13-01T00:00:00Z",
                                        "2026-06-31T00:00:00Z",
                                        "2025-02-29T00:00:00Z",
                                        "2026-11-24T24:00:00Z",
                                        "2026-11-24T09:60:00Z",
                                        "2026-11-24T09:00:00+1:00",
                                        "2026-11-24T09:00:00+24:00",
                                        "1969-12-31T23:59:59Z",
                                        "26-11-24T09:00:00Z",
                                        "2026-1a-24T09:00:00Z"};
    struct clock_setting before;
    int64_t us;

    CHECK(time_is(S("1700000000.5"), INT64_C(1700000000500000)));
    CHECK(time_is(S("2026-11-24T09:00:00Z"), INT64_C(1795510800000000)));
    CHECK(time_is(S("2026-11-24t10:30:00.25+01:30"), INT64_C(1795510800250000)));
    CHECK(time_is(S("2026-11-24 04:00:00.0000019-05:00"), INT64_C(1795510800000001)));
    CHECK(time_is(S("1970-01-01T00:00:00Z"), 0) && time_is(S("2024-02-29T00:00:00Z"), INT64_C(1709164800000000)));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        CHECK(!time_parse(str_c(wrong[i]), &us));
    clock_set(INT64_C(1700000000000000), true);
    before = clock_setting();
    clock_set(INT64_C(1800000000000000), false);
    clock_restore(before);
    CHECK(clock_frozen() && clock_now_us() == INT64_C(1700000000000000));
    clock_set(INT64_C(1700000000000000), false);
}

/* A seed's ids: the same under the same standing clock, and still one after the other. */
static void test_id_restart(void)
{
    int64_t first, second;

    clock_set(INT64_C(1700000000000000), true);
    id_restart();
    first = id_new('D');
    second = id_new('D');
    CHECK(second > first);
    id_restart();
    CHECK(id_new('D') == first && id_new('D') == second);
    clock_set(INT64_C(1700000000000000), false);
}

static void test_duration(void)
{
    int64_t ms;

    CHECK(duration_parse(S("0"), &ms) && ms == 0);
    CHECK(duration_parse(S("90"), &ms) && ms == 90000);
    CHECK(duration_parse(S("200ms"), &ms) && ms == 200);
    CHECK(duration_parse(S("5m"), &ms) && ms == 300000);
    CHECK(duration_parse(S("3d"), &ms) && ms == INT64_C(259200000));
    CHECK(!duration_parse(S(""), &ms) && !duration_parse(S("ms"), &ms) && !duration_parse(S("-1s"), &ms));
    CHECK(!duration_parse(S("1w"), &ms) && !duration_parse(S("9223372036854775807"), &ms));
}

enum { THREADS = 4, EACH = 20000 };
static int64_t made[THREADS][EACH];

static void *make_ids(void *arg)
{
    int64_t *to = arg;

    for (int i = 0; i < EACH; i++)
        to[i] = id_new('U');
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void test_id(void)
{
    static const char *const texts[] = {"C024BE91L", "USLACKBOT", "T0", "ZZZZZZZZZZZZ", "A00000000001"};
    char text[ID_MAX];
    pthread_t threads[THREADS];

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        int64_t id = id_parse(str_c(texts[i]));
        CHECK(id > 0 && str_eq(str_of(text, id_format(id, text)), str_c(texts[i])));
        CHECK(id_kind(id) == texts[i][0]);
    }
    CHECK(!id_parse(S("")) && !id_parse(S("0ABC")) && !id_parse(S("c024")) && !id_parse(S("C024BE91LXXXX")) &&
          !id_parse(S("C-1")));
    CHECK(id_parse_kind(S("D1"), "CGD") && !id_parse_kind(S("U1"), "CGD"));
    for (int t = 0; t < THREADS; t++)
        CHECK(pthread_create(&threads[t], NULL, make_ids, made[t]) == 0);
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    for (int t = 0; t < THREADS; t++)
        for (int i = 1; i < EACH; i++)
            CHECK(made[t][i] > made[t][i - 1]); /* in the order of their making */
    qsort(made, THREADS * EACH, sizeof(int64_t), by_value);
    for (int i = 1; i < THREADS * EACH; i++)
        CHECK((&made[0][0])[i] != (&made[0][0])[i - 1]); /* and no two the same */
    CHECK(id_kind(made[0][0]) == 'U');
}

static void test_utf8(void)
{
    static const char *const bad[] = {"\xff",     "\xc0\x80",     "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xe2\x82", "abcdefgh\x80", "\xc3"};
    struct arena *a = arena_new(4096);
    uint32_t cp;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        CHECK(!utf8_valid(str_c(bad[i])));
    CHECK(utf8_valid(S("héllo 日本語 👩‍👩‍👧")) && utf8_valid(S("")));
    CHECK(utf8_count(S("é日👩")) == 3 && str_eq(utf8_head(S("é日👩"), 2), S("é日")) && utf8_head(S("ab"), 5).n == 2);
    CHECK(utf8_decode(S("👩"), &cp) == 4 && cp == 0x1F469);
    for (size_t n = 0; n <= 9; n++) { /* é日👩: two, three and four bytes */
        size_t whole = n == 9 ? 9 : n >= 5 ? 5 : n >= 2 ? 2 : 0;
        CHECK(utf8_whole(str_head(S("é日👩"), n)).n == whole);
    }
    CHECK(str_eq(utf8_from_latin1(a, S("caf\xe9")), S("café")));
    CHECK(str_eq(utf8_fold(a, S("ÉCOLE ПРИВЕТ Ÿ Ł")), S("école привет ÿ ł")));
    CHECK(str_eq(utf8_fold(a, S("ΟΔΟΣ")), utf8_fold(a, S("οδος"))));
    arena_free(a);
}

static void test_rand(void)
{
    struct arena *a = arena_new(4096);
    unsigned char key[SECRET_KEY_BYTES];
    unsigned char mac[SHA256_BYTES];
    char hex[SHA256_HEX];
    struct str sealed, opened;

    hmac_sha256(S("Jefe"), (const struct str[]){S("what do ya want "), S("for nothing?")}, 2, mac); /* RFC 4231, 2 */
    CHECK(memcmp(mac,
                 "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95\x75\xc7\x5a\x00\x3f\x08\x9d\x27\x39\x83\x9d"
                 "\xec\x58\xb9\x64\xec\x38\x43",
                 32) == 0);
    sha256_hex(S("abc"), hex);
    CHECK(str_eq(str_of(hex, sizeof(hex)), S("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
    CHECK(!str_eq(rand_token(a, 24), rand_token(a, 24)) && rand_token(a, 24).n == 24);
    CHECK(str_eq(base64_encode(a, S("any carnal pleas")), S("YW55IGNhcm5hbCBwbGVhcw==")));
    CHECK(str_eq(base64_decode(a, S("YW55IGNhcm5hbCBwbGVhcw==")), S("any carnal pleas")));
    CHECK(!base64_decode(a, S("a")).p && !base64_decode(a, S("!!!!")).p);
    rand_bytes(key, sizeof(key));
    sealed = secret_seal(a, key, S("signing secret"));
    opened = secret_open(a, key, sealed);
    CHECK(str_eq(opened, S("signing secret")));
    key[0] ^= 1;
    CHECK(!secret_open(a, key, sealed).p && !secret_open(a, key, S("short")).p);
    CHECK(secret_eq(S("a"), S("a")) && !secret_eq(S("a"), S("b")) && !secret_eq(S("a"), S("ab")));
    arena_free(a);
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool done;
};

static void *tell(void *arg)
{
    struct waiting *w = arg;

    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->told);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Times are those of the monotonic clock: as times of day they would lie in 1970, and be over. */
static void test_wait(void)
{
    struct waiting w = {.lock = PTHREAD_MUTEX_INITIALIZER};
    int64_t until_us = clock_mono_us() + 60 * US_PER_S;
    pthread_t thread;

    wait_init(&w.told);
    pthread_mutex_lock(&w.lock);
    CHECK(!wait_until(&w.told, &w.lock, clock_mono_us()));
    CHECK(pthread_create(&thread, NULL, tell, &w) == 0);
    while (!w.done)
        CHECK(wait_until(&w.told, &w.lock, until_us));
    pthread_mutex_unlock(&w.lock);
    pthread_join(thread, NULL);
}

int main(void)
{
    rand_init();
    test_str();
    test_arena_and_buf();
    test_clock();
    test_time();
    test_duration();
    test_id_restart();
    test_id();
    test_utf8();
    test_rand();
    test_wait();
    return 0;
}
