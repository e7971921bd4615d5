#include <unistd.h>

#include "net/server.h"
#include "net/websocket.h"

struct exchange *exchange_new(struct worker *w, struct http_conn *c)
{
    struct http_server *s = w->server;
    struct arena *a = worker_arena(w);
    struct exchange *x = ARENA_NEW(a, struct exchange);

    x->req.arena = a;
    x->req.conn = c;
    x->req.reply.file_fd = -1;
    x->out.file_fd = -1;
    x->limits = &s->cfg.limits;
    x->place = &s->place;
    c->x = x;
    return x;
}

void exchange_end(struct worker *w, struct http_conn *c)
{
    struct exchange *x = c->x;
    struct http_reply *r;

    if (!x)
        return;
    r = &x->req.reply;
    if (x->form || x->raw)
        http1_body_end(x); /* hands the files of parts over */
    multipart_close(x->req.parts, x->req.n_parts);
    if (r->file_fd >= 0)
        close(r->file_fd);
    if (r->release)
        r->release(r->release_arg);
    if (r->upgrade)
        r->upgrade->never(r->upgrade_user);
    c->x = NULL;
    if (w)
        worker_arena_done(w, x->req.arena);
    else
        arena_free(x->req.arena);
}
