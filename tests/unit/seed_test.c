/* Seeds: what is wrong with one is told with its place; what is left out is filled in, the same each time. */
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/rand.h"
#include "check.h"
#include "dev.h"
#include "settings.h"
#include "sql.h"
#include "store/migrate.h"

#define USERS "\"users\":[{\"name\":\"ann\"},{\"name\":\"ben\"},{\"name\":\"cat\",\"role\":\"guest\"}]"

static struct arena *arena;
static char folder[] = "/tmp/taut-seed-XXXXXX";

static struct str path_of(const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name);
}

static struct db *open_db(const char *name)
{
    struct str url = ARENA_JOIN(arena, S("sqlite:"), path_of(name)), why;
    struct db *db = db_open(url, &(struct db_options){.role = DB_ROLE_WRITE, .throwaway = true}, arena, &why);

    CHECK(db && db_migrate(db, arena, &why));
    return db;
}

static void remove_db(const char *name)
{
    static const char *const ends[] = {"", "-wal", "-shm"};

    for (int i = 0; i < 3; i++)
        unlink(arena_cstr(arena, ARENA_JOIN(arena, path_of(name), str_c(ends[i]))));
}

static bool seed(struct db *db, struct str json, struct dev_world *world, struct str *why)
{
    static const unsigned char key[SECRET_KEY_BYTES];
    static const struct settings settings;
    struct dev_options opt = {.json = json, .file = S("team.json"), .key = key};

    return dev_seed(db, &settings, &opt, arena, world, why);
}

/* --- mistakes ------------------------------------------------------------------------------------------------- */

