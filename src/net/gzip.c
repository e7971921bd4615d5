#include <stdlib.h>

#include "base/log.h"
#include "net/server.h"

enum { GZIP_LEVEL = 1, GZIP_WINDOW = 15 + 16 /* with gzip's header */, GZIP_MEMORY = 8 };

/* Whether "q=0", "q=0.0" … stands among the parameters of one coding. */
static bool refused(struct str parameters)
{
    struct str piece;

    while (str_cut(&parameters, ';', &piece)) {
        piece = str_trim(piece);
        if (!str_eq_nocase(str_head(piece, 2), S("q=")))
            continue;
        piece = str_skip(piece, 2);
        while (piece.n && (*piece.p == '0' || *piece.p == '.'))
            piece = str_skip(piece, 1);
        return piece.n == 0;
    }
    return false;
}

bool gzip_wanted(const struct http_request *req)
{
    struct str list = http_header(req, S("Accept-Encoding")), piece;

    while (list.n && str_cut(&list, ',', &piece)) {
        struct str coding = str_trim(piece), parameters = {NULL, 0};
        ptrdiff_t semicolon = str_chr(coding, ';');

        if (semicolon >= 0) {
            parameters = str_skip(coding, (size_t)semicolon + 1);
            coding = str_trim(str_head(coding, (size_t)semicolon));
        }
        if (str_eq_nocase(coding, S("gzip")))
            return !refused(parameters);
    }
    return false;
}

/* The worker's compressor, ready for a new body. */
static bool ready(struct worker *w)
{
    if (w->gzip_open)
        return deflateReset(&w->gzip) == Z_OK;
    w->gzip_open = deflateInit2(&w->gzip, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
    return w->gzip_open;
}

bool gzip_body(struct worker *w, struct arena *a, struct str in, struct str *out)
{
    z_stream *z = &w->gzip;

    if (in.n > UINT32_MAX || !ready(w))
        return false;
    /* No more room than the body itself takes: one that does not shrink leaves as it is. */
    out->p = arena_bytes(a, in.n);
    z->next_in = (z_const Bytef *)(uintptr_t)in.p;
    z->avail_in = (uInt)in.n;
    z->next_out = (Bytef *)(uintptr_t)out->p;
    z->avail_out = (uInt)in.n;
    if (deflate(z, Z_FINISH) != Z_STREAM_END)
        return false;
    out->n = in.n - z->avail_out;
    return true;
}
