/* `taut user` and `taut workspace`: people and where they belong, from the shell. */
#include <ctype.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/id.h"
#include "base/utf8.h"
#include "commands.h"
#include "core/count.h"
#include "core/password.h"
#include "core/person.h"
#include "manage.h"
#include "sql.h"

enum { PAGE = 500 };

struct rank {
    const char *name;
    enum role role;
    enum guest guest;
};

static const struct rank ranks[] = {
    {"member", ROLE_MEMBER, GUEST_NONE}, {"admin", ROLE_ADMIN, GUEST_NONE},
    {"owner", ROLE_OWNER, GUEST_NONE},   {"primary-owner", ROLE_PRIMARY_OWNER, GUEST_NONE},
    {"guest", ROLE_MEMBER, GUEST_MULTI}, {"single-channel-guest", ROLE_MEMBER, GUEST_SINGLE},
};

enum { RANKS = sizeof(ranks) / sizeof(*ranks) };

static const char *rank_name(const struct user_row *u)
{
    for (int i = 0; i < RANKS; i++)
        if ((int64_t)ranks[i].role == u->role && (int64_t)ranks[i].guest == u->guest)
            return u->is_bot ? "bot" : ranks[i].name;
    return "member";
}

static enum err read_rank(struct manage *m, const char *text, const struct rank **out)
{
    for (int i = 0; i < RANKS; i++)
        if (strcmp(ranks[i].name, text) == 0) {
            *out = &ranks[i];
            return OK;
        }
    return manage_refuse(m, "'%s' is no role; roles are member, admin, owner, guest and single-channel-guest.", text);
}

static enum err list(struct manage *m)
{
    struct call *c = &m->call;
    struct user_row *users;
    int64_t after = 0;
    int n;

    printf("%-13s %-20s %-21s %s\n", "ID", "NAME", "ROLE", "EMAIL");
    do {
        TRY(sql_users_page(c->db, c->arena, c->team, after, PAGE, &users, &n));
        for (int i = 0; i < n; i++) {
            printf("%-13s %-20.*s %-21s %.*s%s\n", manage_id(m, users[i].id), STR_FMT(users[i].name),
                   rank_name(&users[i]), STR_FMT(users[i].email), users[i].deleted ? " (deactivated)" : "");
            after = users[i].id;
        }
    } while (n == PAGE);
    return OK;
}

/* Handles are lower-case letters, digits, dots, hyphens and underscores, at most 80, as channel names are. */
static enum err check_handle(struct manage *m, const char *name)
{
    bool good = name[0] && strlen(name) <= 80;

    for (const char *p = name; *p; p++)
        good = good && (islower((unsigned char)*p) || isdigit((unsigned char)*p) || strchr(".-_", *p));
    return good ? OK : manage_refuse(m, "'%s' is no handle; use a-z, 0-9, dots, hyphens and underscores.", name);
}

static enum err create(struct manage *m)
{
    struct person_new p = {.name = str_c(m->words[0]), .email = str_c(m->words[1]), .real_name = str_c(m->words[0])};
    const struct rank *rank = &ranks[0];
    int64_t id;
    bool found;
    enum err e;

    TRY(check_handle(m, m->words[0]));
    if (str_chr(p.email, '@') <= 0)
        return manage_refuse(m, "'%s' is no e-mail address.", m->words[1]);
    if (m->n_words > 2)
        TRY(read_rank(m, m->words[2], &rank));
    TRY(sql_user_of_team_named(m->call.db, m->call.arena, m->call.team, p.name, &id, &found));
    if (found)
        return manage_refuse(m, "The handle '%s' is taken.", m->words[0]);
    p.role = rank->role;
    p.guest = rank->guest;
    p.lonely = rank->guest == GUEST_SINGLE;
    e = person_create(&m->call, &p, &id);
    if (e == ERR_EMAIL_TAKEN)
        return manage_refuse(m, "The e-mail '%s' is taken.", m->words[1]);
    TRY(e);
    printf("%s\n", manage_id(m, id));
    return OK;
}

static enum err set_role(struct manage *m)
{
    const struct rank *rank = &ranks[0];
    struct kept_member kept;
    int64_t id, changed;

    TRY(manage_user(m, m->words[0], &id));
    TRY(read_rank(m, m->words[1], &rank));
    TRY(count_keep_member(&m->call, id, &kept));
    return sql_team_member_set(m->call.db, m->call.arena, m->call.team, kept, rank->role, rank->guest, &changed);
}

