/* What became of messages: who saw them, reacted, shared and clicked, as counts. */
#ifndef TAUT_ANALYTICS_MESSAGE_ACTIVITY_H
#define TAUT_ANALYTICS_MESSAGE_ACTIVITY_H

#include "core/touch.h"
#include "core/sight.h"

enum { ACTIVITY_PAGE_MAX = 100, ACTIVITY_GROUPS_MAX = 1000 };

/* What a group of people did with one message: a department, or those of one home workspace. */
struct activity_group {
    struct str name; /* of a department */
    int64_t team;    /* else */
    int64_t views, touched[TOUCH_KINDS_N];
};

/* Counts of people, each once. */
struct message_activity {
    int64_t ts;
    int64_t views, by_client[SIGHT_CLIENTS_N], touched[TOUCH_KINDS_N];
    struct activity_group *departments, *teams; /* the largest first, at most ACTIVITY_GROUPS_MAX of each */
    int n_departments, n_teams;
};

struct activity_rules {
    bool own_views;              /* authors see their own messages */
    struct str department_field; /* id of the profile field that names the department; empty: there are none */
    int64_t group_min;           /* groups with fewer people are left out */
};

/* The activity of n messages of ch (at most ACTIVITY_PAGE_MAX), which stand newest first; out has room for them. */
enum err message_activity_count(struct call *c, const struct channel_row *ch, const struct activity_rules *rules,
                                const struct stub_row *rows, int n, struct message_activity *out);

#endif
