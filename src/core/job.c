#include "core/job.h"

#include "sql.h"

enum err job_set(struct call *c, struct str kind, int64_t subject, int64_t due_us)
{
    int64_t changed;

    return sql_job_set(c->db, c->arena, kind, c->team, subject, due_us, &changed);
}

enum err job_drop(struct call *c, struct str kind, int64_t subject)
{
    int64_t changed;

    return sql_job_drop(c->db, c->arena, kind, c->team, subject, &changed);
}
