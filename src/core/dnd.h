/* When people are not to be disturbed: a daily schedule of their preferences, and a snooze.
 *
 * The schedule is dnd_enabled ("true"), dnd_start_hour and dnd_end_hour ("22:00", "8:00") in the person's own time; who
 * said nothing has 22:00 to 8:00, as people know it.  Bots have none. */
#ifndef TAUT_CORE_DND_H
#define TAUT_CORE_DND_H

#include "core/call.h"
#include "core/types.h"
#include "sql.h"

struct obj_dnd; /* generated */

struct dnd {
    int64_t user;
    bool enabled;
    int64_t start_us, end_us; /* the scheduled time that runs, or the next one; 1 s and 1 s when there is none */
    struct dnd_row row;
};

enum err dnd_open(struct call *c, const struct user_row *u, struct dnd *out);
bool dnd_snoozing(const struct call *c, const struct dnd *d);
/* Is the person not to be disturbed right now? */
bool dnd_now(const struct call *c, const struct dnd *d);
/* As the person sees itself (own), or as others see it: for them a snooze is the time that runs. */
struct obj_dnd dnd_object(const struct call *c, const struct dnd *d, bool own);
/* Stores row and tells: dnd_updated, dnd_updated_user. */
enum err dnd_store(struct call *c, const struct user_row *u, const struct dnd_row *row);
enum err dnd_tell(struct call *c, const struct user_row *u);
/* The job JOB_SNOOZE: the person's snooze is over. */
enum err dnd_snooze_over(struct call *c, int64_t user);

#endif
