#include "first_start.h"

#include <errno.h>
#include <stdio.h>

#include "base/id.h"
#include "core/person.h"
#include "sql.h"

static enum err make_people(struct call *c, const struct server *s, int64_t *owner)
{
    struct person_new p = {
        .name = s->settings.owner_name,
        .email = s->settings.owner_email,
        .real_name = s->settings.owner_name,
        .role = ROLE_PRIMARY_OWNER,
    };

    TRY(org_create(c, 0, s->settings.workspace, s->settings.domain));
    TRY(team_create(c, 0, s->settings.workspace, s->settings.domain, 0, 0));
    return person_create(c, &p, owner);
}

static enum err make_app(struct call *c, const struct server *s, struct first_start *out)
{
    struct app_secrets secrets = {0};
    struct token_new token = {.kind = TOKEN_BOT, .scopes = scope_all_bot, .label = S("first start")};

    TRY(app_create(c, 0, S("First App"), s->key, &secrets, &token.app));
    TRY(bot_create(c, token.app, 0, 0, S("firstapp"), false, &token.bot, &token.user));
    TRY(token_create(c, &token, &out->bot_token));
    token = (struct token_new){.kind = TOKEN_APP, .app = token.app, .scopes = scope_all_app, .label = S("first start")};
    TRY(token_create(c, &token, &out->app_token));
    out->signing_secret = secrets.signing_secret;
    out->client_id = secrets.client_id;
    out->client_secret = secrets.client_secret;
    return OK;
}

static enum err make(struct call *c, const struct server *s, struct first_start *out)
{
    struct token_new token = {.kind = TOKEN_USER, .scopes = scope_all_user, .label = S("first start")};

    TRY(make_people(c, s, &token.user));
    TRY(make_app(c, s, out));
    out->workspace = s->settings.workspace;
    out->made = true;
    return token_create(c, &token, &out->owner_token);
}

static enum err find(struct call *c, struct first_start *out)
{
    struct team_row *teams;
    bool found;
    int n;

    TRY(sql_org_id(c->db, c->arena, &c->who.org, &found));
    if (!found)
        return OK;
    TRY(sql_team_list(c->db, c->arena, c->who.org, &teams, &n));
    out->workspace = n ? teams[0].name : S("");
    return OK;
}

bool first_start(struct server *s, struct first_start *out, struct str *why)
{
    struct call c;
    enum err e;

    *out = (struct first_start){0};
    *why = S("The workspace cannot be made: the database does not take it; the log says why.");
    if (db_begin(s->writer) != DB_OK)
        return false;
    call_system(&c, s->arena, s->writer, 0, 0);
    e = find(&c, out);
    if (e == OK && !c.who.org)
        e = make(&c, s, out);
    if (e == OK)
        return db_commit(s->writer) == DB_OK;
    db_rollback(s->writer);
    return false;
}

void first_start_tell(struct server *s, const struct first_start *f, struct str origin)
{
    if (!f->made) {
        printf("taut serves the workspace \"%.*s\" at %.*s (new tokens: %s token create %.*s)\n", STR_FMT(f->workspace),
               STR_FMT(origin), program_invocation_name, STR_FMT(s->settings.owner_name));
        fflush(stdout);
        return;
    }
    printf("taut made the workspace \"%.*s\" and serves it at %.*s\n\n", STR_FMT(f->workspace), STR_FMT(origin));
    printf("  owner token  %.*s\n  bot token    %.*s\n  app token    %.*s\n", STR_FMT(f->owner_token),
           STR_FMT(f->bot_token), STR_FMT(f->app_token));
    printf("  signing secret %.*s   client id %.*s   client secret %.*s\n\n", STR_FMT(f->signing_secret),
           STR_FMT(f->client_id), STR_FMT(f->client_secret));
    printf("They are shown this once, and kept hashed.  New ones: %s token create %.*s\n\n", program_invocation_name,
           STR_FMT(s->settings.owner_name));
    printf("A first call from the shell:\n\n"
           "curl -H 'Authorization: Bearer %.*s' -d 'channel=#general' -d 'text=Hello' %.*s/api/chat.postMessage\n\n",
           STR_FMT(f->bot_token), STR_FMT(origin));
    printf("From Node 20 or newer (npm install @slack/web-api, put this into hello.mjs, run node hello.mjs; with Node "
           "18 take\n@slack/web-api@7):\n\n"
           "import { WebClient } from '@slack/web-api';\n"
           "const slack = new WebClient('%.*s', { slackApiUrl: '%.*s/api/' });\n"
           "const { channel } = await slack.chat.postMessage({ channel: '#general', text: 'Hello from Node' });\n"
           "const { messages } = await slack.conversations.history({ channel, limit: 1 });\n"
           "console.log(messages[0].text);\n\n",
           STR_FMT(f->bot_token), STR_FMT(origin));
    fflush(stdout);
}
