#include "api/fetch.h"

#include <pthread.h>

#include "net/http_client.h"

enum { TIMEOUT_MS = 5000, REDIRECTS_MAX = 3 };

struct waiting {
    struct http_out_request req; /* first: a http_out_request * is a waiting * */
    struct call *call;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool done;
    enum http_out outcome;
    int status;
    struct str body;
};

static void answered(struct http_out_request *req, const struct http_result *result)
{
    struct waiting *w = (struct waiting *)req;

    pthread_mutex_lock(&w->lock);
    w->outcome = result->outcome;
    w->status = result->status;
    w->body = arena_dup(w->call->arena, result->body);
    w->done = true;
    pthread_cond_signal(&w->told);
    pthread_mutex_unlock(&w->lock);
}

static void wait_for(struct waiting *w)
{
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->told, NULL);
    http_client_send(w->call->http, &w->req);
    pthread_mutex_lock(&w->lock);
    while (!w->done)
        pthread_cond_wait(&w->told, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&w->told);
    pthread_mutex_destroy(&w->lock);
}

enum fetched fetch(struct call *c, struct str url, size_t max_bytes, struct str *body)
{
    struct waiting w = {
        .req = {.url = url,
                .timeout_ms = TIMEOUT_MS,
                .max_redirects = REDIRECTS_MAX,
                .max_reply_bytes = max_bytes,
                .done = answered},
        .call = c,
    };

    if (!c->http)
        return FETCHED_NOTHING;
    wait_for(&w);
    *body = w.body;
    if (w.outcome == HTTP_OUT_TOO_LARGE)
        return FETCHED_TOO_LARGE;
    return w.outcome == HTTP_OUT_ANSWERED && w.status == 200 ? FETCHED : FETCHED_NOTHING;
}
