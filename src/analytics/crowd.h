/* The people of one count: each once, with what it did and what groups them. */
#ifndef TAUT_ANALYTICS_CROWD_H
#define TAUT_ANALYTICS_CROWD_H

#include "base/map.h"
#include "core/call.h"

enum { CROWD_ROWS_MAX = 128 }; /* messages that are counted together */

enum crowd_by { CROWD_BY_DEPARTMENT, CROWD_BY_TEAM, CROWD_BYS_N };

struct sighting; /* of whoever counts */

struct crowd_person {
    int64_t user;
    bool counts;                      /* a person that is still known; set by crowd_load */
    uint64_t *skip;                   /* bits of the messages that it is not counted for (again); NULL: none */
    struct sighting *views, *touches; /* what it did */
    struct crowd_person *next;
    struct crowd_person *next_of[CROWD_BYS_N]; /* others of the same department, of the same workspace */
};

/* A department, or a workspace. */
struct crowd_group {
    struct str name;
    int64_t team;
    struct crowd_person *people;     /* those that count */
    struct crowd_group *next, *same; /* all of them; others of the same key */
};

struct crowd_groups {
    struct map by_key;
    struct crowd_group *all;
    int n;
};

struct crowd {
    struct call *c;
    struct map by_user; /* freed by crowd_close, as are those of groups */
    struct crowd_person *people;
    struct crowd_groups groups[CROWD_BYS_N];
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
