/* What calls that only read leave to be counted: who was active, who viewed what, who searched.
 *
 * It is gathered in memory and stored by whoever takes it, within seconds and when the server stops.  What is stored
 * already is remembered, so that most calls leave nothing; forgetting it costs a row written twice, no more. */
#ifndef TAUT_CORE_MARKS_H
#define TAUT_CORE_MARKS_H

#include "core/call.h"

/* Beside the bits of core/count.h: a token of the person was used. */
enum { MARK_SEEN = 1 << 16 };

struct mark {
    int64_t team, user;
    int64_t channel; /* that was viewed; 0: it is about the person alone */
    int64_t day;
    int64_t at_us;    /* of the first call */
    int64_t searches; /* how many */
    unsigned active;  /* bits: core/count.h, MARK_SEEN */
};

struct marks;
struct marks *marks_new(void);
void marks_free(struct marks *m);

/* Any thread; m may be NULL: nothing is counted. */
void marks_note(struct marks *m, const struct mark *x);
/* Is all of it stored already? */
bool marks_knows(struct marks *m, const struct mark *x);
/* It is stored now. */
void marks_learn(struct marks *m, const struct mark *x);
/* It is stored once the call is. */
void marks_learn_after(struct call *c, const struct mark *x);

/* All that waits to be stored, in the order in which it came; the taker frees v. */
struct mark_batch {
    struct mark *v;
    int n;
};
struct mark_batch marks_take(struct marks *m);
enum err marks_store(struct db *db, struct arena *a, const struct mark *v, int n);
/* One mark. */
enum err mark_store(struct db *db, struct arena *a, const struct mark *x);

#endif
