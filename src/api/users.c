/* users.*: people, their presence and preferences. */
#include "args_users.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/channel.h"
#include "core/dnd.h"
#include "core/picture.h"
#include "core/manifest.h"
#include "core/team.h"
#include "core/user_put.h"
#include "events.h"

enum { LIST_ALL_MAX = 10000 }; /* users.list without a limit: more members than this need one */

enum err users_info(struct call *c, const struct users_info_args *a)
{
    struct user_view view = {.locale = a->include_locale};
    struct user_row *u;

    TRY(user_open(c, a->user, &u));
    user_put(c, &c->out, S("user"), u, &view);
    return OK;
}

enum err users_list(struct call *c, const struct users_list_args *a)
{
    struct user_view view = {.locale = a->include_locale, .presence = a->presence};
    int64_t size = a->limit > 0 ? a->limit : LIST_ALL_MAX;
    int64_t after, unused;
    struct user_row *rows;
    int n;

    TRY(team_of_list(c, a->team_id));
    TRY(page_cursor(c, a->cursor, "users", &after, &unused));
    TRY(sql_users_page(c->db, c->arena, c->team, after, size + 1, &rows, &n));
    if (n > size && a->limit <= 0)
        return ERR_LIMIT_REQUIRED;
    json_open(&c->out, S("members"), '[');
    for (int i = 0; i < n && i < size; i++)
        user_put(c, &c->out, S(""), &rows[i], &view);
    json_close(&c->out, ']');
    json_int(&c->out, S("cache_ts"), c->now_us / US_PER_S);
    if (n > size)
        page_next(c, "users", rows[size - 1].id, 0);
    return OK;
}

enum err users_lookup_by_email(struct call *c, const struct users_lookup_by_email_args *a)
{
    struct user_view view = {0};
    struct user_row u;
    int64_t id;
    bool found;

    TRY(sql_user_by_email(c->db, c->arena, c->who.org, utf8_fold(c->arena, str_trim(a->email)), &id, &found));
    if (!found)
        return ERR_USERS_NOT_FOUND;
    TRY(sql_user_in_team(c->db, c->arena, id, c->team, &u, &found));
    if (!found || !u.is_member || u.deleted || u.member_deleted)
        return ERR_USERS_NOT_FOUND;
    user_put(c, &c->out, S("user"), &u, &view);
    return OK;
}

/* --- identity ------------------------------------------------------------------------------------------------- */

static void put_pictures(struct call *c, const struct user_row *u)
{
    static const int sizes[] = {24, 32, 48, 72, 192, 512};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        json_str(&c->out, arena_printf(c->arena, "image_%d", sizes[i]), person_picture_url(c, u, sizes[i]));
}

/* Grows with the identity scopes the token has. */
enum err users_identity(struct call *c, const struct users_identity_args *a)
{
    struct team_row team;
    struct user_row u;
    char id[ID_MAX];
    bool found;

    (void)a;
    TRY(sql_user_in_team(c->db, c->arena, c->who.user, c->team, &u, &found));
    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    json_open(&c->out, S("user"), '{');
    json_str(&c->out, S("name"), u.real_name);
    json_str(&c->out, S("id"), str_of(id, id_format(u.id, id)));
    if (scope_has(&c->who, SCOPE_IDENTITY_EMAIL))
        json_str(&c->out, S("email"), u.email);
    if (scope_has(&c->who, SCOPE_IDENTITY_AVATAR))
        put_pictures(c, &u);
    json_close(&c->out, '}');
    json_open(&c->out, S("team"), '{');
    if (scope_has(&c->who, SCOPE_IDENTITY_TEAM)) {
        json_str(&c->out, S("name"), team.name);
        json_str(&c->out, S("domain"), team.domain);
    }
    json_str(&c->out, S("id"), str_of(id, id_format(team.id, id)));
    json_close(&c->out, '}');
    return OK;
}

/* --- presence ------------------------------------------------------------------------------------------------- */

/* An app may say in its manifest that its bot is always there. */
static enum err is_always_online(struct call *c, const struct user_row *u, bool *is)
{
    struct agent_row agent;
    struct manifest m;
    bool found;

    *is = false;
    if (!u->is_bot || u->deleted || u->member_deleted)
        return OK;
    TRY(sql_agent_of_user(c->db, c->arena, u->id, c->team, &agent, &found));
    *is = found && manifest_read(c->arena, agent.manifest, &m) && m.always_online;
    return OK;
}

enum err users_get_presence(struct call *c, const struct users_get_presence_args *a)
{
    struct live_presence live;
    struct user_row *u;
    bool always;

    TRY(user_open(c, a->user, &u));
    TRY(is_always_online(c, u, &always));
    json_str(&c->out, S("presence"), always ? S("active") : user_presence(c, u));
    if (u->id != c->who.user)
        return OK;
    live = user_live(c, u);
    json_bool(&c->out, S("online"), live.connections > 0);
    json_bool(&c->out, S("auto_away"), live.idle);
    json_bool(&c->out, S("manual_away"), u->away != 0);
    json_int(&c->out, S("connection_count"), live.connections);
    if (live.last_active_us)
        json_int(&c->out, S("last_activity"), live.last_active_us / US_PER_S);
    return OK;
}

