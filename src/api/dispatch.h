/* The dispatcher: one API call from a method's name and bytes to a reply's bytes (DESIGN.md 3).
 *
 * find method → body (content type, charset, form/JSON/multipart) → argument names → token → workspace state → token
 * kind → scope → rate → arguments → gate → work.  The order decides which error wins; it stands here once.  A method
 * that asks an app (core/ask.h) works twice: what it asks leaves after the first commit, and the reply after the
 * second. Transport-free: the HTTP front, the tests and, later, Socket Mode and jobs fill a struct api_request. */
#ifndef TAUT_API_DISPATCH_H
#define TAUT_API_DISPATCH_H

#include "core/ask.h"
#include "core/auth.h"
#include "core/bus.h"
#include "core/call.h"
#include "net/http.h"
#include "store/lane.h"

struct settings; /* generated */
struct limiter;
struct page_cache;
struct fault_rules;
struct slow;
struct blobs;
struct job_runner;
struct access_log;
struct geo;
struct http_client;
struct live;

/* What all calls share; owned by whoever opened it. */
struct api {
    const struct settings *settings;
    const unsigned char *key;   /* of the key file */
    struct db **readers;        /* one connection for each worker, then for each thread of slow, then for live */
    struct auth_cache **actors; /* as readers; NULL entries: no cache */
    int n_workers;
    struct slow *slow;   /* NULL: what takes long runs on the worker */
    struct blobs *blobs; /* bodies of files */
    struct lane *lane;
    bool lane_inline;            /* PostgreSQL: a write runs on the worker that submits it */
    struct bus bus;              /* publish may be NULL */
    struct limiter *limiter;     /* NULL: no limits */
    struct page_cache *pages;    /* NULL: none */
    struct fault_rules *faults;  /* NULL: none (taut dev --fault) */
    struct str public_url;       /* with a trailing slash; empty: from the request's Host */
    struct job_runner *jobs;     /* NULL: none */
    struct access_log *accesses; /* who used which workspace; NULL: not counted, without team.accessLogs */
    struct geo *geo;             /* where addresses are; NULL: not known */
    struct http_client *http;    /* what goes out to other servers; NULL: nothing does */
    struct marks *marks;         /* who was active; NULL: what only reads is not counted */
    struct analytics *analytics; /* NULL: no analytics files */
    const struct live *live;     /* who is connected in real time; NULL: nobody can be */
    struct asker asker;          /* ask NULL: no app is there to ask */
    bool dev;                    /* methods of `taut dev` exist */
};

struct api_reply {
    int status;         /* 200, 429, 500, 503 … */
    struct str body;    /* JSON, in the request's arena, or kept alive by release */
    struct str headers; /* further header lines with CRLF: scopes, Retry-After */
    void (*release)(void *arg);
    void *release_arg;
    const struct reply_file *file; /* NULL: the body is the reply; else this is, of the type: */
    struct str content_type;
};

struct api_request {
    struct arena *arena;
    int worker;        /* whose connections and caches this call uses */
    struct str method; /* "chat.postMessage" */
    bool post;         /* POST: the body's rules apply */
    struct str query, content_type, body, authorization;
    bool has_body, body_cut, is_multipart, multipart_bad;
    const struct http_part *parts;
    int n_parts;
    struct str remote_addr, user_agent, host;
    bool secure;
    uint64_t origin; /* the real-time connection it came over; 0: none */
    struct api_reply reply;
    /* Called once, on another thread, when api_call returned false. */
    void (*done)(struct api_request *req);
    void *user;           /* the transport's own */
    struct event *events; /* after the call: what it emitted (tests) */
    struct call *call;    /* after the call: for costs (tests) */
};

/* True: the reply is there.  False: done will be called (perhaps already has been) from the lane's thread, and req
 * belongs to it; the caller must not touch req after. */
bool api_call(struct api *api, struct api_request *req);

#endif
