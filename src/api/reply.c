#include "api/reply.h"

enum { REPLY_FIRST_BYTES = 2 << 10, REPLY_MAX_BYTES = 64 << 20, ERROR_MAX_BYTES = 64 << 10 };

void reply_begin(struct call *c, struct buf *b)
{
    *b = buf_in(c->arena, REPLY_MAX_BYTES);
    buf_room(b, REPLY_FIRST_BYTES);
    c->out = (struct json_out){.b = b};
    json_open(&c->out, S(""), '{');
    json_bool(&c->out, S("ok"), true);
}

static void put_warning_names(struct call *c, struct buf *b, bool quoted)
{
    bool first = true;

    for (int w = 0; w < WARNINGS_N; w++) {
        if (!((c->warnings >> w) & 1))
            continue;
        if (!first)
            buf_char(b, ',');
        first = false;
        if (quoted)
            json_quote(b, str_c(warn_name((enum warn)w)));
        else
            buf_str(b, str_c(warn_name((enum warn)w)));
    }
}

static struct str warning_list(struct call *c)
{
    struct buf b = buf_in(c->arena, 4096);

    put_warning_names(c, &b, false);
    return buf_view(&b);
}

static void put_metadata(struct call *c)
{
    struct json_out *o = &c->out;

    if (!c->warnings && !c->n_messages && !c->paged)
        return;
    json_open(o, S("response_metadata"), '{');
    if (c->paged)
        json_str(o, S("next_cursor"), c->next_cursor);
    if (c->n_messages) {
        json_open(o, S("messages"), '[');
        for (int i = 0; i < c->n_messages; i++)
            json_str(o, S(""), c->messages[i]);
        json_close(o, ']');
    }
    if (c->warnings) {
        json_open(o, S("warnings"), '[');
        put_warning_names(c, o->b, true);
        json_close(o, ']');
    }
    json_close(o, '}');
}

void reply_end(struct call *c)
{
    if (c->warnings)
        json_str(&c->out, S("warning"), warning_list(c));
    put_metadata(c);
    json_close(&c->out, '}');
}

struct str reply_error(struct call *c, enum err e)
{
    struct buf b = buf_in(c->arena, ERROR_MAX_BYTES);

    c->out = (struct json_out){.b = &b};
    c->paged = false;
    json_open(&c->out, S(""), '{');
    json_bool(&c->out, S("ok"), false);
    json_str(&c->out, S("error"), c->error_text.n ? c->error_text : str_c(err_name(e)));
    if (c->error_args.n)
        json_text(&c->out, S("args"), c->error_args);
    if (e == ERR_MISSING_SCOPE) {
        json_str(&c->out, S("needed"), c->needed);
        json_str(&c->out, S("provided"), c->who.scope_text);
    }
    if (c->error_detail.n)
        json_str(&c->out, S("detail"), c->error_detail);
    if (c->error_list.n)
        json_text(&c->out, S("errors"), c->error_list);
    if (e == ERR_UNKNOWN_METHOD)
        json_str(&c->out, S("req_method"), c->needed);
    reply_end(c);
    return buf_view(&b);
}