enum err users_set_presence(struct call *c, const struct users_set_presence_args *a)
{
    bool away = str_eq(a->presence, S("away"));
    int64_t changed;

    if (!away && !str_eq(a->presence, S("auto")))
        return ERR_INVALID_PRESENCE;
    TRY(sql_user_set_away(c->db, c->arena, c->who.user, away, &changed));
    if (!changed)
        return OK;
    emit_manual_presence_change(
        c, &(struct ev_manual_presence_change){.to = c->who.user, .presence = away ? S("away") : S("active")});
    emit_presence_change(c, &(struct ev_presence_change){
                                .to = c->team, .user = c->who.user, .presence = away ? S("away") : S("active")});
    return OK;
}

enum err users_set_active(struct call *c, const struct users_set_active_args *a)
{
    (void)a;
    if (c->live && !c->who.is_bot)
        c->live->acted(c->live->ctx, c->who.user);
    return OK;
}

/* --- preferences ---------------------------------------------------------------------------------------------- */

static enum err muted_channels(struct call *c, struct str *out)
{
    struct buf b = buf_in(c->arena, 1 << 16);
    int64_t *ids;
    char id[ID_MAX];
    int n;

    TRY(sql_muted_channels(c->db, c->arena, c->who.user, &ids, &n));
    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        buf_put(&b, id, id_format(ids[i], id));
    }
    *out = buf_view(&b);
    return OK;
}

static bool has_pref(const struct user_pref_row *prefs, int n, struct str name)
{
    for (int i = 0; i < n; i++)
        if (str_eq(prefs[i].name, name))
            return true;
    return false;
}

/* What clients look for (wire.md: wee-slack), with its default, unless the person set it. */
static enum err put_prefs(struct call *c)
{
    static const struct {
        struct str name, value;
    } presets[] = {{{"highlight_words", 15}, {"", 0}}, {{"all_notifications_prefs", 23}, {"{}", 2}}};
    struct user_pref_row *prefs;
    struct str muted;
    int n;

    TRY(sql_user_prefs(c->db, c->arena, c->team, c->who.user, &prefs, &n));
    TRY(muted_channels(c, &muted));
    json_open(&c->out, S("prefs"), '{');
    json_str(&c->out, S("muted_channels"), muted);
    for (size_t i = 0; i < sizeof(presets) / sizeof(*presets); i++)
        if (!has_pref(prefs, n, presets[i].name))
            json_str(&c->out, presets[i].name, presets[i].value);
    for (int i = 0; i < n; i++)
        json_str(&c->out, prefs[i].name, prefs[i].value);
    json_close(&c->out, '}');
    return OK;
}

enum err users_prefs_get(struct call *c, const struct users_prefs_get_args *a)
{
    (void)a;
    return put_prefs(c);
}

enum { PREFS_AT_ONCE = 50, PREF_NAME_MAX = 255, PREF_MAX_BYTES = 40000 };

/* These lie with the memberships; conversations that the person is not in are passed over. */
static enum err set_muted(struct call *c, struct str list)
{
    struct str piece;
    int64_t changed;

    TRY(sql_unmute_all(c->db, c->arena, c->who.user, &changed));
    while (list.n && str_cut(&list, ',', &piece))
        TRY(sql_mute(c->db, c->arena, id_parse_kind(str_trim(piece), "CGD"), c->who.user, &changed));
    return OK;
}

static enum err set_pref(struct call *c, struct str name, struct str value, bool *dnd)
{
    int64_t changed;

    if (!name.n || name.n > PREF_NAME_MAX || value.n > PREF_MAX_BYTES)
        return call_invalid(c, "a preference has a name of at most 255 bytes and a value of at most 40000");
    *dnd = *dnd || str_starts(name, S("dnd_"));
    if (str_eq(name, S("muted_channels")))
        TRY(set_muted(c, value));
    else
        TRY(sql_user_pref_set(c->db, c->arena, c->team, c->who.user, name, value, &changed));
    emit_pref_change(c, &(struct ev_pref_change){.to = c->who.user, .name = name, .value = value});
    return OK;
}

static enum err set_prefs(struct call *c, const struct json *prefs, bool *dnd)
{
    const struct json *key;

    if (prefs->kind != JSON_OBJECT || prefs->count > PREFS_AT_ONCE)
        return call_invalid(c, "prefs is an object of at most 50 preferences");
    key = json_child(prefs);
    for (uint32_t i = 0; i < prefs->count; i++, key = json_next(json_next(key))) {
        const struct json *value = json_next(key);
        TRY(set_pref(c, key->text, value->kind == JSON_STRING ? value->text : json_raw(value), dnd));
    }
    return OK;
}

enum err users_prefs_set(struct call *c, const struct users_prefs_set_args *a)
{
    struct user_row *u;
    bool dnd = false;

    if (a->has_muted_channels)
        TRY(set_pref(c, S("muted_channels"), a->muted_channels, &dnd));
    if (a->prefs)
        TRY(set_prefs(c, a->prefs, &dnd));
    else if (!a->has_muted_channels || a->name.n)
        TRY(set_pref(c, a->name, a->value, &dnd));
    if (dnd) {
        TRY(user_open(c, S(""), &u));
        TRY(dnd_tell(c, u));
    }
    return put_prefs(c);
}
