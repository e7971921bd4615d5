/* How fast libtaut reads a day of member analytics, against unpacking the same file without looking at it.
 *
 *     rows_read make FILE ROWS      writes a file of that many rows, as the server writes them
 *     rows_read zlib|isal|rows|lines FILE
 */
#include <inttypes.h>
#include <isa-l/igzip_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taut/taut.h>
#include <time.h>
#include <zlib.h>

enum { CHUNK = 256 << 10 };

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static const char *yes_or_no(unsigned *seed, unsigned one_in)
{
    return next_random(seed) % one_in ? "false" : "true";
}

static int make(const char *path, long rows)
{
    gzFile f = gzopen(path, "wb1");
    unsigned seed = 1;

    if (!f)
        return 1;
    for (long i = 0; i < rows; i++) {
        unsigned posted = next_random(&seed) % 3 ? 0 : next_random(&seed) % 50;
        const char *active = yes_or_no(&seed, 2);
        if (gzprintf(
                f,
                "{\"enterprise_id\":\"E0ACME\",\"team_id\":\"T0ACME\",\"date\":\"2026-11-24\",\"user_id\":\"U%08lX\","
                "\"enterprise_user_id\":\"U%08lX\",\"email_address\":\"person.%ld@acme.example\","
                "\"enterprise_employee_number\":\"\",\"is_guest\":%s,\"is_billable_seat\":%s,\"is_active\":%s,"
                "\"is_active_ios\":%s,\"is_active_android\":%s,\"is_active_desktop\":%s,\"is_active_apps\":%s,"
                "\"is_active_workflows\":false,\"is_active_slack_connect\":false,\"reactions_added_count\":%u,"
                "\"messages_posted_count\":%u,\"channel_messages_posted_count\":%u,\"files_added_count\":%u,"
                "\"total_calls_count\":0,\"slack_calls_count\":0,\"slack_huddles_count\":0,\"search_count\":%u,"
                "\"date_claimed\":%u}\n",
                i * 2654435761 % 0xFFFFFFFF, i * 2654435761 % 0xFFFFFFFF, i, yes_or_no(&seed, 20), yes_or_no(&seed, 2),
                active, yes_or_no(&seed, 4), yes_or_no(&seed, 4), yes_or_no(&seed, 3), yes_or_no(&seed, 10),
                next_random(&seed) % 9, posted, posted / 2, next_random(&seed) % 3, next_random(&seed) % 5,
                1500000000 + next_random(&seed) % 200000000) <= 0)
            return 1;
    }
    return gzclose(f) != Z_OK;
}

static int by_zlib(FILE *f)
{
    static unsigned char in[CHUNK], out[CHUNK];
    z_stream z = {0};
    int result = Z_OK;
    size_t bytes = 0;

    if (inflateInit2(&z, 31) != Z_OK)
        return 1;
    while (result != Z_STREAM_END && (z.avail_in = (unsigned)fread(in, 1, CHUNK, f)) > 0) {
        z.next_in = in;
        do {
            z.next_out = out;
            z.avail_out = CHUNK;
            result = inflate(&z, Z_NO_FLUSH);
            bytes += CHUNK - z.avail_out;
        } while (result == Z_OK && z.avail_in);
    }
    inflateEnd(&z);
    printf("%zu bytes\n", bytes);
    return result != Z_STREAM_END;
}

static int by_isal(FILE *f)
{
    static unsigned char in[CHUNK], out[CHUNK];
    static struct inflate_state z;
    size_t bytes = 0;

    isal_inflate_init(&z);
    z.crc_flag = ISAL_GZIP;
    while (z.block_state != ISAL_BLOCK_FINISH && (z.avail_in = (uint32_t)fread(in, 1, CHUNK, f)) > 0) {
        z.next_in = in;
        do {
            z.next_out = out;
            z.avail_out = CHUNK;
            if (isal_inflate(&z) != ISAL_DECOMP_OK)
                return 1;
            bytes += CHUNK - z.avail_out;
        } while (z.block_state != ISAL_BLOCK_FINISH && (z.avail_in || !z.avail_out));
    }
    printf("%zu bytes\n", bytes);
    return z.block_state != ISAL_BLOCK_FINISH;
}

static int by_rows(FILE *f, bool typed)
{
    struct taut *t = taut_new(NULL);
    struct taut_source source = taut_source_file(f, NULL);
    const struct taut_analytics_member_row *m;
    struct taut_rows *rows;
    int64_t n = 0, active = 0, posted = 0;
    size_t bytes;

    if (taut_rows_open(t, &source, &rows))
        return 1;
    while (typed && (m = taut_rows_member(rows))) {
        n++;
        active += m->is_active;
        posted += m->messages_posted_count;
    }
    while (!typed && taut_rows_line(rows, &bytes))
        n++;
    printf("%" PRId64 " rows, %" PRId64 " active, %" PRId64 " messages\n", n, active, posted);
    if (taut_rows_end(rows))
        fprintf(stderr, "%s\n", taut_last_failure(t)->message);
    taut_free(t);
    return n == 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    FILE *f;

    if (strcmp(what, "make") == 0)
        return make(argv[2], argc > 3 ? atol(argv[3]) : 1000000);
    f = argc > 2 ? fopen(argv[2], "rb") : NULL;
    if (!f)
        return 2;
    if (strcmp(what, "zlib") == 0)
        return by_zlib(f);
    if (strcmp(what, "isal") == 0)
        return by_isal(f);
    return by_rows(f, strcmp(what, "rows") == 0);
}
