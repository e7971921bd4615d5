/* admin.analytics.messages.* and taut.activity.report: what became of messages. */
#include "analytics/message_activity.h"
#include "args_admin.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/channel.h"
#include "core/file.h"
#include "core/filetype.h"
#include "core/message.h"
#include "objects.h"
#include "settings.h"

static const struct settings *settings_of(const struct call *c)
{
    return c->settings;
}

static bool is_off(struct str setting)
{
    return str_eq(setting, S("off"));
}

/* --- the window ----------------------------------------------------------------------------------------------- */

#define WINDOW_US (INT64_C(7) * 24 * 3600 * US_PER_S)

struct window {
    int64_t from, to; /* both included */
};

static struct window read_window(const struct call *c, bool has_oldest, int64_t oldest, bool has_latest, int64_t latest)
{
    int64_t to = has_latest ? latest : has_oldest ? oldest + WINDOW_US : c->now_us;

    return (struct window){has_oldest ? oldest : to - WINDOW_US, to};
}

/* A cursor holds the next ts and the window's end: without bounds of its own the window would move with the clock. */
static enum err apply_cursor(struct call *c, struct str cursor, const char *kind, struct window *w)
{
    int64_t to, from;

    if (w->from > w->to)
        return call_invalid(c, "oldest_ts: lies after latest_ts");
    TRY(page_cursor(c, cursor, kind, &to, &from));
    if (cursor.n)
        *w = (struct window){from, to};
    return OK;
}

/* --- what may be asked for ------------------------------------------------------------------------------------ */

/* counts: numbers alone are asked for, which owners and admins may know of conversations that they cannot see. */
static enum err open_channel(struct call *c, struct str text, bool counts)
{
    struct channel_row *ch = ARENA_NEW(c->arena, struct channel_row);
    int64_t id = id_parse_kind(text, "CGD");
    bool admin = c->who.role >= ROLE_ADMIN, found;

    if (!id)
        TRY(channel_named(c, text, &id));
    TRY(sql_channel_for(c->db, c->arena, id, c->who.user, ch, &found));
    if (found && ch->team_id != c->team && ch->is_member && !counts)
        return ERR_DIFFERENT_TEAM_OWNS_MESSAGE_METADATA_FOR_CHANNEL;
    if (!found || ch->team_id != c->team)
        return ERR_CHANNEL_NOT_FOUND;
    if (!channel_visible(&c->who, c->team, ch) && !(counts && admin && !is_off(settings_of(c)->analytics_private)))
        return ERR_CHANNEL_NOT_FOUND;
    c->channel = ch;
    return admin ? OK : ERR_RESTRICTED_ACTION;
}

/* --- activity ------------------------------------------------------------------------------------------------- */

enum { PAGE_BYTES = 16 << 20 }; /* a page that is longer ends before its limit of messages */

/* The id of the profile field that is named in the settings, by its id or its label; empty when there is none. */
static enum err department_field(struct call *c, struct str *id)
{
    struct str name = settings_of(c)->department_field;
    struct profile_field_row *fields;
    int n;

    *id = S("");
    if (!name.n)
        return OK;
    TRY(sql_profile_fields(c->db, c->arena, c->team, &fields, &n));
    for (int i = 0; i < n && !id->n; i++)
        if (str_eq(fields[i].id, name) || str_eq_nocase(fields[i].label, name))
            *id = fields[i].id;
    return OK;
}

static void put_activity(struct call *c, const struct message_activity *m)
{
    struct obj_department_stats *departments = ARENA_ARRAY(c->arena, struct obj_department_stats, m->n_departments);
    struct obj_team_stats *teams = ARENA_ARRAY(c->arena, struct obj_team_stats, m->n_teams);
    struct obj_views_client clients = {.desktop_views_count = m->by_client[SIGHT_DESKTOP],
                                       .mobile_views_count = m->by_client[SIGHT_MOBILE],
                                       .web_views_count = m->by_client[SIGHT_WEB]};
    const struct activity_group *g;

    for (int i = 0; i < m->n_departments; i++) {
        g = &m->departments[i];
        departments[i] = (struct obj_department_stats){g->name, g->views, g->touched[TOUCH_REACTION],
                                                       g->touched[TOUCH_SHARE], g->touched[TOUCH_CLICK]};
    }
    for (int i = 0; i < m->n_teams; i++) {
        g = &m->teams[i];
        teams[i] = (struct obj_team_stats){g->team, g->views, g->touched[TOUCH_REACTION], g->touched[TOUCH_SHARE],
                                           g->touched[TOUCH_CLICK]};
    }
    put_message_activity(&c->out, S(""),
                         &(struct obj_message_activity){
                             .channel_id = c->channel->id,
                             .timestamp = m->ts,
                             .unique_user_views_count = m->views,
                             .unique_user_reactions_count = m->touched[TOUCH_REACTION],
                             .unique_user_shares_count = m->touched[TOUCH_SHARE],
                             .unique_user_clicks_count = m->touched[TOUCH_CLICK],
                             .unique_views_client = &clients,
                             .unique_stats_by_department = departments,
                             .n_unique_stats_by_department = m->n_departments,
                             .unique_stats_by_org = teams,
                             .n_unique_stats_by_org = m->n_teams,
                         });
}

