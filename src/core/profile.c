#include "core/profile.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "core/count.h"
#include "core/emoji.h"
#include "core/job.h"
#include "core/profile_fields.h"
#include "core/user_put.h"
#include "events.h"

enum {
    NAME_MAX_CHARS = 80,
    PART_MAX_CHARS = 35,
    TEXT_MAX_CHARS = 255,
    STATUS_MAX_CHARS = 100,
};

/* The plain text keys: where each lies and how long it may be. */
static const struct text_key {
    struct str key;
    size_t offset;
    size_t max_chars;
    bool is_name; /* the rules of names hold */
} text_keys[] = {
    {{"real_name", 9}, offsetof(struct user_row, real_name), NAME_MAX_CHARS, true},
    {{"display_name", 12}, offsetof(struct user_row, display_name), NAME_MAX_CHARS, true},
    {{"first_name", 10}, offsetof(struct user_row, first_name), PART_MAX_CHARS, true},
    {{"last_name", 9}, offsetof(struct user_row, last_name), PART_MAX_CHARS, true},
    {{"title", 5}, offsetof(struct user_row, title), TEXT_MAX_CHARS, false},
    {{"phone", 5}, offsetof(struct user_row, phone), TEXT_MAX_CHARS, false},
    {{"skype", 5}, offsetof(struct user_row, skype), TEXT_MAX_CHARS, false},
    {{"pronouns", 8}, offsetof(struct user_row, pronouns), TEXT_MAX_CHARS, false},
    {{"status_text", 11}, offsetof(struct user_row, status_text), STATUS_MAX_CHARS, false},
};

static bool holds_url(struct str s)
{
    return str_find(s, S("http://")) >= 0 || str_find(s, S("https://")) >= 0 || str_find(s, S("www.")) >= 0;
}

static enum err check_name(struct call *c, struct str name)
{
    struct str folded = utf8_fold(c->arena, str_trim(name));

    if (str_starts(name, S("@")))
        return ERR_INVALID_STARTS_WITH_AT;
    if (holds_url(folded))
        return ERR_NAME_NOT_ALLOWED;
    if (str_eq(folded, S("slackbot")) || str_eq(folded, S("here")) || str_eq(folded, S("channel")) ||
        str_eq(folded, S("everyone")))
        return ERR_RESERVED_NAME;
    return OK;
}

static enum err set_text(struct call *c, struct user_row *u, const struct text_key *k, struct str value,
                         struct profile_change *change)
{
    struct str *to = (struct str *)(void *)((char *)u + k->offset);

    if (utf8_count(value) > k->max_chars)
        return ERR_TOO_LONG;
    if (k->is_name)
        TRY(check_name(c, value));
    if (str_eq(*to, value))
        return OK;
    *to = value;
    change->any = true;
    change->status = change->status || str_eq(k->key, S("status_text"));
    return OK;
}

static enum err set_status_emoji(struct call *c, struct user_row *u, struct str value, struct profile_change *change)
{
    struct str name = value;
    int64_t one;
    bool found = value.n == 0;

    if (value.n > 2 && value.p[0] == ':' && value.p[value.n - 1] == ':')
        name = str_of(value.p + 1, value.n - 2);
    if (!found && !emoji_known(name))
        TRY(sql_custom_emoji_has(c->db, c->arena, c->team, name, &one, &found));
    else
        found = true;
    if (!found)
        return ERR_INVALID_EMOJI_NOT_ALLOWED;
    if (name.n)
        value = arena_printf(c->arena, ":%.*s:", STR_FMT(name));
    change->status = change->status || !str_eq(u->status_emoji, value);
    change->any = change->any || change->status;
    u->status_emoji = value;
    return OK;
}

static enum err set_expiration(struct user_row *u, const struct json *value, struct profile_change *change)
{
    int64_t seconds;

    if (!json_i64(value, &seconds) || seconds < 0 || seconds > INT64_MAX / US_PER_S)
        return ERR_INVALID_PROFILE;
    change->any = change->any || u->status_expiration_us != seconds * US_PER_S;
    change->status = change->status || u->status_expiration_us != seconds * US_PER_S;
    u->status_expiration_us = seconds * US_PER_S;
    return OK;
}

static enum err set_email(struct call *c, struct user_row *u, struct str value, struct profile_change *change)
{
    ptrdiff_t at = str_chr(value, '@');

    if (str_eq(u->email, value))
        return OK;
    if (c->who.role < ROLE_ADMIN)
        return ERR_NOT_ADMIN;
    if (at <= 0 || (size_t)at + 1 >= value.n || value.n > TEXT_MAX_CHARS)
        return ERR_INVALID_PROFILE;
    u->email = value;
    change->email = true;
    change->any = true;
    return OK;
}

static void note_said(struct str key, struct profile_change *change)
{
    change->said_text = change->said_text || str_eq(key, S("status_text"));
    change->said_emoji = change->said_emoji || str_eq(key, S("status_emoji"));
    change->real_name = change->real_name || str_eq(key, S("real_name"));
    change->name_parts = change->name_parts || str_eq(key, S("first_name")) || str_eq(key, S("last_name"));
}

