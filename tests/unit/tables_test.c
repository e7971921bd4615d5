/* What the generator makes of the catalogue: tables that agree with themselves,
 * writers that leave out what they should. */
#include "check.h"

#include "core/put.h"
#include "events.h"
#include "methods.h"
#include "replies.h"
#include "settings.h"
#include "sql.h"
#include "store/migrate.h"

static struct arena *arena;

static void errors(void)
{
    CHECK(OK == 0 && strcmp(err_name(OK), "ok") == 0 && err_http(OK) == 200);
    CHECK(strcmp(err_name(ERR_CHANNEL_NOT_FOUND), "channel_not_found") == 0);
    CHECK(err_http(ERR_CHANNEL_NOT_FOUND) == 200 && err_http(ERR_RATELIMITED) == 429);
    CHECK(err_shared(ERR_INVALID_AUTH) && !err_shared(ERR_CHANNEL_NOT_FOUND));
    CHECK(strcmp(warn_name(WARN_MISSING_CHARSET), "missing_charset") == 0);
    for (int e = 1; e < ERRORS_N; e++)
        CHECK(err_name((enum err)e)[0] && err_http((enum err)e) >= 200);
}

static bool bit(const uint64_t bits[SCOPE_WORDS], int s)
{
    return (bits[s / 64] >> (s % 64)) & 1;
}

static void scopes(void)
{
    uint64_t bits[SCOPE_WORDS];

    for (int s = 0; s < SCOPES_N; s++) {
        scope_parse(scope_name((enum scope)s), bits);
        for (int t = 0; t < SCOPES_N; t++)
            CHECK(bit(bits, t) == (s == t));
    }
    scope_parse(S("chat:write, users:read,no:such,,pins:write"), bits);
    CHECK(bit(bits, SCOPE_CHAT_WRITE) && bit(bits, SCOPE_USERS_READ) && bit(bits, SCOPE_PINS_WRITE));
    CHECK(!bit(bits, SCOPE_CHAT_WRITE_PUBLIC) && !bit(bits, SCOPE_USERS_READ_EMAIL));
    scope_parse(scope_all_user, bits);
    CHECK(bit(bits, SCOPE_ADMIN) && !bit(bits, SCOPE_BOT) && !bit(bits, SCOPE_CHAT_WRITE_CUSTOMIZE));
    scope_parse(S(""), bits);
    for (int s = 0; s < SCOPES_N; s++)
        CHECK(!bit(bits, s));
}

static void arguments(const struct method *m)
{
    for (int i = 0; i < m->n_args; i++) {
        const struct arg_spec *s = &m->args[i];
        CHECK(s->offset < m->args_bytes && s->has_offset < m->args_bytes && s->offset != s->has_offset);
        CHECK(err_shared(s->bad) || method_declares(m, s->bad));
        CHECK(err_shared(s->missing) || method_declares(m, s->missing));
        for (int j = 0; j < i; j++)
            CHECK(!str_eq(s->name, m->args[j].name) && s->offset != m->args[j].offset);
    }
}

/* The text that callers see and the bits that decide say the same. */
static void accepted(const uint64_t have[SCOPE_WORDS], struct str text)
{
    uint64_t told[SCOPE_WORDS];

    scope_parse(text, told);
    for (int s = 0; s < SCOPES_N; s++)
        CHECK(!bit(told, s) || bit(have, s));
}

static void method_rows(void)
{
    for (int i = 0; i < methods_n; i++) {
        const struct method *m = &methods[i];
        CHECK(i == 0 || strcmp(methods[i - 1].name, m->name) < 0);
        CHECK(method_find(str_c(m->name)) == m && m->run && m->tokens);
        CHECK(m->gate.object == GATE_NONE || m->gate.verb);
        CHECK(!m->paged || m->limit_max >= m->limit_default);
        CHECK(strcmp(replies[i].method, m->name) == 0);
        accepted(m->user_scopes, m->user_scope_text);
        accepted(m->bot_scopes, m->bot_scope_text);
        arguments(m);
    }
    CHECK(replies_n == methods_n);
    CHECK(!method_find(S("")) && !method_find(S("chat.postMessag")) && !method_find(S("chat.postMessage2")));
    CHECK(!method_find(S("zzz")) && !method_find(S("chat.postmessage")));
}

static void one_method(void)
{
    const struct method *m = method_find(S("conversations.history"));

    CHECK(m->lane == LANE_READ && m->scope_by_kind && m->paged && m->limit_default == 100 && m->limit_max == 999);
    CHECK(bit(m->bot_scopes, SCOPE_IM_HISTORY) && bit(m->bot_scopes, SCOPE_BOT) && !bit(m->bot_scopes, SCOPE_IM_READ));
    CHECK(m->gate.object == GATE_CHANNEL && m->gate.verb->member == GATE_MEMBER_PUBLIC && !m->gate.names);
    CHECK(method_declares(m, ERR_NOT_IN_CHANNEL) && !method_declares(m, ERR_NO_TEXT));
    CHECK(method_find(S("chat.postMessage"))->prepare && !m->prepare);
}

static struct buf body;

static struct json_out begin(void)
{
    body = buf_in(arena, 1 << 16);
    return (struct json_out){.b = &body};
}

static bool holds(const char *text)
{
    return str_find(buf_view(&body), str_c(text)) >= 0;
}

