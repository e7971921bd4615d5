#include "manage.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/id.h"
#include "base/rand.h"
#include "config.h"
#include "core/auth.h"
#include "core/person.h"
#include "live/outbox.h"
#include "sql.h"
#include "store/migrate.h"

enum { TRIES_MAX = 100 };

enum err manage_refuse(struct manage *m, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(m->why, sizeof(m->why), fmt, args);
    va_end(args);
    return ERR_INVALID_ARGUMENTS;
}

const char *manage_id(struct manage *m, int64_t id)
{
    char text[ID_MAX];

    return arena_cstr(m->call.arena, str_of(text, id_format(id, text)));
}

const char *manage_time(struct manage *m, int64_t us)
{
    char *text = arena_bytes(m->call.arena, 32);
    time_t s = (time_t)(us / 1000000);
    struct tm tm;

    if (!us)
        return "-";
    gmtime_r(&s, &tm);
    strftime(text, 32, "%Y-%m-%d %H:%M", &tm);
    return text;
}

enum err manage_user(struct manage *m, const char *name, int64_t *id)
{
    bool found;

    TRY(sql_user_of_team_named(m->call.db, m->call.arena, m->call.team, str_c(name), id, &found));
    return found ? OK
                 : manage_refuse(m, "There is nobody called '%s' in this workspace; 'taut user list' shows who is.",
                                 name);
}

/* The workspace that --team names, else the first one. */
static enum err find_team(struct manage *m)
{
    struct call *c = &m->call;
    struct team_row *teams;
    bool found;
    int n;

    TRY(sql_org_id(c->db, c->arena, &c->who.org, &found));
    if (!found)
        return manage_refuse(m, "There is no workspace yet; 'taut serve' makes it at its first start.");
    TRY(sql_team_list(c->db, c->arena, c->who.org, &teams, &n));
    for (int i = 0; i < n; i++) {
        if (m->server.settings.team.n && !str_eq(teams[i].domain, m->server.settings.team))
            continue;
        c->team = c->who.team = teams[i].id;
        return OK;
    }
    return manage_refuse(m, "There is no workspace with the domain '%.*s'; 'taut workspace list' shows them.",
                         STR_FMT(m->server.settings.team));
}

static void row_added(void *ctx, int64_t app)
{
    (void)ctx; /* a running server finds the row */
    (void)app;
}

/* What apps are to hear of it is stored with it; who heard things is looked up before the verb changes that. */
static enum err run_heard(struct manage *m, const struct verb *v)
{
    struct outbox outbox = {.apps = apps_new(m->server.key), .added = row_added};
    const struct app_set *set;
    enum err e = apps_take(outbox.apps, m->call.db, &set);

    if (e == OK)
        apps_give_back(outbox.apps, set);
    if (e == OK)
        e = v->run(m);
    if (e == OK && m->call.events)
        e = outbox_record(&outbox, &m->call);
    apps_free(outbox.apps);
    return e;
}

/* A verb tells as it goes, so it runs once.  That it changes things is counted before it does: nobody else's count
 * can collide with the rest of it. */
static enum err begin(struct manage *m, const struct verb *v, struct db *db)
{
    enum err e = OK;

    for (int try = 0; try < TRIES_MAX; try++) {
        if (db_begin(db) != DB_OK)
            return ERR_SERVICE_UNAVAILABLE;
        e = v->looks ? OK : auth_epoch_tell(db, m->server.arena);
        if (e == OK)
            return OK;
        db_rollback(db);
        if (!db_wants_retry(db))
            return e;
    }
    return e;
}

static enum err run_in(struct manage *m, const struct verb *v, struct db *db)
{
    enum err e;

    TRY(begin(m, v, db));
    call_system(&m->call, m->server.arena, db, 0, 0);
    m->call.key = m->server.key;
    e = find_team(m);
    if (e == OK)
        e = v->looks ? v->run(m) : run_heard(m, v);
    if (e != OK || v->looks) {
        db_rollback(db);
        return e;
    }
    return db_commit(db) == DB_OK ? OK : ERR_SERVICE_UNAVAILABLE;
}

/* Who only looks, keeps no running server from writing. */
static enum err run_verb(struct manage *m, const struct verb *v, struct str *why)
{
    struct server *s = &m->server;
    struct db_options opt = {.role = DB_ROLE_READ};
    struct db *reader;
    enum err e;