static const struct {
    const char *json, *says;
} wrong[] = {
    {"{", "team.json: line 1: this is no JSON"},
    {"{\n\"users\": [\n{\"name\": ann}]}", "team.json: line 3: this is no JSON"},
    {"[]", "team.json: an object belongs here"},
    {"{}", "team.json: users: somebody has to be there"},
    {"{\"user\":[]}", "team.json: user: there is no such key; there are: "},
    {"{\"users\":{}}", "team.json: users: a list belongs here"},
    {"{\"users\":[7]}", "team.json: users[0]: an object belongs here"},
    {"{\"time\":\"soon\"," USERS "}", "team.json: time: a time is written "},
    {"{\"organization\":{\"domain\":\"Acme\"}," USERS "}", "team.json: organization.domain: it is made of "},
    {"{\"workspaces\":[{\"name\":\"A\"}]," USERS "}", "team.json: workspaces[0].domain: it is made of "},
    {"{\"workspaces\":[{\"domain\":\"a\",\"id\":\"C1\"}]," USERS "}", "team.json: workspaces[0].id: an id is T and "},
    {"{\"workspaces\":[{\"domain\":\"a\"},{\"domain\":\"a\"}]," USERS "}", "team.json: workspaces[1]: its id is that"},
    {"{\"users\":[{\"name\":\"Ann\"}]}", "team.json: users[0].name: it is made of "},
    {"{\"users\":[{\"name\":\"ann\"},{\"name\":\"ann\"}]}", "team.json: users[1]: its id is that of 'ann' too"},
    {"{\"users\":[{\"name\":\"ann\"},{\"name\":\"ann\",\"id\":\"U1\"}]}", "team.json: users[1]: there is a person"},
    {"{\"users\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\",\"role\":\"boss\"}]}",
     "team.json: users[2].role: it is one of: member admin "},
    {"{\"users\":[{\"name\":\"a\",\"email\":\"a@b.c\"},{\"name\":\"b\",\"email\":\"A@b.c\"}]}",
     "team.json: users[1]: email_taken"},
    {"{\"users\":[{\"name\":\"a\",\"deactivated\":\"no\"}]}", "team.json: users[0].deactivated: true or false"},
    {"{\"users\":[{\"name\":\"a\",\"workspace\":\"x\"}]}", "team.json: users[0].workspace: there is no workspace 'x'"},
    {"{\"users\":[{\"name\":\"a\",\"also_in\":[\"x\"]}]}", "team.json: users[0].also_in[0]: the domain of another"},
    {"{\"users\":[{\"name\":\"a\",\"profile\":{\"status_emoji\":\"nope\"}}]}",
     "team.json: users[0].profile.status_emoji: invalid_emoji_not_allowed"},
    {"{" USERS ",\"apps\":[{}]}", "team.json: apps[0]: an app has a name"},
    {"{" USERS ",\"apps\":[{\"name\":\"X\",\"bots\":[{\"name\":\"ann\"}]}]}", "team.json: apps[0].bots[0]: its id is"},
    {"{" USERS ",\"apps\":[{\"name\":\"X\",\"bots\":[{\"name\":\"x\",\"webhook\":{\"channel\":\"y\"}}]}]}",
     "team.json: apps[0].bots[0].webhook: there is no channel 'y'"},
    {"{" USERS ",\"apps\":[{\"name\":\"X\",\"bots\":[{\"name\":\"x\",\"webhook\":{\"secret\":\"a/b\"}}]}]}",
     "team.json: apps[0].bots[0].webhook.secret: it is made of letters and digits"},
    {"{" USERS ",\"tokens\":[{}]}", "team.json: tokens[0]: a token belongs to a "},
    {"{" USERS ",\"tokens\":[{\"user\":\"dan\"}]}", "team.json: tokens[0].user: there is no person or bot 'dan'"},
    {"{" USERS ",\"tokens\":[{\"user\":\"ann\",\"token\":\"xoxb-1\"}]}", "team.json: tokens[0].token: a token of this"},
    {"{" USERS ",\"tokens\":[{\"user\":\"ann\",\"token\":\"xoxp-1\"},{\"user\":\"ben\",\"token\":\"xoxp-1\"}]}",
     "team.json: tokens[1].token: this token stands there twice"},
    {"{" USERS ",\"tokens\":[{\"user\":\"ann\",\"scopes\":[\"chat:write\",\"chat:wrote\"]}]}",
     "team.json: tokens[0].scopes[1]: there is no such scope"},
    {"{" USERS ",\"emoji\":[{\"name\":\"tada\",\"url\":\"https://x\"}]}", "team.json: emoji[0]: its name is no name"},
    {"{" USERS ",\"emoji\":[{\"name\":\"acme\"}]}", "team.json: emoji[0]: an \"url\" or an \"alias\" belongs here"},
    {"{" USERS ",\"emoji\":[{\"name\":\"x1\",\"alias\":\"tada\"},{\"name\":\"x1\",\"alias\":\"tada\"}]}",
     "team.json: emoji[1]: there is an emoji of this name already"},
    {"{" USERS ",\"channels\":[{\"name\":\"Big\"}]}", "team.json: channels[0].name: invalid_name_specials"},
    {"{" USERS ",\"channels\":[{\"name\":\"general\",\"private\":true}]}", "team.json: channels[0]: #general and "},
    {"{" USERS ",\"channels\":[{\"name\":\"x\",\"members\":[\"ann\",\"dan\"]}]}",
     "team.json: channels[0].members[1]: there is no person or bot 'dan'"},
    {"{\"workspaces\":[{\"domain\":\"a\"},{\"domain\":\"b\"}]," USERS
     ",\"channels\":[{\"name\":\"x\",\"workspace\":\"b\",\"members\":[\"ann\"]}]}",
     "team.json: channels[0].members[0]: 'ann' is not in this workspace"},
    {"{" USERS ",\"channels\":[{\"name\":\"x\",\"messages\":[{\"user\":\"ann\"}]}]}",
     "team.json: channels[0].messages[0]: its \"text\" belongs here"},
    {"{" USERS ",\"channels\":[{\"name\":\"x\",\"messages\":[{\"user\":\"ann\",\"text\":\"t\",\"ago\":\"1w\"}]}]}",
     "team.json: channels[0].messages[0].ago: how long ago is written as "},
    {"{" USERS ",\"channels\":[{\"name\":\"x\",\"messages\":[{\"user\":\"ann\",\"text\":\"t\",\"ago\":\"1d\","
     "\"replies\":[{\"user\":\"ben\",\"text\":\"r\",\"ago\":\"2d\"}]}]}]}",
     "team.json: channels[0].messages[0].replies[0]: a reply comes after what it replies to"},
    {"{" USERS ",\"channels\":[{\"name\":\"x\",\"messages\":[{\"user\":\"ann\",\"text\":\"t\","
     "\"reactions\":{\"no_such\":[\"ben\"]}}]}]}",
     "team.json: channels[0].messages[0].reactions.no_such: there is no such emoji"},
    {"{" USERS ",\"dms\":[{}]}", "team.json: dms[0]: its \"members\" belong here"},
    {"{" USERS ",\"dms\":[{\"members\":[\"ann\",\"ben\"]},{\"members\":[\"ben\",\"ann\"]}]}",
     "team.json: dms[1]: there is a conversation of these members already"},
};