enum err profile_apply(struct call *c, struct user_row *u, struct str key, const struct json *value,
                       struct profile_change *change)
{
    struct str text = value->kind == JSON_STRING ? value->text : S("");

    note_said(key, change);
    if (str_eq(key, S("status_expiration")))
        return set_expiration(u, value, change);
    if (str_eq(key, S("fields")))
        return profile_fields_apply(c, u, value, change);
    if (value->kind != JSON_STRING && value->kind != JSON_NULL)
        return ERR_INVALID_PROFILE;
    if (str_eq(key, S("status_emoji")))
        return set_status_emoji(c, u, text, change);
    if (str_eq(key, S("email")))
        return set_email(c, u, text, change);
    for (size_t i = 0; i < sizeof(text_keys) / sizeof(*text_keys); i++)
        if (str_eq(key, text_keys[i].key))
            return set_text(c, u, &text_keys[i], text, change);
    return OK;
}

/* "Ada King Lovelace" is "Ada King" and "Lovelace". */
static void split_name(struct user_row *u)
{
    struct str name = str_trim(u->real_name);
    size_t at = name.n;

    while (at > 0 && name.p[at - 1] != ' ')
        at--;
    u->first_name = at ? str_trim(str_head(name, at)) : name;
    u->last_name = at ? str_skip(name, at) : S("");
}

enum err profile_settle(struct call *c, struct user_row *u, const struct profile_change *change)
{
    bool no_text = u->status_text.n == 0, no_emoji = u->status_emoji.n == 0;

    if (change->said_text && !change->said_emoji && no_text && !no_emoji)
        return ERR_MUST_CLEAR_BOTH_STATUS_TEXT_AND_STATUS_EMOJI;
    if (change->said_emoji && !change->said_text && no_emoji && !no_text)
        return ERR_MUST_CLEAR_BOTH_STATUS_TEXT_AND_STATUS_EMOJI;
    if (no_text && no_emoji)
        u->status_expiration_us = 0;
    if (change->real_name && !change->name_parts)
        split_name(u);
    if (change->name_parts && !change->real_name)
        u->real_name = str_trim(arena_printf(c->arena, "%.*s %.*s", STR_FMT(u->first_name), STR_FMT(u->last_name)));
    return OK;
}

static enum err store_email(struct call *c, const struct user_row *u, struct kept_member kept)
{
    struct str fold = utf8_fold(c->arena, u->email);
    int64_t other, changed;
    bool found;

    TRY(sql_user_by_email(c->db, c->arena, c->who.org, fold, &other, &found));
    if (found && other != u->id)
        return ERR_EMAIL_TAKEN;
    return sql_user_set_email(c->db, c->arena, kept, u->email, fold, &changed);
}

/* What days of analytics tell. */
static enum err store_counted(struct call *c, const struct user_row *u, const struct profile_change *change)
{
    struct kept_member kept;
    int64_t changed;

    if (!change->email && !change->fields)
        return OK;
    TRY(count_keep_member(c, u->id, &kept));
    if (change->email)
        TRY(store_email(c, u, kept));
    return change->fields ? sql_user_set_fields(c->db, c->arena, kept, u->fields, c->now_us, &changed) : OK;
}

enum err profile_store(struct call *c, const struct user_row *u, const struct profile_change *change)
{
    int64_t changed;

    TRY(store_counted(c, u, change));
    if (change->status && u->status_expiration_us)
        TRY(job_set(c, JOB_STATUS, u->id, u->status_expiration_us));
    else if (change->status)
        TRY(job_drop(c, JOB_STATUS, u->id));
    return sql_user_set_profile(c->db, c->arena, u->id, u->real_name, u->display_name, u->first_name, u->last_name,
                                u->title, u->phone, u->skype, u->pronouns, u->status_text, u->status_emoji,
                                u->status_expiration_us, c->now_us, &changed);
}

void profile_tell(struct call *c, const struct user_row *u, const struct profile_change *change)
{
    struct str user = c->unheard ? S("") : user_json(c, u);

    emit_user_change(c, &(struct ev_user_change){.to = c->team, .user = user, .event_ts = c->now_us});
    emit_user_profile_changed(c, &(struct ev_user_profile_changed){.to = c->team, .user = user, .event_ts = c->now_us});
    if (change->status)
        emit_user_status_changed(c,
                                 &(struct ev_user_status_changed){.to = c->team, .user = user, .event_ts = c->now_us});
}

enum err profile_end_status(struct call *c, int64_t user)
{
    struct profile_change change = {.any = true, .status = true};
    struct user_row u;
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, user, c->team, &u, &found));
    if (!found || !u.status_expiration_us || u.status_expiration_us > c->now_us)
        return OK;
    u.status_text = u.status_emoji = S("");
    u.status_expiration_us = 0;
    u.updated_us = c->now_us;
    TRY(profile_store(c, &u, &change));
    profile_tell(c, &u, &change);
    return OK;
}