/* `set` is left out when empty, `maybe` unless it was said, `null` stays and
 * says so. */
static void what_is_left_out(void)
{
    struct json_out o = begin();
    struct obj_conversation c = {.id = id_parse(S("C024BE91L")),
                                 .last_read = INT64_MIN,
                                 .num_members = INT64_MIN,
                                 .unread_count = INT64_MIN,
                                 .unread_count_display = INT64_MIN,
                                 .priority = INT64_MIN};
    struct obj_user_profile p = {0};

    put_conversation(&o, S(""), &c);
    CHECK(holds("\"id\":\"C024BE91L\"") && holds("\"is_im\":false"));
    CHECK(!holds("\"name\"") && !holds("is_member") && !holds("num_members") && !holds("last_read") && !holds("topic"));

    c.name = S("general");
    c.is_member = MAYBE_NO;
    c.num_members = 0;
    c.last_read = 1503435956000247;
    c.topic = &(struct obj_topic){.value = S("\"quoted\""), .last_set = 5};
    o = begin();
    put_conversation(&o, S(""), &c);
    CHECK(holds("\"name\":\"general\"") && holds("\"is_member\":false") && holds("\"num_members\":0"));
    CHECK(holds("\"last_read\":\"1503435956.000247\""));
    CHECK(holds("\"topic\":{\"value\":\"\\\"quoted\\\"\",\"creator\":\"\",\"last_"
                "set\":5}"));
    CHECK(json_parse(arena, buf_view(&body), NULL));

    o = begin();
    put_user_profile(&o, S(""), &p);
    CHECK(holds("\"fields\":null") && holds("\"title\":\"\"") && !holds("email"));
}

static struct event *told;

static void events(void)
{
    struct call c = {.arena = arena, .now_us = 1503435956000247};
    int64_t channel = id_parse(S("C024BE91L"));

    c.events_tail = &c.events;
    emit_reaction_added(&c,
                        &(struct ev_reaction_added){
                            .to = channel,
                            .reaction = S("tada"),
                            .item = &(struct obj_reaction_ref){.type = S("message"), .channel = channel, .ts = 1000001},
                        });
    told = c.events;
    CHECK(told && !told->next && told->target == TO_CHANNEL && told->to == channel &&
          strcmp(told->type, "reaction_added") == 0);
    CHECK(str_starts(told->json, S("{\"type\":\"reaction_added\",\"user\":\"\","
                                   "\"reaction\":\"tada\",\"item\":{")));
    CHECK(str_find(told->json, S("\"event_ts\":\"1503435956.000247\"")) > 0); /* the call's time */
    emit_mpim_close(&c, &(struct ev_mpim_close){.to = 5, .channel = channel, .event_ts = 7000000});
    told = told->next;
    CHECK(told && told->target == TO_USER && strcmp(told->type, "group_close") == 0);
    CHECK(str_find(told->json, S("\"event_ts\":\"7.000000\"")) > 0);
}

static void fields_of(const struct reply_field *f, int depth)
{
    CHECK(depth < 16);
    for (; f->name; f++) {
        CHECK((f->type == REPLY_OBJECT) == (f->fields != NULL));
        if (f->fields)
            fields_of(f->fields, depth + 1);
    }
}

static void reply_rows(void)
{
    for (int i = 0; i < replies_n; i++)
        fields_of(replies[i].fields, 0);
}

static void setting_rows(void)
{
    for (int i = 0; i < settings_n; i++) {
        const struct setting *s = &settings_table[i];
        bool found = s->type != SETTING_ENUM;
        CHECK(s->offset < sizeof(struct settings) && s->commands && s->doc[0]);
        CHECK(strncmp(s->env, "TAUT_", 5) == 0 && !strchr(s->flag, '_'));
        for (int v = 0; v < s->n_values; v++)
            found = found || str_eq(s->values[v], str_c(s->preset));
        CHECK(found);
        for (int j = 0; j < i; j++)
            CHECK(strcmp(s->name, settings_table[j].name) != 0 && s->offset != settings_table[j].offset);
    }
}

static bool is_good_text(const char *text)
{
    return !text || (text[0] && !strstr(text, "/*"));
}

static void query_rows(void)
{
    CHECK(db_queries_n == QUERIES_N && strcmp(db_queries[QUERY_MESSAGE_ADD].name, "message_add") == 0);
    CHECK(db_queries[QUERY_MESSAGE_ADD].writes && !db_queries[QUERY_MESSAGE_GET].writes);
    for (int i = 0; i < db_queries_n; i++) {
        const char *const *text = db_queries[i].text;
        CHECK((text[DB_SQLITE] || text[DB_POSTGRES]) && is_good_text(text[DB_SQLITE]) &&
              is_good_text(text[DB_POSTGRES]));
    }
    for (int i = 0; i < schema_steps_n; i++) {
        CHECK(schema_steps[i].number == i + 1);
        CHECK(!strstr(schema_steps[i].text[DB_SQLITE], "postgres:") &&
              !strstr(schema_steps[i].text[DB_POSTGRES], "sqlite:"));
    }
}

int main(void)
{
    arena = arena_new(1 << 16);
    errors();
    scopes();
    method_rows();
    one_method();
    what_is_left_out();
    events();
    reply_rows();
    setting_rows();
    query_rows();
    arena_free(arena);
    return 0;
}
