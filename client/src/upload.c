/* A file as today's API takes it: an address, the bytes, and the call that makes it real. */
#include "own.h"
#include <taut/methods.h>

/* The address came from the server and knows the file: no token goes there. */
static enum taut_error send_bytes(struct taut *t, const char *url, const struct taut_source *source)
{
    struct buf body = buf_from(&t->memory, 1 << 16);
    struct http_answer answer = {.body = &body};
    struct http_request r = {
        .url = url, .source = source, .content_type = "application/octet-stream", .transfer = true};
    enum taut_error e = http_do(t, &r, &answer);

    if (!e && answer.status != 200)
        e = failure(t, TAUT_BAD_REPLY, "The upload was refused with HTTP %d: %.*s", answer.status,
                    (int)(body.n > 200 ? 200 : body.n), body.n ? body.p : "");
    buf_free(&body);
    return e;
}

static enum taut_error complete(struct taut *t, const struct taut_upload *u, const char *file_id,
                                struct taut_files_complete_upload_external_reply **reply)
{
    struct taut_files_complete_upload_external_args args = {
        .channels = u->channels, .initial_comment = u->initial_comment, .thread_ts = u->thread_ts};
    struct buf b = buf_from(&t->memory, 1 << 20);
    struct json_out o = {.b = &b};
    enum taut_error e;

    json_open(&o, S(""), '[');
    json_open(&o, S(""), '{');
    json_str(&o, S("id"), str_c(file_id));
    if (u->title)
        json_str(&o, S("title"), str_c(u->title));
    json_close(&o, '}');
    json_close(&o, ']');
    buf_char(&b, '\0');
    args.files = b.p;
    e = b.over ? no_memory(t) : taut_files_complete_upload_external(t, &args, reply);
    buf_free(&b);
    return e;
}

enum taut_error taut_upload(struct taut *t, const struct taut_upload *u,
                            struct taut_files_complete_upload_external_reply **reply)
{
    struct taut_files_get_upload_url_external_args args = {.filename = u->filename ? u->filename : u->source.filename,
                                                           .length = u->source.bytes,
                                                           .alt_txt = u->alt_txt,
                                                           .snippet_type = u->snippet_type};
    struct taut_files_get_upload_url_external_reply *place;
    enum taut_error e;

    failure_clear(t);
    if (reply)
        *reply = NULL;
    if (!u->source.read || u->source.bytes < 0)
        return failure(t, TAUT_BAD_ARGUMENT, "An upload needs a source whose length is known; files.upload does not.");
    if (!args.filename)
        args.filename = "file";
    e = taut_files_get_upload_url_external(t, &args, &place);
    if (e)
        return e;
    e = send_bytes(t, place->upload_url, &u->source);
    if (!e)
        e = complete(t, u, place->file_id, reply);
    taut_reply_free(place);
    return e;
}
