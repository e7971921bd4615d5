/* A line and its rows of the outbox. */
#include "base/clock.h"
#include "core/auth.h"
#include "live/line.h"
#include "sql.h"

static enum err write_rows(struct line *line, struct db *db)
{
    int64_t changed;

    for (int i = 0; i < line->n; i++) {
        const struct delivery *d = &line->rows[i];
        if (d->state == DELIVERY_DONE)
            TRY(sql_outbox_remove(db, line->arena, d->id, &changed));
        else if (d->state == DELIVERY_LATER || d->attempts != d->attempts_before)
            TRY(sql_outbox_put_off(db, line->arena, d->id, d->attempts, d->due_us, d->reason, &changed));
    }
    return OK;
}

enum err line_write(struct line *line, struct db *db)
{
    int64_t changed, now_us = clock_now_us();

    TRY(write_rows(line, db));
    if (line->answered)
        TRY(sql_app_url_set(db, line->arena, line->app, line->url, now_us, &changed));
    if (line->failing)
        TRY(sql_app_url_disable(db, line->arena, line->app, now_us, &changed));
    if (line->failing || line->forgets)
        TRY(sql_outbox_forget(db, line->arena, line->app, &changed));
    if (line->answered || line->failing)
        TRY(auth_epoch_tell(db, line->arena));
    return OK;
}

struct load {
    struct line *line;
    size_t bytes;
};

static bool load_row(void *ctx, const struct outbox_row *row)
{
    struct load *load = ctx;
    struct line *line = load->line;
    struct delivery *d = &line->rows[line->n++];

    *d = (struct delivery){.id = row->id,
                           .team = row->team_id,
                           .created_us = row->created_us,
                           .body = arena_dup(line->arena, row->body),
                           .attempts = row->attempts,
                           .attempts_before = row->attempts,
                           .reason = arena_dup(line->arena, row->reason)};
    load->bytes += row->body.n;
    return load->bytes < LINE_BYTES_MAX;
}

enum err line_load(struct line *line, struct db *db)
{
    struct load load = {.line = line};

    line->n = line->at = 0;
    line->rows = ARENA_ARRAY(line->arena, struct delivery, LINE_ROWS_MAX);
    return sql_outbox_due(db, line->arena, line->app, clock_now_us(), LINE_ROWS_MAX, load_row, &load);
}
