/* What the listener serves: the API, and a few pages besides. */
#ifndef TAUT_FRONT_FRONT_H
#define TAUT_FRONT_FRONT_H

#include "api/dispatch.h"
#include "net/http.h"

struct front {
    struct api *api;
    int64_t max_body_bytes;
};

/* http_handler and http_body_limit; ctx is a struct front. */
enum http_verdict front_handle(void *ctx, struct http_request *req);
int64_t front_body_limit(void *ctx, const struct http_request *req);

/* /api/METHOD */
enum http_verdict api_http(struct front *front, struct http_request *req, struct str method);

/* A short answer of the front itself. */
enum http_verdict front_text(struct http_request *req, int status, struct str content_type, struct str body);

/* /avatars/ID-PIXELS.png: a picture drawn from the id. */
enum http_verdict avatar_http(struct http_request *req, struct str name);

#endif
