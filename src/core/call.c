#include "core/call.h"

#include "base/id.h"
#include "base/utf8.h"

enum { MESSAGE_MAX_BYTES = 512 };

bool scope_has(const struct actor *a, enum scope s)
{
    return (a->scopes[s / 64] >> (s % 64)) & 1;
}

bool actor_is_whole(const struct actor *a)
{
    uint64_t all[SCOPE_WORDS];
    bool has = true;

    if (a->app || (a->kind != TOKEN_SESSION && a->kind != TOKEN_USER))
        return false;
    scope_parse(scope_all_user, all);
    for (int i = 0; i < SCOPE_WORDS; i++)
        has = has && (a->scopes[i] & all[i]) == all[i];
    return has || a->kind == TOKEN_SESSION;
}

void call_warn(struct call *c, enum warn w)
{
    c->warnings |= UINT64_C(1) << w;
}

void call_line(struct call *c, struct str line)
{
    if (c->n_messages < (int)(sizeof(c->messages) / sizeof(*c->messages)))
        c->messages[c->n_messages++] = line;
}

static void add_message(struct call *c, const char *level, const char *fmt, va_list args)
{
    struct str text = utf8_vprintf(c->arena, MESSAGE_MAX_BYTES, fmt, args);

    call_line(c, ARENA_JOIN(c->arena, S("["), str_c(level), S("] "), text));
}

void call_message(struct call *c, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_message(c, "WARN", fmt, args);
    va_end(args);
}

enum err call_invalid(struct call *c, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_message(c, "ERROR", fmt, args);
    va_end(args);
    return ERR_INVALID_ARGUMENTS;
}

void call_after(struct call *c, struct call_after *after)
{
    after->next = c->after;
    c->after = after;
}

enum event_target call_target(int64_t to)
{
    switch (id_kind(to)) {
    case 'U':
    case 'W':
        return TO_USER;
    case 'T':
        return TO_TEAM;
    case 'A':
        return TO_APP;
    default:
        return TO_CHANNEL;
    }
}

void call_move(struct call *c, int64_t channel, int64_t user, bool in)
{
    struct move *m = ARENA_NEW(c->arena, struct move), **tail = c->moves ? c->moves_tail : &c->moves;

    *m = (struct move){.channel = channel, .user = user, .in = in};
    *tail = m;
    c->moves_tail = &m->next;
}

void call_emit(struct call *c, enum event_target target, int64_t to, const char *type, struct str json)
{
    struct event *e = ARENA_NEW(c->arena, struct event);

    *e = (struct event){.target = target, .to = to, .type = type, .json = json};
    *c->events_tail = e;
    c->events_tail = &e->next;
}