/* Each leaves nothing behind, so they share a database, and a good seed can follow. */
static void test_mistakes(struct db *db)
{
    struct dev_world world;
    struct str why;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        CHECK(!seed(db, str_c(wrong[i].json), &world, &why));
        if (!str_starts(why, str_c(wrong[i].says)))
            fprintf(stderr, "%s\n  says: %.*s\n", wrong[i].json, STR_FMT(why));
        CHECK(str_starts(why, str_c(wrong[i].says)));
    }
}

/* --- what comes out ------------------------------------------------------------------------------------------- */

static void test_small(struct db *db)
{
    struct dev_world world;
    struct str why;

    clock_set(INT64_C(1800000000000000), true);
    CHECK(seed(db, S("{" USERS "}"), &world, &why));
    CHECK(clock_now_us() == INT64_C(1800000000000000)); /* it is put back */
    CHECK(world.n_people == 3 && world.n_channels == 2 && world.team && world.org);
    CHECK(id_kind(dev_find(&world, S("ann"))->id) == 'U' && id_kind(dev_find(&world, S("general"))->id) == 'C');
    CHECK(str_starts(world.admin_token, S("xoxp-")) && str_eq(world.admin_token, dev_find(&world, S("ann"))->token));
    CHECK(str_eq(world.user2_token, dev_find(&world, S("ben"))->token));
    CHECK(str_eq(world.guest_token, dev_find(&world, S("cat"))->token));
    CHECK(!world.bot_token.n && !world.limited_token.n && !dev_find(&world, S("dan")));
    CHECK(!seed(db, S("{" USERS "}"), &world, &why)); /* once is enough */
    CHECK(str_starts(why, S("The database holds a workspace already")));
}

/* The ims, whose ids no seed says, and the messages' times. */
static struct str fingerprint(struct db *db, const struct dev_world *w)
{
    struct buf b = buf_in(arena, 1 << 20);
    struct channel_row *rows;
    int n, n_messages;

    CHECK(sql_channels_page(db, arena, w->team, dev_find(w, S("alice"))->id, 0, 100, 1, 1, 1, 1, 0, 0, &rows, &n) ==
          OK);
    CHECK(n > 5);
    for (int i = 0; i < n; i++) {
        struct message_row *messages;
        CHECK(sql_message_history(db, arena, rows[i].id, 0, INT64_MAX, 100, &messages, &n_messages) == OK);
        buf_printf(&b, "%lld %lld %lld:", (long long)rows[i].id, (long long)rows[i].members_n,
                   (long long)rows[i].created_us);
        for (int m = 0; m < n_messages; m++)
            buf_printf(&b, " %lld", (long long)messages[m].ts);
        buf_char(&b, '\n');
    }
    return buf_view(&b);
}

static void test_same_each_time(void)
{
    struct db *first = open_db("first.db"), *second = open_db("second.db");
    struct dev_world one, two;
    struct str why;

    clock_set(INT64_C(1800000000000000), false);
    CHECK(seed(first, S(""), &one, &why));
    clock_set(INT64_C(1900000000000000), false);
    CHECK(seed(second, S(""), &two, &why));
    CHECK(str_eq(fingerprint(first, &one), fingerprint(second, &two)));
    CHECK(str_eq(dev_actors_text(&one, arena), dev_actors_text(&two, arena)));
    CHECK(str_eq(dev_env_text(&one, arena, S("http://x"), 7), dev_env_text(&two, arena, S("http://x"), 7)));
    db_close(first);
    db_close(second);
    remove_db("first.db");
    remove_db("second.db");
}

/* A shell takes no part of a value for itself. */
static void test_quotes(void)
{
    struct dev_world w = {.signing_secret = S("it's $HOME")};
    struct str env = dev_env_text(&w, arena, S("http://h:1"), 42);

    CHECK(str_starts(env, S("export TAUT_URL='http://h:1'\nexport SLACK_API_URL='http://h:1/api/'\n")));
    CHECK(str_find(env, S("\nexport TAUT_SIGNING_SECRET='it'\\''s $HOME'\n")) > 0);
    CHECK(str_ends(env, S("\nexport TAUT_PID='42'\n")));
}

int main(void)
{
    struct db *db;

    rand_init();
    log_set_level(LOG_ERROR);
    arena = arena_new(1 << 16);
    CHECK(mkdtemp(folder));
    db = open_db("seed.db");
    test_mistakes(db);
    test_small(db);
    db_close(db);
    remove_db("seed.db");
    test_same_each_time();
    test_quotes();
    rmdir(folder);
    arena_free(arena);
    return 0;
}
