/* The company of `taut demo`: people, their tokens and clients, and the channels they are in. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "core/person.h"
#include "demo.h"

enum { BATCH = 500, ARENA_BYTES = 1 << 16, INVITED = 100, DMS_EACH = 2 };
#define FIELD S("Xf0DEMODEPT")

/* --- people --------------------------------------------------------------------------------------------------- */

static const char *const at_work[] = {"taut-desktop/1.0", "taut-desktop/1.0", "taut-desktop/1.0",
                                      "Mozilla/5.0 (X11; Linux x86_64)"};
static const char *const elsewhere[] = {"taut-ios/1.0", "taut-android/1.0", "Mozilla/5.0 (X11; Linux x86_64)"};
static const int zones[] = {-8, -5, 0, 1, 1, 2, 5, 9};

static void draw_member(struct demo *d, struct demo_member *m)
{
    double u = demo_part(&d->random);

    m->weight = u < 0.1 ? 4 : u < 0.5 ? 1 : 0.4; /* a tenth writes two fifths */
    m->zone_h = zones[demo_below(&d->random, (int)(sizeof(zones) / sizeof(*zones)))];
    m->agents[0] = at_work[demo_below(&d->random, 4)];
    m->agents[1] = elsewhere[demo_below(&d->random, 3)];
    for (int i = 0; i < DEMO_FRIENDS; i++) {
        m->friends[i] = demo_below(&d->random, d->n_members);
        m->dms[i] = -1;
    }
}

static enum err make_person(struct demo *d, struct call *c, int i)
{
    struct demo_member *m = &d->members[i];
    struct arena *keep = d->server.arena;
    struct person_new p = {.role = i == 0 ? ROLE_ADMIN : ROLE_MEMBER};
    struct token_new token = {.kind = TOKEN_USER, .scopes = scope_all_user, .label = S("demo")};
    struct str text;
    char id[ID_MAX];

    draw_member(d, m);
    p.name = arena_printf(c->arena, "member%d", i + 1);
    p.email = arena_printf(c->arena, "member%d@demo.example", i + 1);
    p.real_name = ARENA_JOIN(c->arena, demo_first_name(i), S(" "), demo_last_name(i));
    TRY(person_create(c, &p, &m->user));
    token.user = m->user;
    TRY(token_create(c, &token, &text));
    m->token = arena_dup(keep, text);
    m->id = arena_dup(keep, str_of(id, id_format(m->user, id)));
    return OK;
}

/* One transaction; the field of departments comes with the first. */
static enum err make_some(struct demo *d, struct call *c, int first)
{
    int64_t changed;

    if (first == 0)
        TRY(sql_profile_field_add(c->db, c->arena, c->team, FIELD, 0, S("Department"), S(""), S("text"), S(""), 0,
                                  &changed));
    for (int i = first; i < first + BATCH && i < d->n_members; i++)
        TRY(make_person(d, c, i));
    return OK;
}

static enum err find_team(struct call *c)
{
    struct team_row *teams;
    bool found;
    int n;

    TRY(sql_org_id(c->db, c->arena, &c->who.org, &found));
    TRY(sql_team_list(c->db, c->arena, c->who.org, &teams, &n));
    c->team = c->who.team = teams[0].id;
    return OK;
}

bool demo_people(struct demo *d, struct str *why)
{
    struct db *db = d->server.writer;
    struct arena *a = arena_new(ARENA_BYTES);
    enum err e = OK;

    d->members = ARENA_ARRAY(d->server.arena, struct demo_member, d->n_members);
    for (int i = 0; e == OK && i < d->n_members; i += BATCH) {
        struct call c;
        arena_reset(a);
        call_system(&c, a, db, 0, 0);
        e = db_begin(db) == DB_OK ? find_team(&c) : ERR_SERVICE_UNAVAILABLE;
        if (e == OK)
            e = make_some(d, &c, i);
        if (e == OK && db_commit(db) != DB_OK)
            e = ERR_SERVICE_UNAVAILABLE;
    }
    arena_free(a);
    if (e != OK)
        *why = arena_printf(d->server.arena, "The people cannot be made: %s; the log says why.", err_name(e));
    return e == OK;
}

/* --- channels ------------------------------------------------------------------------------------------------- */

