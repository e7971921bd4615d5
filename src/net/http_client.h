/* Outgoing HTTP (libcurl): event deliveries, webhooks of apps, link previews.
 *
 * One thread runs all requests.  They go to public addresses and to those of the allow list, whatever a name resolves
 * to and wherever a redirect leads.  A request lies with its owner until done was called. */
#ifndef TAUT_NET_HTTP_CLIENT_H
#define TAUT_NET_HTTP_CLIENT_H

#include "base/str.h"

struct address_list;
struct http_client;

enum http_out {
    HTTP_OUT_ANSWERED, /* status and body are there, whatever they say */
    HTTP_OUT_TIMEOUT,
    HTTP_OUT_REDIRECTS, /* too many */
    HTTP_OUT_TLS,
    HTTP_OUT_FORBIDDEN, /* the address is neither public nor allowed */
    HTTP_OUT_TOO_LARGE, /* over max_reply_bytes */
    HTTP_OUT_FAILED,    /* no connection, no name, a broken answer */
};

struct http_result {
    enum http_out outcome;
    int status;
    struct str body;
    struct str content_type;
    bool no_retry; /* X-Slack-No-Retry: 1 */
};

struct http_out_request {
    struct str url;
    bool post;
    struct str headers; /* lines, each ended by CRLF */
    struct str body;    /* of a POST */
    int timeout_ms;
    int max_redirects;
    size_t max_reply_bytes;
    /* On the client's thread; result is valid until it returns. */
    void (*done)(struct http_out_request *req, const struct http_result *result);
    void *user;
    struct http_out_request *next; /* the client's own */
};

/* allow may be NULL; it must outlive the client. */
struct http_client *http_client_new(const struct address_list *allow);
/* Ends requests under way (HTTP_OUT_FAILED) and joins the thread. */
void http_client_free(struct http_client *client);
/* Any thread.  URLs other than http: and https: fail. */
void http_client_send(struct http_client *client, struct http_out_request *req);
/* "http_timeout", "too_many_redirects", "ssl_error", "connection_failed", "http_error": X-Slack-Retry-Reason. */
const char *http_out_reason(const struct http_result *result);

#endif
