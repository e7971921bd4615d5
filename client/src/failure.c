/* How the last call went, in fixed places, so that telling of a failure cannot fail. */
#include <stdarg.h>
#include <stdio.h>

#include "own.h"

static void copy(char *to, size_t size, struct str text)
{
    if (text.n >= size)
        text.n = size - 1;
    if (text.n)
        memcpy(to, text.p, text.n);
    to[text.n] = '\0';
}

void failure_clear(struct taut *t)
{
    t->message[0] = t->needed[0] = t->provided[0] = '\0';
    copy(t->code, sizeof(t->code), S("ok"));
    t->failure =
        (struct taut_failure){.code = t->code, .message = t->message, .needed = t->needed, .provided = t->provided};
}

static void note(struct taut *t, enum taut_error e)
{
    t->failure.error = e;
    copy(t->code, sizeof(t->code), str_c(taut_error_name(e)));
}

enum taut_error failure(struct taut *t, enum taut_error e, const char *fmt, ...)
{
    va_list args;

    note(t, e);
    va_start(args, fmt);
    vsnprintf(t->message, sizeof(t->message), fmt, args);
    va_end(args);
    return e;
}

enum taut_error no_memory(struct taut *t)
{
    return failure(t, TAUT_NO_MEMORY, "There is no memory for this.");
}

/* The first of the sentences an answer carries; empty when it has none. */
static struct str first_message(const struct json *reply)
{
    const struct json *list = json_get(json_get(reply, S("response_metadata")), S("messages"));

    if (!list || list->kind != JSON_ARRAY || list->count == 0 || json_child(list)->kind != JSON_STRING)
        return S("");
    return json_child(list)->text;
}

enum taut_error failure_of_reply(struct taut *t, const char *method, const struct json *reply, int status)
{
    struct str code = json_get_str(reply, S("error")), told = first_message(reply);
    char text[CODE_MAX];
    enum taut_error e;
    const char *doc;

    copy(text, sizeof(text), code);
    e = taut_error_find(text);
    doc = taut_error_doc(e);
    copy(t->needed, sizeof(t->needed), json_get_str(reply, S("needed")));
    copy(t->provided, sizeof(t->provided), json_get_str(reply, S("provided")));
    if (t->needed[0])
        failure(t, e, "%s: %s: it needs %s, and the token has %s.", method, text, t->needed, t->provided);
    else if (told.n)
        failure(t, e, "%s: %s: %.*s", method, text, STR_FMT(told));
    else
        failure(t, e, e == TAUT_OTHER || !doc[0] ? "%s: %s" : "%s: %s: %s.", method, text, doc);
    copy(t->code, sizeof(t->code), code);
    t->failure.http_status = status;
    return e;
}

const struct taut_failure *taut_last_failure(const struct taut *t)
{
    return &t->failure;
}