    if (!v->looks)
        return run_in(m, v, s->writer);
    reader = db_open(s->database, &opt, s->arena, why);
    if (!reader)
        return manage_refuse(m, "%.*s", STR_FMT(*why));
    e = run_in(m, v, reader);
    db_close(reader);
    return e;
}

/* A server on this data folder keeps tokens it has seen. */
static void tell_server(struct server *s)
{
    long pid = data_dir_server(s);

    if (pid)
        kill((pid_t)pid, SIGHUP);
}

/* A database is brought up to date at the start of a server, not below one that runs. */
static bool is_of_now(struct server *s, struct str *why)
{
    struct db_options opt = {.role = DB_ROLE_READ};
    long pid = data_dir_server(s);
    struct db *db = pid ? db_open(server_database(s), &opt, s->arena, why) : NULL;
    bool older = db && db_schema_is_older(db);

    db_close(db);
    if (older)
        *why =
            arena_printf(s->arena,
                         "The server that runs on %.*s (process %ld) is of an older version; stop it and start the new "
                         "one first.",
                         STR_FMT(s->data_dir), pid);
    return !older && (db || !pid);
}

static bool open_all(struct manage *m, struct str *why)
{
    struct server *s = &m->server;

    s->data_dir = s->settings.data_dir;
    if (!s->settings.database.n &&
        access(arena_cstr(s->arena, arena_printf(s->arena, "%.*s/taut.db", STR_FMT(s->data_dir))), F_OK) != 0) {
        *why =
            arena_printf(s->arena, "There is no workspace in %.*s: %s. Give --data-dir, or make one with 'taut serve'.",
                         STR_FMT(s->data_dir), strerror(errno));
        return false;
    }
    return is_of_now(s, why) && data_dir_key(s, why) && server_open_database(s, why);
}

static int usage(const char *name, const struct verb *verbs, enum command command, FILE *to)
{
    fprintf(to, "usage:\n");
    for (const struct verb *v = verbs; v->name; v++)
        fprintf(to, "  taut %s %s%s%s\n        %s\n", name, v->name, v->words[0] ? " " : "", v->words, v->doc);
    if (to == stdout)
        config_help(command);
    return to == stdout ? 0 : 2;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static const struct verb *find_verb(const struct verb *verbs, int n_words, char **words)
{
    for (const struct verb *v = verbs; n_words && v->name; v++)
        if (strcmp(v->name, words[0]) == 0 && n_words - 1 >= v->min_words && n_words - 1 <= v->max_words)
            return v;
    return NULL;
}

static int finish(struct manage *m, const struct verb *v, enum err e)
{
    server_stop(&m->server);
    if (e == OK && !v->looks)
        tell_server(&m->server);
    if (e == OK)
        return 0;
    if (m->why[0])
        fprintf(stderr, "taut: %s\n", m->why);
    else
        fprintf(stderr, "taut: Nothing was changed: %s.\n", err_name(e));
    return 1;
}

static int run_words(struct manage *m, enum command command, const char *name, const struct verb *verbs, int argc,
                     char **argv)
{
    const struct verb *v;
    struct str why = S("");
    char **words;
    int n_words;

    if (asks_help(argc, argv))
        return usage(name, verbs, command, stdout);
    if (!config_read(m->server.arena, command, argc, argv, &m->server.settings, &words, &n_words, &why)) {
        fprintf(stderr, "taut %s: %.*s\n", name, STR_FMT(why));
        return 2;
    }
    v = find_verb(verbs, n_words, words);
    if (!v)
        return usage(name, verbs, command, stderr);
    m->words = words + 1;
    m->n_words = n_words - 1;
    log_set_level(LOG_WARN);
    rand_init();
    id_set_node((int)(rand_u64() % 64));
    if (!open_all(m, &why)) {
        fprintf(stderr, "taut: %.*s\n", STR_FMT(why));
        server_stop(&m->server);
        return 1;
    }
    return finish(m, v, run_verb(m, v, &why));
}

int manage_run(enum command command, const char *name, const struct verb *verbs, int argc, char **argv)
{
    struct manage m = {.server = {.arena = arena_new(1 << 14), .lock_fd = -1}};
    int status = run_words(&m, command, name, verbs, argc, argv);

    arena_free(m.server.arena);
    return status;
}
