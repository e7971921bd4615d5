#include "run_fixture.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/person.h"
#include "sql.h"

#define ORG "E0TAUT"
#define TEAM "T0TAUT"
#define OTHER_TEAM "T0OTHER"
#define GENERAL "C0GENERAL"
#define RANDOM "C0RANDOM"
#define APP "A0APP1"

struct person {
    const char *id, *name, *real_name;
    enum role role;
    enum guest guest;
    bool elsewhere; /* in the second workspace only */
    bool lonely;    /* not in #general */
    bool in_random;
};

static const struct person people[] = {
    {.id = "U0ALICE", .name = "alice", .real_name = "Alice Adams", .role = ROLE_PRIMARY_OWNER, .in_random = true},
    {.id = "U0DANA", .name = "dana", .real_name = "Dana Drew", .role = ROLE_ADMIN, .in_random = true},
    {.id = "U0BOB", .name = "bob", .real_name = "Bob Brown", .in_random = true},
    {.id = "U0CAROL", .name = "carol", .real_name = "Carol Clark", .in_random = true},
    {.id = "U0DAVE", .name = "dave", .real_name = "Dave Dunn"},
    {.id = "U0GINA", .name = "gina", .real_name = "Gina Gray", .guest = GUEST_MULTI},
    {.id = "U0GUS", .name = "gus", .real_name = "Gus Green", .guest = GUEST_SINGLE},
    {.id = "U0ZOE", .name = "zoe", .real_name = "Zoe Zimmer", .lonely = true},
    {.id = "U0OLGA", .name = "olga", .real_name = "Olga Olsen", .elsewhere = true},
};

struct bot {
    const char *bot, *user, *name;
    bool lonely;
};

static const struct bot bots[] = {
    {"B0BOTIN", "U0BOTIN", "helper", false},
    {"B0BOTOUT", "U0BOTOUT", "outsider", true},
};

/* Whose token each name stands for, and with which scopes (NULL: all of its kind). */
struct grant {
    struct fixture_actor actor;
    const char *user, *scopes;
    enum token_kind kind;
    bool whole_org, revoked;
};

#define ACTOR(name, token) .actor = {{name, sizeof(name) - 1}, {token, sizeof(token) - 1}}
static const struct grant grants[] = {
    {ACTOR("alice", "xoxp-0-alice"), "U0ALICE", NULL, TOKEN_USER, false, false},
    {ACTOR("owner", "xoxp-0-owner"), "U0ALICE", NULL, TOKEN_USER, false, false},
    {ACTOR("admin", "xoxp-0-admin"), "U0DANA", NULL, TOKEN_USER, false, false},
    {ACTOR("dana", "xoxp-0-dana"), "U0DANA", NULL, TOKEN_USER, false, false},
    {ACTOR("bob", "xoxp-0-bob"), "U0BOB", NULL, TOKEN_USER, false, false},
    {ACTOR("member_in", "xoxp-0-member-in"), "U0BOB", NULL, TOKEN_USER, false, false},
    {ACTOR("carol", "xoxp-0-carol"), "U0CAROL", NULL, TOKEN_USER, false, false},
    {ACTOR("member_in2", "xoxp-0-member-in2"), "U0CAROL", NULL, TOKEN_USER, false, false},
    {ACTOR("dave", "xoxp-0-dave"), "U0DAVE", NULL, TOKEN_USER, false, false},
    {ACTOR("member_out", "xoxp-0-member-out"), "U0DAVE", NULL, TOKEN_USER, false, false},
    {ACTOR("guest_multi", "xoxp-0-guest-multi"), "U0GINA", NULL, TOKEN_USER, false, false},
    {ACTOR("guest_single", "xoxp-0-guest-single"), "U0GUS", NULL, TOKEN_USER, false, false},
    {ACTOR("deactivated", "xoxp-0-deactivated"), "U0ZOE", NULL, TOKEN_USER, false, false},
    {ACTOR("other_ws", "xoxp-0-other-ws"), "U0OLGA", NULL, TOKEN_USER, false, false},
    {ACTOR("noscope", "xoxp-0-noscope"), "U0ALICE", "identity.basic", TOKEN_USER, false, false},
    {ACTOR("limited", "xoxp-0-limited"), "U0ALICE", "users:read", TOKEN_USER, false, false},
    {ACTOR("revoked", "xoxp-0-revoked"), "U0ALICE", NULL, TOKEN_USER, false, true},
    {ACTOR("org", "xoxp-0-org"), "U0ALICE", NULL, TOKEN_USER, true, false},
    {ACTOR("bot_in", "xoxb-0-bot-in"), "U0BOTIN", NULL, TOKEN_BOT, false, false},
    {ACTOR("bot_out", "xoxb-0-bot-out"), "U0BOTOUT", NULL, TOKEN_BOT, false, false},
    {ACTOR("app", "xapp-0-app"), NULL, "connections:write,authorizations:read,app_configurations:write", TOKEN_APP,
     false, false},
};

static const struct fixture_actor strangers[] = {
    {{"nobody", 6}, {"", 0}},
    {{"unknown", 7}, {"xoxp-0-never-given", 18}},
};

enum {
    N_PEOPLE = sizeof(people) / sizeof(*people),
    N_BOTS = sizeof(bots) / sizeof(*bots),
    N_GRANTS = sizeof(grants) / sizeof(*grants),
    N_STRANGERS = sizeof(strangers) / sizeof(*strangers),
};

static int64_t id_of(const char *text)
{
    return text ? id_parse(str_c(text)) : 0;
}

