/* A server without its network: a fresh workspace on one engine, and calls into its dispatcher. */
#ifndef TAUT_TESTS_RUN_WORLD_H
#define TAUT_TESTS_RUN_WORLD_H

#include "api/dispatch.h"

struct world;
/* url: empty for SQLite in a temporary folder, or a PostgreSQL database, WHOSE PUBLIC SCHEMA IS DROPPED, or http://… of
 * a running `taut dev` that serves tests/fixture.json: then there are replies, but no events and no costs.
 * NULL on failure, then *why is a sentence (in a). */
struct world *world_open(struct str url, struct arena *a, struct str *why);
void world_close(struct world *w);

/* One call's result; valid until the next call. */
struct world_reply {
    struct api_request *req;
    int queries; /* that it made on the worker's and the writer's connection, without those of the next line */
    size_t arena_bytes;
};

struct world_call {
    struct str method, token, query;
    struct str content_type, body; /* both empty: a POST without a body */
    struct str host;               /* empty: 127.0.0.1:8065 */
    struct str agent;              /* User-Agent; empty: case-runner */
    bool get;
};

/* Runs it to its end, the lane's part included. */
void world_run(struct world *w, const struct world_call *call, struct world_reply *out);
/* The clock moves, and what is due by then happens; else it stands still, but for a millisecond before each call.
 * What the jobs emitted, in order; nothing over HTTP. */
const struct event *world_wait(struct world *w, int64_t by_us);
/* Another setting; false when none has this name, or the value is none of it. */
bool world_setting(struct world *w, struct str name, struct str value);
/* What the app answers that the next call asks (as struct app_answer); outcome APP_AWAY: there is none to ask. */
void world_app(struct world *w, const struct app_answer *answer);
/* What the last call asked: {"app", "to": an URL or "socket", "form": "command" or "interaction", "payload"}; empty:
 * nothing. */
struct str world_asked(struct world *w);
/* From now on no call leaves anything behind. */
void world_take_back(struct world *w);
/* The n-th query of the next call fails on each connection. */
void world_fail_at(struct world *w, int n);

#endif
