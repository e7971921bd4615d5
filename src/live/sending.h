/* The lines' way through sending and judging: private to events_api.c and sending.c.  All of it happens under the lock,
 * unless it says otherwise. */
#ifndef TAUT_LIVE_SENDING_H
#define TAUT_LIVE_SENDING_H

#include <pthread.h>

#include "base/id.h"
#include "live/events_api.h"
#include "live/line.h"
#include "live/outbox.h"

struct events_api {
    int64_t node; /* this one, among those that share the database */
    struct events_options opt;
    struct apps *apps;
    struct http_client *client;
    struct socket_hub *hub;
    struct socket_sender sender; /* of lines */
    struct outbox outbox;
    pthread_t thread;
    pthread_mutex_t lock; /* of the lines' list, stages and marks, and of what follows */
    pthread_cond_t told;
    struct line *lines;
    uint64_t commits; /* grows with each that may have left rows */
    bool awake;       /* there is something to do */
    bool stopping;
};

/* The app's line, made when there is none. */
struct line *line_of(struct events_api *ev, int64_t app);
/* The thread has something to do. */
void events_wake(struct events_api *ev);
/* Whoever has a line passes it on. */
void line_pass_on(struct line *line, enum line_stage stage);
/* Sends what is prepared. */
void line_send(struct line *line);
/* Sends the next row, or ends the batch. */
void line_go_on(struct line *line);
/* What Socket Mode tells: of the lines of ev, and that an app has come. */
struct socket_sender sending_sender(struct events_api *ev);
void sending_opened(void *ctx, int64_t app);

struct id_text {
    char text[ID_MAX + 1];
};
/* An app's id, for log lines. */
struct id_text app_text(int64_t id);

#endif
