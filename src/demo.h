/* `taut demo`: a company's activity, made up through the API's own handlers under a moved clock.
 *
 * demo_world.c makes people and channels, demo_plan.c says who does what when, demo_play.c does it, demo_text.c has the
 * words.  The same numbers (members, days, rate, variant, until) give the same history. */
#ifndef TAUT_DEMO_H
#define TAUT_DEMO_H

#include "server.h"

/* --- chance --------------------------------------------------------------------------------------------------- */

struct demo_random {
    uint64_t state;
};
uint64_t demo_next(struct demo_random *r);
/* 0 … n - 1; n > 0. */
int demo_below(struct demo_random *r, int n);
/* 0 … 1, without 1. */
double demo_part(struct demo_random *r);
bool demo_chance(struct demo_random *r, double p);
/* How often something happens that happens `mean` times on average. */
int demo_poisson(struct demo_random *r, double mean);
/* An index of n whose i-th is taken about 1 / (i + 1) as often as the first. */
int demo_rank(struct demo_random *r, int n);

/* Words, some of them more often than others. */
void demo_sentence(struct buf *b, struct demo_random *r);
struct str demo_word(struct demo_random *r);
struct str demo_first_name(int i);
struct str demo_last_name(int i);
struct str demo_emoji(struct demo_random *r);
struct str demo_channel_name(struct arena *a, int i);
struct str demo_department(int i);

/* --- who and where -------------------------------------------------------------------------------------------- */

enum { DEMO_RECENT = 32, DEMO_FRIENDS = 6 };

/* A message that can be answered. */
struct demo_message {
    int64_t ts, thread_ts;
    bool has_link;
};

struct demo_channel {
    struct str id;
    int *members;
    int n_members;
    bool is_dm;
    int64_t n_messages, last_ts;
    struct demo_message recent[DEMO_RECENT]; /* the newest, in a ring */
};

/* A place of somebody's. */
struct demo_seat {
    int channel;
    int64_t read; /* n_messages when it was read last */
};

struct demo_member {
    int64_t user;
    struct str id, token;
    double weight;         /* how much it writes; 1 on average */
    int zone_h;            /* hours before or after UTC */
    const char *agents[2]; /* at work, and elsewhere */
    struct demo_seat *seats;
    int n_seats, cap_seats;
    int friends[DEMO_FRIENDS], dms[DEMO_FRIENDS]; /* people, and the channels with them; -1: none yet */
};

struct demo {
    struct server server; /* first: serving_main's server is a struct demo */
    struct demo_random random;
    struct demo_member *members;
    struct demo_channel *channels;
    int n_members, n_channels, cap_channels;
    int64_t from_us, until_us;
    double rate;
    struct str owner_token;
    struct arena *call_arena;
    struct api_request req;
    struct demo_wait *wait;
    int64_t calls, messages;
    struct str why; /* the first call that failed as none may */
};

/* One call of the API, to its end; *reply is good until the next.  False: it was not ok. */
bool demo_call(struct demo *d, const struct demo_member *m, const char *agent, const char *method, struct str body,
               const struct json **reply);
/* The body of the next call, as JSON; demo_body_end gives it. */
struct json_out demo_body(struct demo *d);
struct str demo_body_end(struct json_out *o);

/* People, the workspace's fields and tokens; then, when the API is there, channels. */
bool demo_people(struct demo *d, struct str *why);
bool demo_channels(struct demo *d, struct str *why);
int demo_channel_add(struct demo *d, struct str id, bool is_dm, int members);
void demo_seat_add(struct demo *d, int channel, int member);

/* --- what happens --------------------------------------------------------------------------------------------- */

enum demo_deed { DEMO_POST, DEMO_READ, DEMO_SEARCH };
struct demo_event {
    int64_t at_us;
    int32_t member;
    enum demo_deed deed;
};

/* What happens in the hour that begins at at_us, in order; *events grows as needed and is the caller's to free. */
int demo_plan(struct demo *d, int64_t at_us, struct demo_event **events, int *cap);
/* Does it, at its time. */
void demo_play(struct demo *d, const struct demo_event *e);

#endif
