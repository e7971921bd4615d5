/* Reminders: what USLACKBOT tells people at a time. */
#ifndef TAUT_CORE_REMINDER_H
#define TAUT_CORE_REMINDER_H

#include "base/id.h"
#include "core/call.h"
#include "core/when.h"
#include "sql.h"

/* Their ids are Rm… outside; inside, where a kind is one letter, they are R…. */
enum { REMINDER_KIND = 'R' };
int64_t reminder_id(struct arena *a, struct str text);

void reminder_put(struct call *c, struct json_out *o, struct str key, const struct reminder_row *r);
/* The repetition of a row, as when.h has it. */
struct when reminder_when(const struct reminder_row *r);
/* The job JOB_REMINDER: tells the person, and sets the next time of one that recurs. */
enum err reminder_fire(struct call *c, int64_t id);

#endif
