#include "analytics/day.h"

#include <stdlib.h>

#include "base/json.h"
#include "core/channel.h"

enum { ARENA_BYTES = 1 << 14, TOTALS_MAX_BYTES = 4096 };

/* The id of the custom field with the label that settings name. */
static enum err find_employee_field(struct day *d)
{
    struct profile_field_row *fields;
    int n;

    if (!d->settings->employee_number_field.n)
        return OK;
    TRY(sql_profile_fields(d->db, d->arena, d->team.id, &fields, &n));
    for (int i = 0; i < n; i++)
        if (str_eq_nocase(fields[i].label, d->settings->employee_number_field))
            d->employee_field = fields[i].id;
    return OK;
}

enum err day_open(struct day *d, struct db *db, const struct settings *settings, int64_t team, int64_t day, bool *found)
{
    *d = (struct day){
        .db = db,
        .settings = settings,
        .day = day,
        .from_us = day * DAY_US,
        .to_us = (day + 1) * DAY_US,
        .arena = arena_new(ARENA_BYTES),
        .page = arena_new(ARENA_BYTES),
        .row = arena_new(ARENA_BYTES),
    };
    day_format(day, d->date);
    TRY(sql_team_get(db, d->arena, team, &d->team, found));
    return *found ? find_employee_field(d) : OK;
}

void day_close(struct day *d)
{
    free(d->people.ids);
    free(d->people.guest);
    arena_free(d->arena);
    arena_free(d->page);
    arena_free(d->row);
}

struct str day_employee_number(struct day *d, const struct member_day_row *row)
{
    const struct json *fields;

    if (!d->employee_field.n || !row->fields.n)
        return S("");
    fields = json_parse(d->row, row->fields, NULL);
    return json_get_str(json_get(fields, d->employee_field), S("value"));
}

static void put_clients(struct json_out *o, const struct totals *t)
{
    json_int(o, S("desktop_members_count"), t->desktop);
    json_int(o, S("ios_members_count"), t->ios);
    json_int(o, S("android_members_count"), t->android);
    json_int(o, S("web_members_count"), t->web);
    json_int(o, S("desktop_messages_count"), t->desktop_messages);
    json_int(o, S("ios_messages_count"), t->ios_messages);
    json_int(o, S("android_messages_count"), t->android_messages);
    json_int(o, S("web_messages_count"),
             t->member_messages - t->desktop_messages - t->ios_messages - t->android_messages - t->app_messages);
    json_int(o, S("app_messages_count"), t->app_messages);
}

static void put_kinds(struct json_out *o, const struct totals *t)
{
    json_int(o, S("public_channel_messages_count"), t->messages[CHANNEL_PUBLIC]);
    json_int(o, S("private_channel_messages_count"), t->messages[CHANNEL_PRIVATE]);
    json_int(o, S("direct_messages_count"), t->messages[CHANNEL_IM]);
    json_int(o, S("group_direct_messages_count"), t->messages[CHANNEL_MPIM]);
    json_int(o, S("shared_channel_messages_count"), 0); /* no conversation is shared with other organizations */
}

static int64_t all_messages(const struct totals *t)
{
    return t->messages[CHANNEL_PUBLIC] + t->messages[CHANNEL_PRIVATE] + t->messages[CHANNEL_IM] +
           t->messages[CHANNEL_MPIM];
}

enum err day_totals(struct day *d, struct str *json)
{
    struct buf b = buf_in(d->arena, TOTALS_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct totals *t = &d->totals;
    struct kind_total_row *kinds;
    int n;

    TRY(sql_kind_totals(d->db, d->arena, d->team.id, d->day, &kinds, &n));
    for (int i = 0; i < n; i++)
        t->messages[kinds[i].kind] = kinds[i].messages;
    json_open(&o, S(""), '{');
    json_int(&o, S("members_count"), t->members);
    json_int(&o, S("guests_count"), t->guests);
    json_int(&o, S("daily_active_members_count"), t->daily);
    json_int(&o, S("weekly_active_members_count"), t->weekly);
    json_int(&o, S("monthly_active_members_count"), t->monthly);
    json_int(&o, S("members_who_posted_count"), t->posters);
    json_int(&o, S("messages_posted_count"), all_messages(t));
    json_int(&o, S("messages_posted_by_members_count"), t->member_messages);
    put_kinds(&o, t);
    put_clients(&o, t);
    json_int(&o, S("reactions_added_count"), t->reactions);
    json_int(&o, S("files_added_count"), t->files);
    json_int(&o, S("search_count"), t->searches);
    json_close(&o, '}');
    *json = buf_view(&b);
    return OK;
}