/* From the terminal without showing it, else the first line of standard input. */
static bool read_password(char *out, size_t n)
{
    struct termios before, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0, good;

    if (terminal) {
        fputs("New password: ", stderr);
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    good = fgets(out, (int)n, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    out[good ? strcspn(out, "\n") : 0] = '\0';
    return good;
}

static enum err set_password(struct manage *m)
{
    char password[PASSWORD_MAX_BYTES + 2];
    struct str hash;
    int64_t id, changed;

    TRY(manage_user(m, m->words[0], &id));
    if (!read_password(password, sizeof(password)))
        return manage_refuse(m, "No password came on standard input.");
    if (!utf8_valid(str_c(password)) || utf8_count(str_c(password)) < PASSWORD_MIN_CHARS)
        return manage_refuse(m, "A password has at least %d characters.", PASSWORD_MIN_CHARS);
    hash = password_hash(m->call.arena, str_c(password), false);
    if (!hash.p)
        return manage_refuse(m, "There is not enough memory to hash a password (64 MB).");
    return sql_password_set(m->call.db, m->call.arena, id, hash, m->call.now_us, &changed);
}

static enum err set_zone(struct manage *m)
{
    struct str zone = str_c(m->words[1]);
    int64_t id;

    TRY(manage_user(m, m->words[0], &id));
    if (!zone_exists(zone))
        return manage_refuse(m, "'%s' is no time zone; zones are called as Europe/Berlin is.", m->words[1]);
    return person_set_zone(&m->call, id, zone);
}

static enum err set_deleted(struct manage *m, bool deleted)
{
    struct kept_member kept;
    int64_t id, changed;

    TRY(manage_user(m, m->words[0], &id));
    if (id == slackbot_id())
        return manage_refuse(m, "slackbot is the server's own voice and stays.");
    TRY(count_keep_member(&m->call, id, &kept));
    TRY(sql_user_set_deleted(m->call.db, m->call.arena, kept, deleted, m->call.now_us, &changed));
    return changed ? OK : manage_refuse(m, "'%s' is %s already.", m->words[0], deleted ? "deactivated" : "active");
}

static enum err deactivate(struct manage *m)
{
    return set_deleted(m, true);
}

static enum err activate(struct manage *m)
{
    return set_deleted(m, false);
}

int user_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", 0, 0, list, "", "everybody of the workspace", true},
        {"create", 2, 3, create, "NAME EMAIL [ROLE]", "a new person; prints its id", false},
        {"role", 2, 2, set_role, "NAME ROLE", "member, admin, owner, guest or single-channel-guest", false},
        {"password", 1, 1, set_password, "NAME",
         "what the person signs in with; asked for, or read from standard input", false},
        {"timezone", 2, 2, set_zone, "NAME ZONE", "where the person's clock is, such as Europe/Berlin", false},
        {"deactivate", 1, 1, deactivate, "NAME", "takes the person out; its messages stay, its tokens stop", false},
        {"activate", 1, 1, activate, "NAME", "lets the person back in", false},
        {0},
    };

    return manage_run(COMMAND_USER, "user", verbs, argc, argv);
}

/* --- workspaces ----------------------------------------------------------------------------------------------- */

static enum err list_workspaces(struct manage *m)
{
    struct team_row *teams;
    int n;

    TRY(sql_team_list(m->call.db, m->call.arena, m->call.who.org, &teams, &n));
    printf("%-13s %-20s %s\n", "ID", "DOMAIN", "NAME");
    for (int i = 0; i < n; i++)
        printf("%-13s %-20.*s %.*s\n", manage_id(m, teams[i].id), STR_FMT(teams[i].domain), STR_FMT(teams[i].name));
    return OK;
}

/* The new workspace's owner is somebody of the organization. */
static enum err create_workspace(struct manage *m)
{
    int64_t owner;
    enum err e;

    TRY(manage_user(m, m->words[2], &owner));
    e = team_create(&m->call, 0, str_c(m->words[0]), str_c(m->words[1]), 0, 0);
    if (e == ERR_NAME_TAKEN)
        return manage_refuse(m, "The domain '%s' is taken.", m->words[1]);
    TRY(e);
    TRY(person_enter(&m->call, owner, ROLE_PRIMARY_OWNER, GUEST_NONE, false));
    printf("%s\n", manage_id(m, m->call.team));
    return OK;
}

int workspace_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", 0, 0, list_workspaces, "", "the workspaces of the organization", true},
        {"create", 3, 3, create_workspace, "NAME DOMAIN OWNER",
         "a new one; OWNER is the handle of who owns it; prints its id", false},
        {0},
    };

    return manage_run(COMMAND_WORKSPACE, "workspace", verbs, argc, argv);
}
