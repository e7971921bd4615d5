/* Calls of the API over a socket, one after the other on a kept connection. */
#ifndef TAUT_TESTS_RUN_HTTP_H
#define TAUT_TESTS_RUN_HTTP_H

#include "base/arena.h"

struct http_caller;

/* url: "http://127.0.0.1:8065", an IPv4 address and a port.  NULL when it is none. */
struct http_caller *http_caller_new(struct str url);
void http_caller_free(struct http_caller *h);

struct http_ask {
    struct str path; /* "/api/users.info?user=U1" */
    bool get;
    struct str token, content_type, body; /* each may be empty */
    struct str agent;                     /* User-Agent; empty: none */
    struct str host;                      /* empty: 127.0.0.1:8065, whatever port the server has */
};

struct http_answer {
    int status;
    struct str headers, body; /* header lines with CRLF */
};

/* False when the server could not be reached or did not answer in HTTP; texts lie in the arena. */
bool http_caller_ask(struct http_caller *h, struct arena *a, const struct http_ask *ask, struct http_answer *out);

/* The value of a header among header lines; a NULL pointer when there is none of this name. */
struct str http_answer_header(struct str headers, struct str name);

#endif
