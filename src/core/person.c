#include "core/person.h"

#include "base/day.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "core/picture.h"

void call_system(struct call *c, struct arena *a, struct db *db, int64_t org, int64_t team)
{
    *c = (struct call){.arena = a, .db = db, .team = team, .now_us = clock_now_us()};
    c->events_tail = &c->events;
    c->who = (struct actor){.kind = TOKEN_SESSION,
                            .user = slackbot_id(),
                            .team = team,
                            .org = org,
                            .role = ROLE_PRIMARY_OWNER,
                            .is_bot = true};
}

enum { TOKEN_TAIL = 40 };

static int64_t id_or_new(int64_t id, char kind)
{
    return id ? id : id_new(kind);
}

/* One of the colours that clients draw names in, always the same for one id. */
static struct str color_of(int64_t id)
{
    static const char *const colors[] = {"9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699",
                                         "e0a729", "684b6c", "5b89d5", "2b6836", "99a949", "df3dc0",
                                         "4cc091", "9b3b45", "d58247", "bb86b7"};

    return str_c(colors[(uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) >> 60]);
}

/* The last word is the family's. */
static void split_name(struct str real_name, struct str *first, struct str *last)
{
    size_t at = real_name.n;

    while (at > 0 && real_name.p[at - 1] != ' ')
        at--;
    *first = at ? str_trim(str_head(real_name, at)) : real_name;
    *last = at ? str_skip(real_name, at) : S("");
}

static enum err add_user(struct call *c, const struct person_new *p, int64_t id)
{
    struct str first, last;
    int64_t changed;

    split_name(p->real_name, &first, &last);
    TRY(sql_user_add(c->db, c->arena, id, c->who.org, c->team, p->name, p->email, utf8_fold(c->arena, p->email),
                     p->real_name, p->is_bot ? S("") : p->name, first, last, color_of(id),
                     picture_drawn_hash(c->arena, id), p->is_bot, p->bot, p->app, c->now_us, &changed));
    return changed ? OK : ERR_EMAIL_TAKEN;
}

/* Its im with USLACKBOT, open in the person's list. */
static enum err open_slackbot(struct call *c, int64_t user)
{
    struct channel_row *im;
    int64_t changed;
    bool created;

    TRY(channel_open_people(c, &user, 1, true, &im, &created));
    return sql_member_set_open(c->db, c->arena, im->id, user, 1, &changed);
}

static enum err enter_general(struct call *c, int64_t user)
{
    struct channel_row general;
    struct team_row team;
    bool found, added;

    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    TRY(sql_channel_for(c->db, c->arena, team.general_id, user, &general, &found));
    return found ? channel_join_user(c, &general, user, &added) : OK;
}

bool person_has_seat(int64_t guest)
{
    return guest != GUEST_SINGLE;
}

enum err person_enter(struct call *c, int64_t user, enum role role, enum guest guest, bool lonely)
{
    int64_t changed;

    c->touched_auth = true;
    TRY(sql_team_member_add(c->db, c->arena, c->team, user, role, guest, c->now_us, &changed));
    if (!lonely)
        TRY(enter_general(c, user));
    return open_slackbot(c, user);
}

enum err person_create(struct call *c, const struct person_new *p, int64_t *id)
{
    *id = id_or_new(p->id, 'U');
    TRY(add_user(c, p, *id));
    return person_enter(c, *id, p->role, p->guest, p->lonely);
}

enum err org_create(struct call *c, int64_t id, struct str name, struct str domain)
{
    struct person_new slackbot = {.name = S("slackbot"), .real_name = S("Slackbot"), .is_bot = true};
    int64_t changed;

    c->who.org = id_or_new(id, 'E');
    TRY(sql_org_add(c->db, c->arena, c->who.org, name, domain, c->now_us, &changed));
    return add_user(c, &slackbot, slackbot_id());
}

static enum err add_channel(struct call *c, int64_t id, struct str name, bool general)
{
    int64_t changed;

    TRY(sql_channel_add(c->db, c->arena, id, c->team, CHANNEL_PUBLIC, name, S(""), slackbot_id(), c->now_us, general,
                        &changed));
    return changed ? OK : ERR_NAME_TAKEN;
}

enum err team_create(struct call *c, int64_t id, struct str name, struct str domain, int64_t general, int64_t random)
{
    int64_t changed;

