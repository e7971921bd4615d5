/* What libtaut's own files know of each other. */
#ifndef TAUT_CLIENT_OWN_H
#define TAUT_CLIENT_OWN_H

#include <curl/curl.h>
#include <signal.h>

#include "base/buf.h"
#include "fill.h"
#include <taut/client.h>

enum { MESSAGE_MAX = 512, CODE_MAX = 128, SCOPES_MAX = 512 };

struct taut {
    struct memory memory;
    struct arena *arena; /* of the texts below */
    const char *url, *token, *app_token, *agent, *ca_file;
    struct taut_options options; /* its texts are not used after taut_new */
    CURL *curl;                  /* of calls, kept for its connection */

    struct taut_failure failure; /* points into these */
    char message[MESSAGE_MAX], code[CODE_MAX], needed[SCOPES_MAX], provided[SCOPES_MAX];
};

/* Where a reply lives. */
struct taut_reply_memory {
    struct memory from; /* a reply may outlive its client */
    struct arena *arena;
    struct buf body;
};

/* --- failures ------------------------------------------------------------------------------------------------- */

void failure_clear(struct taut *t);
/* Notes it and returns e. */
enum taut_error failure(struct taut *t, enum taut_error e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What a reply with ok:false says. */
enum taut_error failure_of_reply(struct taut *t, const char *method, const struct json *reply, int status);
enum taut_error no_memory(struct taut *t);

/* --- HTTP ------------------------------------------------------------------------------------------------------ */

struct http_request {
    const char *url;
    const char *bearer;       /* NULL or "": none */
    struct str body;          /* with content_type */
    const char *content_type; /* NULL: GET, unless there is a part */
    /* A multipart form of fields and one part; or without a name the bytes of the source alone as the body. */
    const char *part;
    const struct taut_source *source;
    const struct taut_pair *fields;
    int n_fields;
    bool transfer; /* lasts as long as bytes move */
};

/* The request of a call, with room for its address and body; it points into these and into q. */
enum taut_error request_make(struct taut *t, const struct taut_request *q, struct buf *url, struct buf *body,
                             struct http_request *r);

struct http_answer {
    int status;
    int retry_after_s; /* -1: no such header */
    bool gzip;         /* the body is a file, of type application/gzip */
    struct buf *body;  /* where it goes */
};

/* A reply's memory, with room for a body; NULL: none. */
struct taut_reply_memory *reply_memory_new(struct taut *t);
void reply_memory_free(struct taut_reply_memory *m);
/* What the body holds, into a struct that begins with a taut_reply, of this shape (NULL: nothing else).  Takes m: on
 * failure it is freed. */
enum taut_error reply_read(struct taut *t, const char *method, struct taut_reply_memory *m, int status,
                           const struct shape *shape, size_t bytes, void **reply);
/* Waits and says true when the call is to be made again. */
bool wait_for_turn(struct taut *t, const char *method, int status, int retry_after_s, int *waits);

/* One request, without another try.  TAUT_OK: there is an answer, of whatever status. */
enum taut_error http_do(struct taut *t, const struct http_request *request, struct http_answer *answer);
/* The seconds of a Retry-After line; of any other line what there was before. */
int retry_after(struct str line, int before);
/* What all requests of this client have in common; the headers are the caller's, to free after the request. */
enum taut_error http_prepare(struct taut *t, CURL *curl, const struct http_request *request,
                             struct curl_slist **headers);
/* Says what the result of a transfer means. */
enum taut_error http_failure(struct taut *t, CURLcode result, const char *url);

/* --- bodies ---------------------------------------------------------------------------------------------------- */

/* Appends name=value of a form, with & before it unless it is the first. */
void form_put(struct buf *b, const char *name, const char *value);

/* --- signals --------------------------------------------------------------------------------------------------- */

/* Between these two a broken connection sends this thread no SIGPIPE. */
struct quiet {
    sigset_t old;
    bool pending;
};
void quiet_begin(struct quiet *q);
void quiet_end(const struct quiet *q);

/* Waits; signals do not cut it short. */
void wait_ms(int64_t ms);
int64_t now_ms(void);

#endif