enum err admin_analytics_messages_activity(struct call *c, const struct admin_analytics_messages_activity_args *a)
{
    struct message_activity counted[ACTIVITY_PAGE_MAX];
    struct activity_rules rules = {.own_views = str_eq(settings_of(c)->analytics_own_views, S("on")),
                                   .group_min = settings_of(c)->analytics_min_group};
    struct window w = read_window(c, a->has_oldest_ts, a->oldest_ts, a->has_latest_ts, a->latest_ts);
    struct stub_row *rows;
    int n, shown;

    TRY(open_channel(c, a->channel, true));
    if (!activity_kept(c, c->channel))
        return ERR_RESTRICTED_ACTION;
    TRY(apply_cursor(c, a->cursor, "activity", &w));
    TRY(department_field(c, &rules.department_field));
    TRY(sql_stubs(c->db, c->arena, c->channel->id, w.from, w.to, a->limit + 1, &rows, &n));
    shown = n > a->limit ? (int)a->limit : n;
    TRY(message_activity_count(c, c->channel, &rules, rows, shown, counted));
    json_open(&c->out, S("message_activities"), '[');
    for (int i = 0; i < shown; i++) {
        put_activity(c, &counted[i]);
        if (c->out.b->n > PAGE_BYTES) /* of many departments with long names */
            shown = i + 1;
    }
    json_close(&c->out, ']');
    if (n > shown)
        page_next(c, "activity", rows[shown].ts, w.from);
    return OK;
}

/* --- metadata ------------------------------------------------------------------------------------------------- */

/* What stands on the messages of a page, in order of ts. */
struct facts {
    struct reaction_count_row *reactions;
    struct file_row *files;
    int n_reactions, n_files;
};

static int reactions_of(struct call *c, const struct facts *f, int64_t ts, struct obj_reaction_count **out)
{
    int n = 0;

    *out = ARENA_ARRAY(c->arena, struct obj_reaction_count, f->n_reactions);
    for (int i = 0; i < f->n_reactions; i++)
        if (f->reactions[i].ts == ts)
            (*out)[n++] = (struct obj_reaction_count){f->reactions[i].name, f->reactions[i].n};
    return n;
}

static int files_of(struct call *c, const struct facts *f, int64_t ts, struct obj_file_facts **out)
{
    int n = 0;

    *out = ARENA_ARRAY(c->arena, struct obj_file_facts, f->n_files);
    for (int i = 0; i < f->n_files; i++) {
        const struct file_row *file = &f->files[i];
        const struct filetype *type;
        if (file->ts != ts || file->state != FILE_READY)
            continue;
        type = filetype_of(file->filetype);
        (*out)[n++] = (struct obj_file_facts){.id = file->id,
                                              .created = file->created_us / US_PER_S,
                                              .timestamp = file->created_us / US_PER_S,
                                              .mimetype = type->mime,
                                              .filetype = file->filetype,
                                              .pretty_type = type->pretty};
    }
    return n;
}

static void put_facts(struct call *c, const struct facts *f, const struct message_row *m)
{
    struct obj_reaction_count *reactions;
    struct obj_file_facts *files;
    struct obj_message_facts o = {.type = S("message"),
                                  .subtype = m->subtype,
                                  .ts = m->ts,
                                  .user_id = m->user_id,
                                  .text_character_count = (int64_t)utf8_count(m->text),
                                  .thread_ts = m->thread_ts};

    o.n_reactions = reactions_of(c, f, m->ts, &reactions);
    o.n_files = files_of(c, f, m->ts, &files);
    o.reactions = reactions;
    o.files = files;
    put_message_facts(&c->out, S(""), &o);
}

static enum err load_facts(struct call *c, const struct message_row *rows, int n, struct facts *f)
{
    *f = (struct facts){0};
    if (!n)
        return OK;
    TRY(sql_reaction_counts(c->db, c->arena, c->channel->id, rows[n - 1].ts, rows[0].ts, &f->reactions,
                            &f->n_reactions));
    return sql_file_of_messages(c->db, c->arena, c->channel->id, rows[n - 1].ts, rows[0].ts, &f->files, &f->n_files);
}

enum err admin_analytics_messages_metadata(struct call *c, const struct admin_analytics_messages_metadata_args *a)
{
    struct message_row *rows;
    struct facts facts;
    struct window w = read_window(c, a->has_oldest_ts, a->oldest_ts, a->has_latest_ts, a->latest_ts);
    int n, shown;

    TRY(open_channel(c, a->channel, false));
    if (is_off(settings_of(c)->analytics))
        return ERR_ADMIN_ANALYTICS_DISABLED;
    if (!activity_kept(c, c->channel))
        return ERR_ANALYTICS_UNAVAILABLE;
    TRY(apply_cursor(c, a->cursor, "facts", &w));
    TRY(sql_message_all(c->db, c->arena, c->channel->id, w.from, w.to, a->limit + 1, &rows, &n));
    shown = n > a->limit ? (int)a->limit : n;
    TRY(load_facts(c, rows, shown, &facts));
    json_open(&c->out, S("messages"), '[');
    for (int i = 0; i < shown; i++)
        put_facts(c, &facts, &rows[i]);
    json_close(&c->out, ']');
    if (n > shown)
        page_next(c, "facts", rows[shown].ts, w.from);
    return OK;
}
