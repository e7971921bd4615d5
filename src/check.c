/* `taut check`: what a server would stumble over at its start, found without starting one. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rand.h"
#include "commands.h"
#include "config.h"
#include "core/geo.h"
#include "server.h"
#include "store/migrate.h"

static int faults;

static void say(bool good, const char *what, struct str detail)
{
    printf("%-8s %-10s %.*s\n", good ? "ok" : "WRONG", what, STR_FMT(detail));
    if (!good)
        faults++;
}

static bool check_folder(struct server *s)
{
    const char *path = arena_cstr(s->arena, s->data_dir);
    struct stat st;

    if (stat(path, &st) != 0 && errno == ENOENT) {
        say(true, "data_dir", arena_printf(s->arena, "%s is made at the first start", path));
        return false;
    }
    if (access(path, R_OK | W_OK | X_OK) != 0 || !S_ISDIR(st.st_mode)) {
        say(false, "data_dir", arena_printf(s->arena, "%s is no folder this user may write to", path));
        return false;
    }
    say(true, "data_dir", arena_printf(s->arena, "%s%s", path, data_dir_server(s) ? " (a server runs on it)" : ""));
    if (st.st_mode & 077)
        say(false, "data_dir", arena_printf(s->arena, "%s is open to other users; chmod 700 it", path));
    return true;
}

static void check_key(struct server *s)
{
    struct str path = arena_printf(s->arena, "%.*s/taut.key", STR_FMT(s->data_dir)), why;

    if (access(arena_cstr(s->arena, path), F_OK) != 0)
        say(true, "key", S("there is none; the next start makes one"));
    else if (data_dir_key(s, &why))
        say(true, "key", path);
    else
        say(false, "key", why);
}

static void check_database(struct server *s, bool folder_exists)
{
    struct db_options opt = {.role = DB_ROLE_READ};
    struct str why = S("the log above says why");
    struct db *db;

    if (!s->settings.database.n && !folder_exists) {
        say(true, "database", S("is made at the first start"));
        return;
    }
    db = db_open(server_database(s), &opt, s->arena, &why);
    if (!db) {
        say(false, "database", why);
        return;
    }
    say(db_schema_fits(db, s->arena, &why), "database", why);
    if (!data_dir_key_fits(s, db))
        say(false, "key", S(DATA_DIR_KEY_WHY "; " DATA_DIR_KEY_HINT));
    db_close(db);
}

/* Opens what the server would listen with; beside a running server the port is taken, so another one is tried. */
static void check_listener(struct server *s, bool beside)
{
    struct str why = S(""), listen = s->settings.listen;

    if (beside && str_ends(listen, S("]")) == false && str_chr(listen, ':') >= 0) {
        size_t n = listen.n;
        while (listen.p[n - 1] != ':')
            n--;
        s->settings.listen = arena_printf(s->arena, "%.*s0", (int)n, listen.p);
    }
    s->http = server_listener(s, &why);
    say(s->http != NULL, "listen", s->http ? listen : why);
    if (s->http)
        http_free(s->http);
    s->http = NULL;
    s->settings.listen = listen;
}

static void check_public_url(struct server *s)
{
    struct str url = s->settings.public_url;
    bool good = !url.n || str_starts(url, S("http://")) || str_starts(url, S("https://"));

    say(good, "public_url",
        !url.n ? S("what each request names")
        : good ? url
               : S("an origin begins with http:// or https://"));
}

static void check_geoip(struct server *s)
{
    struct str why;
    struct geo *geo = geo_open(s->arena, s->settings.geoip_database, &why);

    if (s->settings.geoip_database.n)
        say(geo != NULL, "geoip", geo ? s->settings.geoip_database : why);
    geo_free(geo);
}

int check_main(int argc, char **argv)
{
    struct server s = {.arena = arena_new(1 << 14), .lock_fd = -1};
    struct str why = S("");
    bool folder_exists;
    char **rest;
    int n_rest;

    if (!config_read(s.arena, COMMAND_CHECK, argc, argv, &s.settings, &rest, &n_rest, &why)) {
        printf("%-8s %-10s %.*s\n", "WRONG", "settings", STR_FMT(why));
        arena_free(s.arena);
        return 1;
    }
    rand_init();
    log_set_level(LOG_ERROR);
    s.data_dir = s.settings.data_dir;
    say(true, "settings", s.settings.config.n ? s.settings.config : S("no config file was named"));
    folder_exists = check_folder(&s);
    if (folder_exists)
        check_key(&s);
    check_database(&s, folder_exists);
    check_public_url(&s);
    check_geoip(&s);
    check_listener(&s, folder_exists && data_dir_server(&s));
    printf("%d wrong\n", faults);
    arena_free(s.arena);
    return faults ? 1 : 0;
}