int demo_channel_add(struct demo *d, struct str id, bool is_dm, int members)
{
    struct demo_channel *ch;

    if (d->n_channels == d->cap_channels) {
        d->cap_channels = d->cap_channels ? 2 * d->cap_channels : 64;
        d->channels = realloc(d->channels, sizeof(*d->channels) * (size_t)d->cap_channels);
        if (!d->channels)
            abort();
    }
    ch = &d->channels[d->n_channels];
    *ch = (struct demo_channel){.id = arena_dup(d->server.arena, id), .is_dm = is_dm};
    ch->members = ARENA_ARRAY(d->server.arena, int, members);
    return d->n_channels++;
}

void demo_seat_add(struct demo *d, int channel, int member)
{
    struct demo_member *m = &d->members[member];
    struct demo_channel *ch = &d->channels[channel];

    if (m->n_seats == m->cap_seats) {
        m->cap_seats = m->cap_seats ? 2 * m->cap_seats : 8;
        m->seats = realloc(m->seats, sizeof(*m->seats) * (size_t)m->cap_seats);
        if (!m->seats)
            abort();
    }
    m->seats[m->n_seats++] = (struct demo_seat){.channel = channel, .read = ch->n_messages};
    ch->members[ch->n_members++] = member;
}

static bool invite(struct demo *d, int channel, const int *who, int n)
{
    struct json_out o = demo_body(d);
    struct buf users = buf_in(d->call_arena, (size_t)n * (ID_MAX + 1) + 1);

    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(&users, ',');
        buf_str(&users, d->members[who[i]].id);
    }
    json_str(&o, S("channel"), d->channels[channel].id);
    json_str(&o, S("users"), buf_view(&users));
    return demo_call(d, &d->members[d->channels[channel].members[0]], at_work[0], "conversations.invite",
                     demo_body_end(&o), NULL);
}

/* The k-th channel has about 1 / k of what the first has: few large ones, many small ones. */
static int size_of(const struct demo *d, int k)
{
    int n = (int)(0.6 * d->n_members / (1 + 0.5 * k));

    return n < 4 ? (d->n_members < 4 ? d->n_members : 4) : n;
}

static bool fill_channel(struct demo *d, int channel, int size)
{
    struct demo_channel *ch = &d->channels[channel];
    bool *taken = calloc((size_t)d->n_members, sizeof(bool)), good = true;
    int who[INVITED], n = 0;

    if (!taken)
        abort();
    taken[ch->members[0]] = true;
    for (int tries = 0; good && ch->n_members < size && tries < 4 * size; tries++) {
        int member = demo_below(&d->random, d->n_members);
        if (taken[member])
            continue;
        taken[member] = true;
        demo_seat_add(d, channel, member);
        who[n++] = member;
        if (n == INVITED) {
            good = invite(d, channel, who, n);
            n = 0;
        }
    }
    free(taken);
    return good && (n == 0 || invite(d, channel, who, n));
}

static bool make_channel(struct demo *d, int k)
{
    int creator = demo_below(&d->random, d->n_members), size = size_of(d, k), channel;
    const struct json *reply;
    struct json_out o = demo_body(d);

    json_str(&o, S("name"), demo_channel_name(d->call_arena, k));
    json_bool(&o, S("is_private"), demo_chance(&d->random, 0.25));
    if (!demo_call(d, &d->members[creator], at_work[0], "conversations.create", demo_body_end(&o), &reply))
        return false;
    channel = demo_channel_add(d, json_get_str(json_get(reply, S("channel")), S("id")), false, size + 1);
    demo_seat_add(d, channel, creator);
    return fill_channel(d, channel, size);
}

static bool set_department(struct demo *d, int i)
{
    struct json_out o = demo_body(d);

    json_open(&o, S("profile"), '{');
    json_open(&o, S("fields"), '{');
    json_open(&o, FIELD, '{');
    json_str(&o, S("value"), demo_department(demo_below(&d->random, 8)));
    json_close(&o, '}');
    json_close(&o, '}');
    json_close(&o, '}');
    return demo_call(d, &d->members[i], at_work[0], "users.profile.set", demo_body_end(&o), NULL);
}

bool demo_channels(struct demo *d, struct str *why)
{
    int n = d->n_members / 3 + 4;
    bool good = true;

    for (int i = 0; good && i < d->n_members; i++)
        good = set_department(d, i);
    for (int k = 0; good && k < n; k++)
        good = make_channel(d, k);
    if (!good)
        *why = d->why;
    return good;
}
