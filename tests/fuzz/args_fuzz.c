/* Arbitrary queries and bodies as arguments of every method.
 *
 * The first byte picks the method, the second the content type (with the top bit: GET); then the query, up to the first
 * line feed; the rest is the body.  What is taken is valid UTF-8, and no failure goes without a code. */
#include <stdlib.h>

#include "api/args.h"
#include "base/utf8.h"
#include "methods.h"
#include "net/multipart.h"
#include "place.h"

static const struct str types[] = {
    {NULL, 0},
    {"application/x-www-form-urlencoded", 33},
    {"application/json", 16},
    {"application/json; charset=utf-8", 31},
    {"application/json;charset=\"ISO-8859-1\"", 37},
    {"text/plain", 10},
    {"text/plain; charset=iso-8859-1", 30},
    {"multipart/form-data; boundary=B", 31},
    {"multipart/form-data", 19},
    {"image/png", 9},
    {"application/json; charset=utf-7", 31},
};

static void read_parts(struct api_request *req)
{
    struct http_part *parts = NULL;
    struct str boundary = multipart_boundary(req->arena, req->content_type);
    struct multipart *m;

    if (!boundary.n)
        return;
    m = multipart_new(req->arena, boundary, &http_limits_default, place_in(req->arena, "/tmp"));
    multipart_feed(m, req->body);
    req->is_multipart = true;
    req->multipart_bad = multipart_end(m, &parts, &req->n_parts) != MULTIPART_OK;
    req->parts = parts;
    req->body = S("");
}

static void check_strings(const struct method *m, const void *args)
{
    for (int i = 0; i < m->n_args; i++) {
        const struct arg_spec *s = &m->args[i];
        struct str text;

        if (s->type != ARG_STRING && s->type != ARG_ID)
            continue;
        memcpy(&text, (const char *)args + s->offset, sizeof(text));
        if (!utf8_valid(text))
            abort();
    }
}

static void call(struct arena *a, const struct method *m, struct str type, bool post, struct str rest)
{
    struct call c = {.arena = a, .method = m};
    struct api_request req = {.arena = a, .post = post, .content_type = type};
    struct input in;
    const void *args;
    struct str query = S("");

    str_cut(&rest, '\n', &query);
    req.query = query;
    req.body = rest;
    req.has_body = rest.n > 0;
    read_parts(&req);
    if (input_read(&c, &req, &in) == OK && args_read(&c, &in, &args) == OK)
        check_strings(m, args);
    for (int i = 0; i < req.n_parts; i++)
        multipart_close((struct http_part *)(uintptr_t)&req.parts[i], 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a;
    char *copy;

    if (n < 2)
        return 0;
    a = arena_new(4096);
    copy = malloc(n);
    memcpy(copy, data + 2, n - 2);
    call(a, &methods[data[0] % methods_n], types[(data[1] & 127) % (sizeof(types) / sizeof(types[0]))], data[1] < 128,
         str_of(copy, n - 2));
    free(copy);
    arena_free(a);
    return 0;
}
