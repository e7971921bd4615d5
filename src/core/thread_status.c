#include "core/thread_status.h"

#include "base/clock.h"
#include "base/id.h"
#include "core/job.h"
#include "events.h"

#define LIFE_US (120 * US_PER_S)

static void tell(struct call *c, const struct thread_status_row *row, const struct thread_status *status)
{
    emit_assistant_thread_status_changed(c, &(struct ev_assistant_thread_status_changed){
                                                .to = row->channel_id,
                                                .channel = row->channel_id,
                                                .thread_ts = row->thread_ts,
                                                .user = row->user_id,
                                                .status = status->text,
                                                .loading_messages = status->loading_messages,
                                                .username = status->username,
                                                .icons = status->icons,
                                            });
}

static enum err clear(struct call *c, const struct thread_status_row *row)
{
    int64_t changed;

    TRY(sql_thread_status_remove(c->db, c->arena, row->id, &changed));
    TRY(job_drop(c, JOB_THREAD_STATUS, row->id));
    tell(c, row, &(struct thread_status){0});
    return OK;
}

enum err thread_status_set(struct call *c, const struct channel_row *ch, int64_t thread_ts,
                           const struct thread_status *status)
{
    struct thread_status_row old, new = {id_new('Q'), ch->id, thread_ts, c->who.user};
    int64_t changed;
    bool found;

    TRY(sql_thread_status_find(c->db, c->arena, ch->id, thread_ts, &old, &found));
    if (!status->text.n)
        return found ? clear(c, &old) : OK;
    if (found)
        TRY(job_drop(c, JOB_THREAD_STATUS, old.id));
    TRY(sql_thread_status_set(c->db, c->arena, new.id, new.channel_id, new.thread_ts, new.user_id, &changed));
    TRY(job_set(c, JOB_THREAD_STATUS, new.id, c->now_us + LIFE_US));
    tell(c, &new, status);
    return OK;
}

enum err thread_status_answered(struct call *c, const struct channel_row *ch, int64_t thread_ts, int64_t bot_user)
{
    struct thread_status_row row;
    bool found;

    TRY(sql_thread_status_find(c->db, c->arena, ch->id, thread_ts, &row, &found));
    return found && row.user_id == bot_user ? clear(c, &row) : OK;
}

enum err thread_status_over(struct call *c, int64_t id)
{
    struct thread_status_row row;
    bool found;

    TRY(sql_thread_status_get(c->db, c->arena, id, &row, &found));
    return found ? clear(c, &row) : OK;
}
