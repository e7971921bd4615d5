/* `taut dev`: a throw-away workspace, made at the start and gone at the end. */
#include "dev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/fault.h"
#include "base/clock.h"
#include "base/rand.h"
#include "config.h"
#include "dev_folder.h"
#include "serving.h"

enum { SEED_MAX_BYTES = 64 << 20 };

struct dev {
    struct server server; /* first: serving_main's server is a struct dev */
    struct dev_world world;
    struct dev_folder folder;
    struct str seed;   /* the text of --seed */
    struct str schema; /* on PostgreSQL: ours alone, dropped at the end */
    struct str origin_database;
    bool has_clock;
    int64_t clock_us;
};

/* --- what was asked for --------------------------------------------------------------------------------------- */

static bool read_seed(struct dev *d, struct str *why)
{
    struct arena *a = d->server.arena;
    struct str path = d->server.settings.seed;
    struct stat st;
    ssize_t n;
    char *text;
    int fd;

    if (!path.n)
        return true;
    fd = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > SEED_MAX_BYTES) {
        *why = arena_printf(a, "The seed %.*s cannot be read: %s.", STR_FMT(path),
                            fd < 0 ? strerror(errno) : "it is larger than 64 MB");
        return false;
    }
    text = arena_bytes(a, (size_t)st.st_size + 1);
    n = read(fd, text, (size_t)st.st_size);
    close(fd);
    if (n <= 0) {
        *why = arena_printf(a, "The seed %.*s is empty.", STR_FMT(path));
        return false;
    }
    d->seed = str_of(text, (size_t)n);
    return true;
}

static bool read_options(struct server *s, struct str *why)
{
    struct dev *d = (struct dev *)s;

    if (!config_given("outgoing_allow"))
        s->settings.outgoing_allow = S("loopback"); /* where the apps that are being made run */
    if (!config_given("unfurl_links"))
        s->settings.unfurl_links = S("off"); /* tests reach for nothing outside */
    if (!config_given("analytics_delay"))
        s->settings.analytics_delay_ms = 0; /* whoever moves the clock wants the file at once */
    d->has_clock = s->settings.clock.n > 0;
    if (d->has_clock && !time_parse(s->settings.clock, &d->clock_us)) {
        *why = arena_printf(s->arena, "--clock: '%.*s' is no time; give 2026-11-24T09:00:00Z, or a ts.",
                            STR_FMT(s->settings.clock));
        return false;
    }
    if (s->settings.fault.n)
        s->api.faults = fault_parse(s->settings.fault, s->arena, why);
    return !why->n && read_seed(d, why);
}

/* --- where it lies -------------------------------------------------------------------------------------------- */

/* PostgreSQL: a schema of our own beside what the database holds, so that several may use one database at once. */
static bool make_schema(struct dev *d, struct str *why)
{
    struct server *s = &d->server;
    struct str url = s->settings.database;
    struct db *db;
    enum db_status status;

    d->origin_database = url;
    d->schema = arena_printf(s->arena, "taut_dev_%d_%08x", (int)getpid(), (unsigned)rand_u64());
    s->settings.database = arena_printf(s->arena, "%.*s%soptions=-csearch_path%%3D%.*s", STR_FMT(url),
                                        str_chr(url, '?') < 0 ? "?" : "&", STR_FMT(d->schema));
    db = db_open(url, &(struct db_options){.role = DB_ROLE_WRITE, .throwaway = true}, s->arena, why);
    if (!db)
        return false;
    status = db_script(db, arena_cstr(s->arena, arena_printf(s->arena, "create schema %.*s", STR_FMT(d->schema))));
    db_close(db);
    if (status != DB_OK)
        *why = S("No schema could be made in the database; the log says why.");
    return status == DB_OK;
}

static void drop_schema(struct dev *d)
{
    struct arena *a = d->server.arena;
    struct str why;
    struct db *db = db_open(d->origin_database, &(struct db_options){.role = DB_ROLE_WRITE}, a, &why);

    if (!db)
        return;
    db_script(db, arena_cstr(a, arena_printf(a, "drop schema if exists %.*s cascade", STR_FMT(d->schema))));
    db_close(db);
}

static void clean_up(struct server *s)
{
    struct dev *d = (struct dev *)s;

    server_stop(s);
    dev_folder_remove(&d->folder, s->arena);
    if (d->schema.n)
        drop_schema(d);
}

/* --- files for others ----------------------------------------------------------------------------------------- */

/* Whole or not at all: who waits for the file may read it at once. */
static bool write_file(struct arena *a, struct str path, struct str text, struct str *why)
{
    char *temp = arena_cstr(a, arena_printf(a, "%.*s.%d.new", STR_FMT(path), (int)getpid()));
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n;

    if (fd >= 0)
        close(fd);
    if (ok && rename(temp, arena_cstr(a, path)) == 0)
        return true;
    *why = arena_printf(a, "The file %.*s cannot be written: %s.", STR_FMT(path), strerror(errno));
    if (fd >= 0)
        unlink(temp);
    return false;
}

static bool is_racer(const struct dev_world *w, struct str token)
{
    for (int i = 0; i < w->n_racers; i++)
        if (str_eq(w->racers[i], token))
            return true;
    return false;
}

static void greet(const struct dev_world *w, struct str origin)
{
    printf("taut dev serves the workspace \"%.*s\" at %.*s\n\n", STR_FMT(w->team_name), STR_FMT(origin));
    for (const struct dev_name *n = w->names; n; n = n->next)
        if (n->token.n && !is_racer(w, n->token))
            printf("  %-16.*s %.*s\n", STR_FMT(n->name), STR_FMT(n->token));
    printf("\nIt is gone when this ends.\n");
    fflush(stdout);
}

static bool tell(struct dev *d, struct str *why)
{
    struct server *s = &d->server;
    const struct dev_world *w = &d->world;
    struct str origin = server_origin(s);
    struct str actors = dev_actors_text(w, s->arena), env = dev_env_text(w, s->arena, origin, (int)getpid());

    if (s->settings.actors.n && !write_file(s->arena, s->settings.actors, actors, why))
        return false;
    if (s->settings.env.n && !write_file(s->arena, s->settings.env, env, why))
        return false;
    greet(w, origin);
    return true;
}

/* --- running -------------------------------------------------------------------------------------------------- */

static bool open_workspace(struct dev *d, struct str *why)
{
    struct server *s = &d->server;
    struct dev_options opt = {.json = d->seed, .file = s->settings.seed, .key = s->key};

    s->throwaway = true;
    s->api.dev = true;
    opt.racers = s->settings.actors.n ? DEV_RACERS : 0;
    rand_bytes(s->key, sizeof(s->key));
    if (!dev_folder_make(&d->folder, s->arena, why))
        return false;
    s->data_dir = d->folder.path;
    if (str_starts(s->settings.database, S("postgres")) && !make_schema(d, why))
        return false;
    return server_open_database(s, why) && dev_seed(s->writer, &s->settings, &opt, s->arena, &d->world, why);
}

static bool run(struct server *s, struct str *why)
{
    struct dev *d = (struct dev *)s;

    if (!open_workspace(d, why))
        return false;
    if (d->has_clock)
        clock_set(d->clock_us, false);
    if (!server_start(s, why) || !tell(d, why))
        return false;
    server_wait(s);
    return true;
}

int dev_main(int argc, char **argv)
{
    static const struct serving serving = {COMMAND_DEV, read_options, run, clean_up};
    struct dev d = {0};

    return serving_main(&serving, &d.server, argc, argv);
}
