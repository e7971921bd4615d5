/* One app's line of deliveries: private to events_api.c, line.c and line_rows.c.
 *
 * A line has one owner at a time: the events thread (IDLE, ENDED), the HTTP client or the WebSockets (SENDING), the
 * lane (WRITING).  Its stage changes under the lock of its owner's struct; all else in it belongs to who has it. */
#ifndef TAUT_LIVE_LINE_H
#define TAUT_LIVE_LINE_H

#include "live/apps.h"
#include "live/meter.h"
#include "live/socket_hub.h"
#include "net/http_client.h"
#include "store/lane.h"

enum { LINE_ROWS_MAX = 256, LINE_BYTES_MAX = 1 << 20 };

enum delivery_state { DELIVERY_WAITS, DELIVERY_DONE, DELIVERY_LATER };

struct delivery {
    int64_t id, team, created_us;
    struct str body;                   /* without the token */
    int64_t attempts, attempts_before; /* failures; before: those that are stored */
    struct str reason;
    int64_t due_us; /* with DELIVERY_LATER */
    enum delivery_state state;
};

enum line_stage { LINE_IDLE, LINE_SENDING, LINE_ENDED, LINE_WRITING };

struct line {
    struct line *next;
    int64_t app;
    enum line_stage stage;
    bool pending; /* its rows may be waiting */
    uint64_t marked_at;
    struct arena *arena; /* of what is under way */
    struct str url, signing_secret, token;
    struct delivery *rows;
    int n, at;
    int late;              /* how many of them were passed over */
    int64_t late_untold;   /* under the lock: how many the log does not tell of yet */
    int64_t late_told_us;  /* of the monotonic clock */
    int64_t begun_us;      /* of the monotonic clock */
    int64_t rest_until_us; /* of the monotonic clock: results could not be written */
    struct http_out_request request;
    /* Socket Mode, instead of the request. */
    bool socket;
    char envelope[ENVELOPE_ID_CHARS];
    int64_t sweep_at_us; /* of the monotonic clock: when to look for what is too old */
    struct lane_job job;
    void *owner;
    bool failing;   /* it fails too often: it is to be disabled */
    bool forgets;   /* nobody hears its rows any more */
    bool written;   /* by the lane, whether or not that was committed */
    bool forbidden; /* a log line has said that its URL may not be asked */
    /* The challenge. */
    bool asking, answered;
    struct str challenge;
    int64_t ask_at_us; /* of the monotonic clock */
    int refusals;
    struct line_health health;
    struct line_meter *meters;
    bool telling; /* under way is app_rate_limited, about no row */
    /* Among nodes that share a database; the events thread's, whatever the stage. */
    int64_t owned_until_us; /* 0: another node may deliver them */
    int64_t served_us;      /* of the monotonic clock: when there last was something */
};

/* The next request of the line: rows[at], with its signature. */
void line_prepare(struct line *line);
/* The same of a body that is no row. */
void line_prepare_body(struct line *line, struct str body);
void line_prepare_challenge(struct line *line);
bool line_answers_challenge(struct line *line, const struct http_result *result);
/* What the answer means for rows[at].  True: it is to be sent again at once. */
bool line_judge(struct line *line, const struct http_result *result, int64_t now_us);

/* Passes over rows that are too old to be heard; they are done with. */
void line_pass_late(struct line *line, int64_t now_us);

/* Takes what is due into rows. */
enum err line_load(struct line *line, struct db *db);
/* Nodes that share a database deliver an app's events one at a time.  Makes the line this node's, for some seconds on;
 * rows that were read before are read anew when it was not.  *mine is false while another node delivers them. */
enum err line_own(struct line *line, struct db *db, int64_t node, bool *mine);
/* For some seconds more, while rows are on their way. */
void line_keep(struct line *line, struct db *db, int64_t node);
void line_release(struct line *line, struct db *db, int64_t node);
/* Writes what became of them, and of the line. */
enum err line_write(struct line *line, struct db *db);

#endif
