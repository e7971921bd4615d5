/* Setting what is to happen at a time (src/jobs runs it).  Part of the call's transaction. */
#ifndef TAUT_CORE_JOB_H
#define TAUT_CORE_JOB_H

#include "core/call.h"

#define JOB_STATUS S("status")       /* subject: the user whose status ends */
#define JOB_SCHEDULED S("scheduled") /* subject: a scheduled message */
#define JOB_REMINDER S("reminder")
#define JOB_THREAD_STATUS S("thread_status") /* subject: what an app shows in a thread */
#define JOB_UNFURL S("unfurl")               /* subject: previews that were read */
#define JOB_SNOOZE S("snooze")               /* subject: the user whose snooze ends */
#define JOB_ACCESSES S("accesses")           /* subject: 0 */
#define JOB_FUNCTION S("function")           /* subject: 0 */

/* In c->team.  One of a kind and subject: setting it again moves it. */
enum err job_set(struct call *c, struct str kind, int64_t subject, int64_t due_us);
enum err job_drop(struct call *c, struct str kind, int64_t subject);

#endif
