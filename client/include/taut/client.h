/* libtaut: the Slack Web API from C, for taut and for Slack itself.
 *
 *     struct taut *t = taut_new(NULL);            // address and token from the environment
 *     struct taut_chat_post_message_reply *r;
 *     if (taut_chat_post_message(t, &(struct taut_chat_post_message_args){.channel = "#general", .text = "Hi"}, &r))
 *         fprintf(stderr, "%s\n", taut_last_failure(t)->message);
 *     taut_reply_free(r);
 *     taut_free(t);
 *
 * Each method of the API is a function, with a struct of arguments and one of the reply; <taut/FAMILY.h> has them.
 *
 * A client is used by one thread at a time; there may be any number.  Nothing is global, nothing aborts, and no output
 * is written.  All memory but that of libcurl and OpenSSL comes from the allocator in the options. */
#ifndef TAUT_CLIENT_H
#define TAUT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <taut/errors.h>
#include <taut/json.h>
#include <taut/objects.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- clients ------------------------------------------------------------------------------------------------- */

struct taut;

struct taut_allocator {
    /* As realloc; with 0 bytes it frees p and gives NULL.  NULL else: there is no memory, and the call under way ends
     * with TAUT_NO_MEMORY. */
    void *(*resize)(void *context, void *p, size_t bytes);
    void *context;
};

/* All 0: the defaults. */
struct taut_options {
    /* Where methods are, with or without a slash at the end.  NULL: $SLACK_API_URL, else http://127.0.0.1:8065/api/.
     * Slack's own is https://slack.com/api/. */
    const char *url;
    /* NULL: the first of $TAUT_TOKEN, $SLACK_TOKEN, $SLACK_BOT_TOKEN and $TAUT_BOT_TOKEN; "": none is sent. */
    const char *token;
    /* For Socket Mode.  NULL: the first of $TAUT_APP_TOKEN and $SLACK_APP_TOKEN. */
    const char *app_token;
    const char *user_agent; /* put before libtaut's own */
    const char *ca_file;    /* certificates to trust instead of the system's, PEM.  NULL: $SSL_CERT_FILE, if set */
    int timeout_ms;         /* of a call; 0: 30 s.  Transfers of files may last longer while bytes move. */
    size_t max_reply_bytes; /* 0: 64 MiB */

    /* When the server says 429, a call waits as long as Retry-After says and goes again: at most max_waits times
     * (0: 3), never longer than max_wait_s at once (0: 60).  max_waits -1: it does not wait but fails. */
    int max_waits, max_wait_s;
    /* Asked before each wait, if there; false: do not wait.  The call then fails with TAUT_ERR_RATELIMITED. */
    bool (*on_wait)(void *context, const char *method, int seconds);
    /* Told now and then while a call moves bytes, if there: to the server and from it, of how many (0: not known).
     * False: the call ends with TAUT_STOPPED. */
    bool (*on_progress)(void *context, int64_t sent, int64_t of_sent, int64_t got, int64_t of_got);
    void *context; /* of these two */

    const struct taut_allocator *allocator; /* NULL: the C library's */
};

/* Texts are copied; the allocator and contexts must outlive the client.  Does not connect.  NULL: no memory. */
struct taut *taut_new(const struct taut_options *options);
void taut_free(struct taut *t);
/* Where calls go; ends in a slash. */
const char *taut_url(const struct taut *t);
/* The version of the library in use: "0.1.0". */
const char *taut_version(void);

/* How the last call on this client failed.  Valid until the next call. */
struct taut_failure {
    enum taut_error error;
    const char *code;    /* its text, also of codes this version does not know; "ok" when nothing failed */
    const char *message; /* a sentence, with what helps */
    const char *needed;  /* with missing_scope: any of these would do; else empty */
    const char *provided;
    int http_status;   /* 0: there was no answer */
    int retry_after_s; /* with TAUT_ERR_RATELIMITED */
};
const struct taut_failure *taut_last_failure(const struct taut *t);

/* --- replies ------------------------------------------------------------------------------------------------- */

struct taut_rows; /* an answer that is a file: <taut/analytics.h> */

/* What every reply begins with. */
struct taut_reply {
    struct taut_reply_memory *memory;
    const struct taut_json *json; /* the whole answer, as it came */
    const char *warning;          /* a comma list of codes; empty when there is none */
};
/* Any reply, with all that hangs on it; NULL is fine. */
void taut_reply_free(void *reply);

/* In arguments: what is not set is not sent, and TAUT_UNSET is 0. */
enum taut_bool { TAUT_UNSET, TAUT_TRUE, TAUT_FALSE = -1 };
/* An optional number of 0 is not sent; this one is, as 0. */
#define TAUT_ZERO INT64_MIN

/* --- any method, by name -------------------------------------------------------------------------------------- */

/* Bytes that are read as they are sent.  All 0: none. */
struct taut_source {
    /* Up to n bytes into p; 0: the end; -1: it failed. */
    ptrdiff_t (*read)(void *context, void *p, size_t n);
    void *context;
    int64_t bytes;        /* how many there are; -1: not known */
    const char *filename; /* NULL: "file" */
};
/* From where it stands to its end.  The file is the caller's, who closes it after the call. */
struct taut_source taut_source_file(FILE *f, const char *filename);
struct taut_source taut_source_fd(int fd, const char *filename);

struct taut_pair {
    const char *name, *value; /* a value of NULL is not sent */
};

struct taut_request {
    const char *method;
    const struct taut_pair *args;
    int n_args;
    const char *json; /* the arguments as a JSON object instead */
    const char *part; /* the name of the part that source is sent as, in a multipart form; NULL: none */
    struct taut_source source;
};
/* For methods that libtaut does not know.  *reply is NULL when it fails; reply itself may be NULL. */
enum taut_error taut_call(struct taut *t, const struct taut_request *request, struct taut_reply **reply);

/* --- lists ---------------------------------------------------------------------------------------------------- */

/* All items of a list, over all its pages:
 *
 *     struct taut_list *l = taut_conversations_list_all(t, NULL);
 *     const struct taut_conversation *c;
 *     while ((c = taut_conversations_list_next(l)))   // valid until the next
 *         puts(c->name);
 *     if (taut_list_end(l))
 *         fprintf(stderr, "%s\n", taut_last_failure(t)->message);
 *
 * A list may be NULL, when there was no memory: next then gives NULL, and end says so. */
struct taut_list;
/* The reply the last item came in, for what stands beside the items; NULL before the first. */
const struct taut_reply *taut_list_reply(const struct taut_list *list);
/* Frees it.  TAUT_OK when nothing failed: whether all was read or not. */
enum taut_error taut_list_end(struct taut_list *list);

/* For lists that are read by taut_call: *arg is the argument that asks for the page behind this one, valid as long as
 * the reply.  False: this is the last page. */
bool taut_next_page(const struct taut_reply *reply, struct taut_pair *arg);

/* --- files ---------------------------------------------------------------------------------------------------- */

struct taut_files_complete_upload_external_reply;

/* A file as today's API takes it: files.getUploadURLExternal, the bytes, files.completeUploadExternal. */
struct taut_upload {
    struct taut_source source; /* its length must be known */
    const char *filename;      /* NULL: the source's */
    const char *title;
    const char *alt_txt, *snippet_type;
    const char *channels; /* ids between commas; NULL: it is not shared */
    const char *initial_comment, *thread_ts;
};
enum taut_error taut_upload(struct taut *t, const struct taut_upload *upload,
                            struct taut_files_complete_upload_external_reply **reply);

#ifdef __cplusplus
}
#endif

#endif