    general = id_or_new(general, 'C');
    c->team = id_or_new(id, 'T');
    c->who.team = c->team;
    TRY(sql_team_add(c->db, c->arena, c->team, c->who.org, name, domain, S(""), general, c->now_us, &changed));
    if (!changed)
        return ERR_NAME_TAKEN;
    TRY(sql_team_count_add(c->db, c->arena, c->team, day_of_us(c->now_us), &changed));
    TRY(sql_team_member_add(c->db, c->arena, c->team, slackbot_id(), ROLE_MEMBER, GUEST_NONE, c->now_us, &changed));
    TRY(add_channel(c, general, S("general"), true));
    return add_channel(c, id_or_new(random, 'C'), S("random"), false);
}

static struct str seal(struct call *c, const unsigned char *key, struct str clear)
{
    return base64_encode(c->arena, secret_seal(c->arena, key, clear));
}

static struct str hex_secret(struct arena *a)
{
    unsigned char bytes[16];

    rand_bytes(bytes, sizeof(bytes));
    return hex_of(a, bytes, sizeof(bytes));
}

/* Digits as they stand in the middle of tokens and client ids. */
static struct str digits_of(struct arena *a, int64_t id)
{
    return arena_printf(a, "%012llu", (unsigned long long)((uint64_t)id % UINT64_C(1000000000000)));
}

static void fill_secrets(struct call *c, int64_t app, struct app_secrets *s)
{
    if (!s->client_id.n)
        s->client_id = ARENA_JOIN(c->arena, digits_of(c->arena, c->team), S("."), digits_of(c->arena, app));
    if (!s->client_secret.n)
        s->client_secret = hex_secret(c->arena);
    if (!s->signing_secret.n)
        s->signing_secret = hex_secret(c->arena);
    if (!s->verification_token.n)
        s->verification_token = rand_token(c->arena, 24);
}

enum err app_create(struct call *c, int64_t id, struct str name, const unsigned char *key, struct app_secrets *secrets,
                    int64_t *app)
{
    char hash[SHA256_HEX];
    int64_t changed;

    *app = id_or_new(id, 'A');
    fill_secrets(c, *app, secrets);
    sha256_hex(secrets->client_secret, hash);
    return sql_app_add(c->db, c->arena, *app, c->who.org, name, secrets->client_id, str_of(hash, sizeof(hash)),
                       seal(c, key, secrets->signing_secret), seal(c, key, secrets->verification_token), c->now_us,
                       c->who.is_bot ? 0 : c->who.user, c->team, &changed);
}

enum err bot_create(struct call *c, int64_t app, int64_t bot_id, int64_t user_id, struct str name, bool lonely,
                    int64_t *bot, int64_t *user)
{
    struct person_new p = {
        .id = user_id, .name = name, .real_name = name, .is_bot = true, .app = app, .lonely = lonely};
    int64_t changed;

    *bot = id_or_new(bot_id, 'B');
    p.bot = *bot;
    TRY(person_create(c, &p, user));
    return sql_bot_add(c->db, c->arena, *bot, c->team, app, *user, name, c->now_us, &changed);
}

static const char *prefix_of(enum token_kind kind)
{
    return kind == TOKEN_BOT ? "xoxb" : kind == TOKEN_SESSION ? "xoxs" : "xoxp";
}

struct str token_text(struct call *c, const struct token_new *t, struct str tail)
{
    struct arena *a = c->arena;
    struct str team = digits_of(a, c->team), owner = digits_of(a, t->user ? t->user : t->app);
    char app[ID_MAX];

    if (t->kind == TOKEN_APP)
        return arena_printf(a, "xapp-1-%.*s-%.*s-%.*s", (int)id_format(t->app, app), app, STR_FMT(owner),
                            STR_FMT(tail));
    return arena_printf(a, "%s%s-%.*s-%.*s-%.*s", t->rotates ? "xoxe." : "", prefix_of(t->kind), STR_FMT(team),
                        STR_FMT(owner), STR_FMT(tail));
}

enum err person_set_zone(struct call *c, int64_t user, struct str zone)
{
    int64_t changed, offset_s = zone_offset_s(zone_find(zone), c->now_us / US_PER_S);

    return sql_user_set_zone(c->db, c->arena, user, zone, zone, offset_s, c->now_us, &changed);
}

enum err token_create(struct call *c, const struct token_new *t, struct str *text)
{
    char hash[SHA256_HEX];
    int64_t changed;

    *text = t->text.n ? t->text : token_text(c, t, rand_token(c->arena, TOKEN_TAIL));
    sha256_hex(*text, hash);
    return sql_token_add(c->db, c->arena, t->id ? t->id : id_new('K'), str_of(hash, sizeof(hash)), t->kind, c->who.org,
                         t->whole_org ? 0 : c->team, t->user, t->app, t->bot, t->scopes, t->label, c->now_us,
                         t->expires_us, &changed);
}
