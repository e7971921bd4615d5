#include "analytics/rows.h"

#include "base/id.h"
#include "base/json.h"
#include "core/channel.h"
#include "core/count.h"
#include "core/person.h"

/* --- members -------------------------------------------------------------------------------------------------- */

/* Of a file of members: what all rows begin with, and where they go. */
struct members {
    struct gz *out;
    struct str head;
};

static struct str head_of(struct day *d)
{
    char org[ID_MAX], team[ID_MAX];

    return arena_printf(d->arena, "{\"enterprise_id\":\"%.*s\",\"team_id\":\"%.*s\",\"date\":\"%.*s\",\"user_id\":\"",
                        (int)id_format(d->team.org_id, org), org, (int)id_format(d->team.id, team), team, DAY_TEXT,
                        d->date);
}

static void put_who(struct gz *g, struct str head, struct day *d, const struct member_day_row *row)
{
    char text[ID_MAX];
    struct str id = {text, id_format(row->user_id, text)};

    gz_str(g, head);
    gz_str(g, id);
    GZ_TEXT(g, "\",\"enterprise_user_id\":\"");
    gz_str(g, id);
    GZ_TEXT(g, "\"");
    GZ_TEXT(g, ",\"email_address\":");
    gz_quoted(g, row->email);
    GZ_TEXT(g, ",\"enterprise_employee_number\":");
    gz_quoted(g, day_employee_number(d, row));
    GZ_TEXT(g, ",\"is_guest\":");
    gz_bool(g, row->guest != 0);
    GZ_TEXT(g, ",\"is_billable_seat\":");
    gz_bool(g, person_has_seat(row->guest));
}

static void put_active(struct gz *g, const struct member_day_row *row)
{
    GZ_TEXT(g, ",\"is_active\":");
    gz_bool(g, row->active & ACTIVE);
    GZ_TEXT(g, ",\"is_active_ios\":");
    gz_bool(g, row->active & ACTIVE_IOS);
    GZ_TEXT(g, ",\"is_active_android\":");
    gz_bool(g, row->active & ACTIVE_ANDROID);
    GZ_TEXT(g, ",\"is_active_desktop\":");
    gz_bool(g, row->active & ACTIVE_DESKTOP);
    GZ_TEXT(g, ",\"is_active_apps\":");
    gz_bool(g, row->active & ACTIVE_APPS);
    /* There are no workflows, and no conversations shared with other organizations. */
    GZ_TEXT(g, ",\"is_active_workflows\":false,\"is_active_slack_connect\":false");
}

static void put_member(void *ctx, struct day *d, const struct member_day_row *row)
{
    const struct members *m = ctx;
    struct gz *g = m->out;

    put_who(g, m->head, d, row);
    put_active(g, row);
    GZ_TEXT(g, ",\"reactions_added_count\":");
    gz_int(g, row->reactions);
    GZ_TEXT(g, ",\"messages_posted_count\":");
    gz_int(g, row->messages);
    GZ_TEXT(g, ",\"channel_messages_posted_count\":");
    gz_int(g, row->channel_messages);
    GZ_TEXT(g, ",\"files_added_count\":");
    gz_int(g, row->files);
    /* There are no calls and no huddles. */
    GZ_TEXT(g, ",\"total_calls_count\":0,\"slack_calls_count\":0,\"slack_huddles_count\":0,\"search_count\":");
    gz_int(g, row->searches);
    GZ_TEXT(g, ",\"date_claimed\":");
    gz_int(g, row->claimed_us < d->to_us ? row->claimed_us / US_PER_S : 0);
    GZ_TEXT(g, "}\n");
}

enum err rows_members(struct day *d, struct gz *out)
{
    struct members m = {out, head_of(d)};

    return day_members(d, put_member, &m);
}

/* --- channels ------------------------------------------------------------------------------------------------- */

static void put_where(struct gz *g, const struct day *d, const struct channel_day_row *row)
{
    GZ_TEXT(g, "{\"enterprise_id\":");
    gz_id(g, d->team.org_id);
    GZ_TEXT(g, ",\"team_id\":");
    gz_id(g, d->team.id);
    GZ_TEXT(g, ",\"originating_team\":{\"team_id\":");
    gz_id(g, d->team.id);
    GZ_TEXT(g, ",\"name\":");
    gz_quoted(g, d->team.name);
    GZ_TEXT(g, "},\"channel_id\":");
    gz_id(g, row->id);
    /* A channel belongs to one workspace. */
    GZ_TEXT(g, ",\"channel_type\":\"single_workspace_channel\",\"visibility\":\"public\",\"shared_with\":[],"
               "\"is_shared_externally\":false,\"externally_shared_with_organizations\":[],\"date_created\":");
    gz_int(g, row->created_us / US_PER_S);
    GZ_TEXT(g, ",\"date_last_active\":");
    gz_int(g, (row->last_ts ? row->last_ts : row->created_us) / US_PER_S);
}