const struct fixture_actor *fixture_find(struct str name)
{
    for (int i = 0; i < N_GRANTS; i++)
        if (str_eq(grants[i].actor.name, name))
            return &grants[i].actor;
    for (int i = 0; i < N_STRANGERS; i++)
        if (str_eq(strangers[i].name, name))
            return &strangers[i];
    return NULL;
}

static enum err add_person(struct call *c, const struct person *p)
{
    struct person_new person = {
        .id = id_of(p->id),
        .name = str_c(p->name),
        .email = arena_printf(c->arena, "%s@taut.example", p->name),
        .real_name = str_c(p->real_name),
        .role = p->role,
        .guest = p->guest,
        .lonely = p->lonely,
    };
    struct channel_row random;
    bool found, added;
    int64_t id;

    TRY(person_create(c, &person, &id));
    if (!p->in_random)
        return OK;
    TRY(sql_channel_for(c->db, c->arena, id_of(RANDOM), id, &random, &found));
    return channel_join_user(c, &random, id, &added);
}

static enum err add_people(struct call *c, bool elsewhere)
{
    for (int i = 0; i < N_PEOPLE; i++)
        if (people[i].elsewhere == elsewhere)
            TRY(add_person(c, &people[i]));
    return OK;
}

static enum err add_bots(struct call *c)
{
    static const unsigned char key[SECRET_KEY_BYTES];
    struct app_secrets secrets = {.client_id = S("100.200")};
    int64_t app, bot, user;

    TRY(app_create(c, id_of(APP), S("Helper"), key, &secrets, &app));
    for (int i = 0; i < N_BOTS; i++)
        TRY(bot_create(c, app, id_of(bots[i].bot), id_of(bots[i].user), str_c(bots[i].name), bots[i].lonely, &bot,
                       &user));
    return OK;
}

static int64_t bot_of(const char *user)
{
    for (int i = 0; user && i < N_BOTS; i++)
        if (!strcmp(bots[i].user, user))
            return id_of(bots[i].bot);
    return 0;
}

static struct str scopes_of(const struct grant *g)
{
    if (g->scopes)
        return str_c(g->scopes);
    return g->kind == TOKEN_BOT ? scope_all_bot : scope_all_user;
}

static enum err revoke(struct call *c, struct str token)
{
    char hash[SHA256_HEX];
    struct token_row row;
    int64_t changed;
    bool found;

    sha256_hex(token, hash);
    TRY(sql_token_by_hash(c->db, c->arena, str_of(hash, sizeof(hash)), &row, &found));
    return sql_token_revoke(c->db, c->arena, row.id, c->now_us, &changed);
}

static enum err add_token(struct call *c, const struct grant *g)
{
    struct token_new token = {
        .kind = g->kind,
        .user = id_of(g->user),
        .app = g->kind == TOKEN_USER ? 0 : id_of(APP),
        .bot = bot_of(g->user),
        .whole_org = g->whole_org,
        .scopes = scopes_of(g),
        .label = g->actor.name,
        .text = g->actor.token,
    };
    struct str text;

    c->team = id_of(str_eq(g->actor.name, S("other_ws")) ? OTHER_TEAM : TEAM);
    TRY(token_create(c, &token, &text));
    return g->revoked ? revoke(c, text) : OK;
}

static enum err make(struct call *c)
{
    TRY(org_create(c, id_of(ORG), S("Taut"), S("taut-org")));
    TRY(team_create(c, id_of(OTHER_TEAM), S("Other"), S("other"), id_parse(S("C0OTHERGEN")),
                    id_parse(S("C0OTHERRAN"))));
    TRY(add_people(c, true));
    TRY(team_create(c, id_of(TEAM), S("Taut"), S("taut"), id_of(GENERAL), id_of(RANDOM)));
    TRY(add_people(c, false));
    TRY(add_bots(c));
    for (int i = 0; i < N_GRANTS; i++)
        TRY(add_token(c, &grants[i]));
    return OK;
}

/* No query of the server deactivates people yet. */
static bool deactivate(struct db *writer, struct arena *a)
{
    struct str sql = arena_printf(a, "update users set deleted = 1 where id = %lld", (long long)id_of("U0ZOE"));

    return db_script(writer, arena_cstr(a, sql)) == DB_OK;
}

bool fixture_make(struct db *writer, struct arena *a, struct str *why)
{
    struct call c;
    enum err e = ERR_SERVICE_UNAVAILABLE;

    if (db_begin(writer) == DB_OK) {
        call_system(&c, a, writer, 0, 0);
        e = make(&c);
        if (e != OK)
            db_rollback(writer);
        else if (db_commit(writer) != DB_OK || !deactivate(writer, a))
            e = ERR_SERVICE_UNAVAILABLE;
    }
    *why = str_c(err_name(e));
    return e == OK;
}

void fixture_vars(struct vars *v)
{
    static const struct {
        const char *name, *value;
    } fixed[] = {
        {"org", ORG},
        {"team", TEAM},
        {"general", GENERAL},
        {"random", RANDOM},
        {"app", APP},
        {"other_team", OTHER_TEAM},
        {"app_id", APP},
        {"other_general", "C0OTHERGEN"},
        {"bot_in_bot", "B0BOTIN"},
        {"bot_out_bot", "B0BOTOUT"},
        {"slackbot", "USLACKBOT"},
    };

    for (int i = 0; i < N_GRANTS; i++) {
        if (grants[i].user)
            vars_set(v, grants[i].actor.name, str_c(grants[i].user));
        vars_set(v, arena_printf(v->arena, "%.*s_token", STR_FMT(grants[i].actor.name)), grants[i].actor.token);
    }
    for (int i = 0; i < N_PEOPLE; i++)
        vars_set(v, str_c(people[i].name), str_c(people[i].id));
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
        vars_set(v, str_c(fixed[i].name), str_c(fixed[i].value));
}
