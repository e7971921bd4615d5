/* `taut token`: making tokens, which are shown once, and taking them back. */
#include <stdio.h>

#include "base/id.h"
#include "commands.h"
#include "core/install.h"
#include "core/person.h"
#include "manage.h"
#include "sql.h"

static const char *state(const struct token_list_row *t, int64_t now_us)
{
    if (t->revoked_us)
        return "revoked";
    return t->expires_us && t->expires_us <= now_us ? "expired" : "in force";
}

static enum err list(struct manage *m)
{
    static const char *const kinds[] = {"none", "user", "bot", "app", "session"};
    struct token_list_row *rows;
    int n;

    TRY(sql_token_list(m->call.db, m->call.arena, m->call.who.org, &rows, &n));
    printf("%-13s %-8s %-9s %-16s %-16s %-16s %s\n", "ID", "KIND", "STATE", "CREATED", "OWNER", "LABEL", "SCOPES");
    for (int i = 0; i < n; i++) {
        struct str owner = rows[i].user_name.n ? rows[i].user_name : rows[i].app_name;
        printf("%-13s %-8s %-9s %-16s %-16.*s %-16.*s %.*s\n", manage_id(m, rows[i].id), kinds[rows[i].kind],
               state(&rows[i], m->call.now_us), manage_time(m, rows[i].created_us), STR_FMT(owner),
               STR_FMT(rows[i].label), STR_FMT(rows[i].scopes));
    }
    return OK;
}

/* A misspelt scope would be a token that surprises its owner later. */
static enum err check_scopes(struct manage *m, struct str list_text)
{
    struct str rest = list_text, piece;

    while (str_cut(&rest, ',', &piece)) {
        piece = str_trim(piece);
        if (scope_find(piece) == SCOPES_N)
            return manage_refuse(m, "There is no scope '%.*s'.", STR_FMT(piece));
    }
    return OK;
}

static enum err create(struct manage *m)
{
    struct token_new t = {.kind = TOKEN_USER, .scopes = scope_all_user, .label = S("shell")};
    struct call *c = &m->call;
    struct user_row u;
    struct str text;
    bool found;

    TRY(manage_user(m, m->words[0], &t.user));
    TRY(sql_user_in_team(c->db, c->arena, t.user, c->team, &u, &found));
    if (u.is_bot && !u.bot_id)
        return manage_refuse(m, "slackbot is the server's own voice and has no tokens.");
    if (u.is_bot) {
        t.kind = TOKEN_BOT;
        t.bot = u.bot_id;
        t.app = u.app_id;
        t.scopes = scope_all_bot;
    }
    if (m->n_words > 1)
        t.scopes = str_c(m->words[1]);
    TRY(check_scopes(m, t.scopes));
    t.whole_org = m->server.settings.org;
    TRY(token_create(c, &t, &text));
    printf("%.*s\n", STR_FMT(text));
    return OK;
}

/* For tools that manage apps (apps.manifest.*): they trade the refresh token for the next pair by themselves. */
static enum err config(struct manage *m)
{
    struct token_new t = {.kind = TOKEN_USER, .scopes = S("app_configurations:write"), .label = S("app configuration")};
    struct call *c = &m->call;
    struct issued pair;
    struct user_row u;
    bool found;

    TRY(manage_user(m, m->words[0], &t.user));
    TRY(sql_user_in_team(c->db, c->arena, t.user, c->team, &u, &found));
    if (u.is_bot)
        return manage_refuse(m, "'%s' is a bot; people manage apps.", m->words[0]);
    TRY(install_token(c, &t, true, &pair));
    printf("token          %.*s\nrefresh token  %.*s\n", STR_FMT(pair.token), STR_FMT(pair.refresh));
    printf("It is good for %lld hours; tooling.tokens.rotate trades the refresh token for the next pair.\n",
           (long long)(pair.expires_in_s / 3600));
    return OK;
}

static enum err revoke(struct manage *m)
{
    int64_t id = id_parse_kind(str_c(m->words[0]), "K"), changed = 0;

    if (id)
        TRY(sql_token_revoke(m->call.db, m->call.arena, id, m->call.now_us, &changed));
    return changed ? OK
                   : manage_refuse(m, "There is no token %s in force; 'taut token list' shows their ids.", m->words[0]);
}

int token_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", 0, 0, list, "", "ids, owners and scopes; the tokens themselves are stored nowhere", true},
        {"create", 1, 2, create, "NAME [SCOPES]",
         "a token of the person or bot with this handle; SCOPES is a comma list, default all; printed once", false},
        {"config", 1, 1, config, "NAME",
         "an app configuration token of the person and its refresh token, for tools that manage apps", false},
        {"revoke", 1, 1, revoke, "ID", "the token stops at once", false},
        {0},
    };

    return manage_run(COMMAND_TOKEN, "token", verbs, argc, argv);
}
