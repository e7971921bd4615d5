#include "analytics/verify.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK_BYTES = 1 << 16, ARENA_BYTES = 1 << 12 };

/* --- files ---------------------------------------------------------------------------------------------------- */

/* CRC-32 and number of lines of what a gzip file holds.  False when it does not unpack to its end. */
static bool read_file(gzFile in, uint32_t *crc, int64_t *lines)
{
    unsigned char chunk[CHUNK_BYTES];
    int n, error;

    *crc = (uint32_t)crc32(0, NULL, 0);
    while ((n = gzread(in, chunk, sizeof(chunk))) > 0) {
        *crc = (uint32_t)crc32(*crc, chunk, (unsigned)n);
        for (int i = 0; i < n; i++)
            *lines += chunk[i] == '\n';
    }
    gzerror(in, &error);
    return n == 0 && error == Z_OK && gzeof(in);
}

static void look_at_file(struct str folder, int64_t team, int64_t day, enum analytics_kind kind, uint32_t closed_crc,
                         struct verified_file *out)
{
    char path[DAY_PATH_BYTES];
    uint32_t crc;
    gzFile in;

    folder_path(folder, team, day, kind, path);
    in = gzopen(path, "rbe");
    out->there = in != NULL;
    if (!in)
        return;
    out->sound = read_file(in, &crc, &out->rows);
    out->as_closed = out->sound && crc == closed_crc;
    gzclose_r(in);
}

/* The rows again, to nowhere. */
static enum err make_rows(struct day *d, enum analytics_kind kind, int nowhere, uint32_t closed_crc,
                          struct verified_file *out)
{
    struct gz *g = gz_new(nowhere);
    enum err e = kind == ANALYTICS_MEMBERS ? rows_members(d, g) : rows_channels(d, g);

    if (e == OK && !gz_end(g))
        e = ERR_SERVICE_UNAVAILABLE;
    out->as_rows = gz_crc(g) == closed_crc;
    gz_free(g);
    return e;
}

static enum err look_at_rows(struct day *d, const struct team_day_row *closed, struct verified *out)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    enum err e = nowhere < 0 ? ERR_SERVICE_UNAVAILABLE : OK;

    if (e == OK)
        e = make_rows(d, ANALYTICS_MEMBERS, nowhere, (uint32_t)closed->members_crc, &out->members);
    if (e == OK)
        e = make_rows(d, ANALYTICS_CHANNELS, nowhere, (uint32_t)closed->channels_crc, &out->channels);
    if (nowhere >= 0)
        close(nowhere);
    return e;
}

/* --- counts --------------------------------------------------------------------------------------------------- */

struct recount {
    struct verified *out;
    verify_amiss *amiss;
    void *ctx;
};

static bool visit(void *ctx, const struct recount_row *row)
{
    struct recount *r = ctx;

    r->out->messages.there += row->messages;
    r->out->reactions.there += row->reactions;
    r->out->files.there += row->files;
    if (row->messages > row->counted_messages || row->channel_messages > row->counted_channel_messages ||
        row->reactions > row->counted_reactions || row->files > row->counted_files) {
        r->out->people_amiss++;
        r->amiss(r->ctx, row);
    }
    return true;
}

static enum err recount(struct day *d, verify_amiss *amiss, void *ctx, struct verified *out)
{
    struct recount r = {out, amiss, ctx};
    struct counted_row counted;
    bool found;

    TRY(sql_recount_totals(d->db, d->arena, d->team.id, d->day, &counted, &found));
    out->messages = (struct verified_count){.counted = counted.messages, .by_channel = counted.channels_messages};
    out->reactions = (struct verified_count){.counted = counted.reactions, .by_channel = counted.channels_reactions};
    out->files = (struct verified_count){.counted = counted.files, .by_channel = -1};
    return sql_recount(d->db, d->arena, d->team.id, d->day, d->from_us, d->to_us, visit, &r);
}

/* --- all ------------------------------------------------------------------------------------------------------ */

enum err verify_day(struct db *db, const struct settings *settings, struct str folder, int64_t team, int64_t day,
                    verify_amiss *amiss, void *ctx, struct verified *out)
{
    struct arena *a = arena_new(ARENA_BYTES);
    struct team_day_row closed;
    struct day d;
    bool found;
    enum err e = sql_team_day_get(db, a, team, day, &closed, &found);

    *out = (struct verified){.closed = found};
    if (e == OK && found) {
        out->whole = closed.whole;
        out->closed_us = closed.closed_us;
    }
    if (e == OK && out->whole) {
        look_at_file(folder, team, day, ANALYTICS_MEMBERS, (uint32_t)closed.members_crc, &out->members);
        look_at_file(folder, team, day, ANALYTICS_CHANNELS, (uint32_t)closed.channels_crc, &out->channels);
        e = day_open(&d, db, settings, team, day, &found);
        if (e == OK)
            e = look_at_rows(&d, &closed, out);
        if (e == OK)
            e = recount(&d, amiss, ctx, out);
        day_close(&d);
    }
    arena_free(a);
    return e;
}

static bool file_good(const struct verified_file *f)
{
    return f->there && f->sound && f->as_closed && f->as_rows;
}

static bool count_good(const struct verified_count *c)
{
    return c->there <= c->counted && (c->by_channel < 0 || c->by_channel == c->counted);
}

bool verified_good(const struct verified *v)
{
    return v->whole && file_good(&v->members) && file_good(&v->channels) && count_good(&v->messages) &&
           count_good(&v->reactions) && count_good(&v->files) && v->people_amiss == 0;
}
