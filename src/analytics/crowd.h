/* The people of one count: each once, with what groups them. */
#ifndef TAUT_ANALYTICS_CROWD_H
#define TAUT_ANALYTICS_CROWD_H

#include "base/map.h"
#include "core/call.h"

enum { CROWD_ROWS_MAX = 128 }; /* messages that are counted together */

/* A department, or a workspace. */
struct crowd_group {
    struct str name;
    int64_t team;
    int index;                       /* in the order in which they were met */
    struct crowd_group *next, *same; /* all of them; others of the same hash */
};

struct crowd_person {
    int64_t user;
    bool counts;                           /* a person that is still known; set by crowd_load */
    struct crowd_group *department, *team; /* NULL: none */
    uint64_t *skip;                        /* bits of the messages that it is not counted for (again); NULL: none */
    struct crowd_person *next;
};

struct crowd {
    struct call *c;
    struct map by_user; /* freed by crowd_close */
    struct crowd_person *people;
    struct map departments_by_hash, teams_by_id;
    struct crowd_group *departments, *teams;
    int n_departments, n_teams;
};

struct crowd_person *crowd_person(struct crowd *w, int64_t user);
void crowd_skip(struct crowd *w, struct crowd_person *p, int row);
static inline bool crowd_skips(const struct crowd_person *p, int row)
{
    return p->skip && p->skip[row / 64] >> (row % 64) & 1;
}
/* Reads who they are.  department_field: id of the field of profiles; empty: nobody has a department. */
enum err crowd_load(struct crowd *w, struct str department_field);
void crowd_close(struct crowd *w);

#endif
