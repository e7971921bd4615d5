/* The names of a seed, and the ids and texts that are made from them. */
#include <stdio.h>

#include "base/id.h"
#include "base/rand.h"
#include "dev_seed.h"

static const char *const kind_words[] = {"person or bot", "channel", "app", "workspace"};

const struct dev_name *dev_find(const struct dev_world *w, struct str name)
{
    for (const struct dev_name *n = w->names; n; n = n->next)
        if (str_eq(n->name, name))
            return n;
    return NULL;
}

static bool same_id(const struct thing *a, const struct thing *b)
{
    return a->pub.id == b->pub.id || (a->bot && a->bot == b->bot);
}

enum err thing_add(struct seed *s, const struct spot *at, const struct thing *t, struct thing **out)
{
    struct thing *new = ARENA_NEW(s->reader.arena, struct thing);

    for (const struct thing *old = s->things; old; old = old->next) {
        if (same_id(old, t))
            return read_fault(&s->reader, at, "its id is that of '%.*s' too", STR_FMT(old->pub.name));
        if (old->kind == t->kind && str_eq(old->pub.name, t->pub.name) &&
            (t->kind != THING_CHANNEL || old->team == t->team))
            return read_fault(&s->reader, at, "there is a %s '%.*s' already", kind_words[t->kind],
                              STR_FMT(t->pub.name));
    }
    *new = *t;
    new->next = NULL;
    *s->things_tail = new;
    s->things_tail = &new->next;
    if (out)
        *out = new;
    return OK;
}

struct thing *thing_find(const struct seed *s, enum thing_kind kind, int64_t team, struct str name)
{
    for (struct thing *t = s->things; t; t = t->next)
        if (t->kind == kind && (!team || t->team == team) && str_eq(t->pub.name, name))
            return t;
    return NULL;
}

static enum err find_named(struct seed *s, const struct spot *at, enum thing_kind kind, struct thing **out)
{
    if (at->json->kind != JSON_STRING)
        return read_fault(&s->reader, at, "the name of a %s belongs here", kind_words[kind]);
    *out = thing_find(s, kind, 0, at->json->text);
    if (*out)
        return OK;
    return read_fault(&s->reader, at, "there is no %s '%.*s'", kind_words[kind], STR_FMT(at->json->text));
}

enum err read_thing(struct seed *s, const struct spot *up, const char *key, enum thing_kind kind, struct thing **out)
{
    struct spot at = spot_key(up, key);

    *out = NULL;
    return at.json ? find_named(s, &at, kind, out) : OK;
}

void act_in(struct seed *s, int64_t team)
{
    s->call.team = s->call.who.team = team;
}

enum err read_team(struct seed *s, const struct spot *up, struct thing **out)
{
    TRY(read_thing(s, up, "workspace", THING_TEAM, out));
    for (struct thing *t = s->things; t && !*out; t = t->next)
        if (t->kind == THING_TEAM)
            *out = t;
    act_in(s, (*out)->pub.id);
    return OK;
}

enum err read_member(struct seed *s, const struct spot *at, struct thing **out)
{
    struct call *c = &s->call;
    struct user_row u;
    bool found;

    TRY(find_named(s, at, THING_PERSON, out));
    TRY(sql_user_in_team(c->db, c->arena, (*out)->pub.id, c->team, &u, &found));
    if (found && u.is_member)
        return OK;
    return read_fault(&s->reader, at, "'%.*s' is not in this workspace", STR_FMT((*out)->pub.name));
}

enum err seed_each(struct seed *s, const struct spot *up, const char *key,
                   enum err (*one)(struct seed *s, const struct spot *at))
{
    struct spot list, item = {0};

    TRY(read_list(&s->reader, up, key, &list));
    while (spot_next(&list, &item))
        TRY(one(s, &item));
    return OK;
}

enum err seed_refused(struct seed *s, const struct spot *at, enum err e)
{
    if (e == OK || s->reader.why->n)
        return e;
    return read_fault(&s->reader, at, "%s", err_name(e));
}

/* --- what a name alone gives ---------------------------------------------------------------------------------- */

enum { ID_DIGITS = 10 };

int64_t made_id(const struct seed *s, char kind, struct str name)
{
    unsigned char hash[SHA256_BYTES];
    char text[ID_DIGITS + 1] = {kind};

    sha256(arena_printf(s->reader.arena, "id %c %.*s", kind, STR_FMT(name)), hash);
    for (int i = 0; i < ID_DIGITS; i++)
        text[i + 1] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[hash[i] % 36];
    return id_parse(str_of(text, sizeof(text)));
}

struct str made_text(const struct seed *s, const char *what, struct str name, size_t n)
{
    char *hex = arena_bytes(s->reader.arena, SHA256_HEX);

    sha256_hex(arena_printf(s->reader.arena, "%s %.*s", what, STR_FMT(name)), hex);
    return str_of(hex, n);
}
