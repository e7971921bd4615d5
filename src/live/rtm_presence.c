/* presence_sub and presence_query: first it is looked up which of the ids are people of the client's workspace. */
#include <stdlib.h>

#include "base/id.h"
#include "live/rtm_own.h"
#include "sql.h"

enum { ARENA_BYTES = 1 << 14 };

struct question {
    struct desk_job job; /* first: a desk_job * is a question * */
    struct ws_task task;
    struct rtm *rtm;
    int64_t client, team;
    bool subscribe;
    int n;
    int64_t users[LIVE_IDS_MAX];
};

static struct question *of_task(struct ws_task *t)
{
    return (struct question *)(void *)((char *)t - offsetof(struct question, task));
}

static void tell(struct ws_task *t)
{
    struct question *q = of_task(t);
    struct client *cl = hub_client(q->rtm->hub, q->client);

    if (cl)
        --*client_pending(cl);
    if (cl && q->subscribe)
        hub_watch(cl, q->users, q->n);
    else if (cl)
        hub_tell_presence(cl, q->users, q->n);
    free(q);
}

static bool is_member(const struct question *q, struct db *db, struct arena *a, int64_t user)
{
    struct user_row u;
    bool found;

    return sql_user_in_team(db, a, user, q->team, &u, &found) == OK && found && u.is_member && !u.deleted &&
           !u.member_deleted;
}

static void run(struct desk_job *job)
{
    struct question *q = (struct question *)job;
    struct arena *a = arena_new(ARENA_BYTES);
    int known = 0;

    for (int i = 0; i < q->n; i++) {
        arena_reset(a);
        if (is_member(q, q->rtm->api->readers[q->rtm->worker], a, q->users[i]))
            q->users[known++] = q->users[i];
    }
    q->n = known;
    arena_free(a);
    if (!hub_post(q->rtm->hub, &q->task))
        free(q);
}

void rtm_presence(struct client *cl, struct arena *a, const struct json *frame, int64_t id, bool subscribe)
{
    const struct json *ids = json_get(frame, S("ids")), *at;
    struct question *q;

    if (!rtm_may_ask(cl, a, id))
        return;
    q = malloc(sizeof(*q));
    if (!q)
        abort();
    q->job = (struct desk_job){.run = run};
    q->task = (struct ws_task){.run = tell};
    q->rtm = hub_owner(client_hub(cl));
    q->client = client_id(cl);
    q->team = client_team(cl);
    q->subscribe = subscribe;
    q->n = 0;
    if (ids && ids->kind == JSON_ARRAY) {
        at = json_child(ids);
        for (uint32_t i = 0; i < ids->count && q->n < LIVE_IDS_MAX; i++, at = json_next(at))
            if (at->kind == JSON_STRING)
                q->users[q->n++] = id_parse(at->text);
    }
    desk_submit(q->rtm->desk, &q->job);
}