static void put_channel(void *ctx, struct day *d, const struct channel_day_row *row, const struct day_room *room)
{
    struct gz *g = ctx;

    if (row->kind != CHANNEL_PUBLIC || row->archived)
        return;
    put_where(g, d, row);
    GZ_TEXT(g, ",\"total_members_count\":");
    gz_int(g, room->members);
    GZ_TEXT(g, ",\"full_members_count\":");
    gz_int(g, room->members - room->guests);
    GZ_TEXT(g, ",\"guest_member_count\":");
    gz_int(g, room->guests);
    GZ_TEXT(g, ",\"messages_posted_count\":");
    gz_int(g, row->messages);
    GZ_TEXT(g, ",\"messages_posted_by_members_count\":");
    gz_int(g, row->member_messages);
    GZ_TEXT(g, ",\"members_who_viewed_count\":");
    gz_int(g, row->viewers);
    GZ_TEXT(g, ",\"members_who_posted_count\":");
    gz_int(g, row->posters);
    GZ_TEXT(g, ",\"reactions_added_count\":");
    gz_int(g, row->reactions);
    GZ_TEXT(g, ",\"date\":\"");
    gz_put(g, d->date, DAY_TEXT);
    GZ_TEXT(g, "\"}\n");
}

enum err rows_channels(struct day *d, struct gz *out)
{
    return day_channels(d, put_channel, out);
}

struct names {
    struct day *d;
    struct gz *out;
};

static bool put_names(void *ctx, const struct channel_day_row *row)
{
    struct names *n = ctx;
    struct gz *g = n->out;

    if (row->kind == CHANNEL_PUBLIC && !row->archived) {
        GZ_TEXT(g, "{\"channel_id\":");
        gz_id(g, row->id);
        GZ_TEXT(g, ",\"name\":");
        gz_quoted(g, row->name);
        GZ_TEXT(g, ",\"topic\":");
        gz_quoted(g, row->topic);
        GZ_TEXT(g, ",\"description\":");
        gz_quoted(g, row->purpose);
        GZ_TEXT(g, ",\"date\":\"");
        gz_put(g, n->d->date, DAY_TEXT);
        GZ_TEXT(g, "\"}\n");
    }
    arena_reset(n->d->row);
    return true;
}

enum err rows_metadata(struct day *d, struct gz *out)
{
    struct names n = {d, out};

    return sql_channel_days(d->db, d->row, d->team.id, d->day, d->to_us, 0, INT64_MAX, put_names, &n);
}

/* --- totals --------------------------------------------------------------------------------------------------- */

/* Counts of conversations that not everybody may look into. */
static bool is_private(struct str key)
{
    return str_eq(key, S("private_channel_messages_count")) || str_eq(key, S("direct_messages_count")) ||
           str_eq(key, S("group_direct_messages_count"));
}

/* Counts of a part of the people. */
static bool is_of_group(struct str key)
{
    static const struct str groups[] = {
        {"desktop_", 8}, {"ios_", 4}, {"android_", 8}, {"web_", 4}, {"guests_", 7},
    };

    for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
        if (str_starts(key, groups[i]))
            return true;
    return false;
}

/* How many people the group has that the count is about. */
static int64_t group_size(const struct json *totals, struct str key)
{
    int64_t n = 0, end = str_chr(key, '_') + 1;
    struct str members = str_starts(key, S("guests_")) ? key : S("");
    char name[64];

    if (!members.n) {
        memcpy(name, key.p, (size_t)end);
        memcpy(name + end, "members_count", 13);
        members = str_of(name, (size_t)end + 13);
    }
    json_i64(json_get(totals, members), &n);
    return n;
}

static bool is_shown(const struct day *d, const struct json *totals, struct str key)
{
    if (is_private(key))
        return !str_eq(d->settings->analytics_private, S("off"));
    return !is_of_group(key) || group_size(totals, key) >= d->settings->analytics_min_group;
}

void rows_totals(struct day *d, struct str text, bool live, struct gz *out)
{
    const struct json *totals = json_parse(d->row, text, NULL), *key = totals ? json_child(totals) : NULL;

    GZ_TEXT(out, "{\"date\":\"");
    gz_put(out, d->date, DAY_TEXT);
    GZ_TEXT(out, "\",\"enterprise_id\":");
    gz_id(out, d->team.org_id);
    GZ_TEXT(out, ",\"team_id\":");
    gz_id(out, d->team.id);
    GZ_TEXT(out, ",\"is_live\":");
    gz_bool(out, live);
    for (uint32_t i = 0; totals && i < totals->count; i++, key = json_next(json_next(key))) {
        GZ_TEXT(out, ",");
        gz_quoted(out, key->text);
        GZ_TEXT(out, ":");
        gz_str(out, is_shown(d, totals, key->text) ? json_raw(json_next(key)) : S("null"));
    }
    GZ_TEXT(out, "}\n");
    arena_reset(d->row);
}
