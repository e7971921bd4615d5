/* A workspace's day: who belonged to it and what they did, as it was at the day's end. */
#ifndef TAUT_ANALYTICS_DAY_H
#define TAUT_ANALYTICS_DAY_H

#include "base/day.h"
#include "settings.h"
#include "sql.h"

/* Ids of who belonged to the workspace at the end of the day, in order. */
struct people {
    int64_t *ids;
    bool *guest;
    int n, cap;
};

struct totals {
    int64_t members, guests;
    int64_t daily, weekly, monthly;     /* active in the 1, 7 or 30 days that end with the day */
    int64_t desktop, ios, android, web; /* of the day's active members */
    int64_t posters;
    int64_t member_messages, desktop_messages, ios_messages, android_messages, app_messages;
    int64_t messages[4]; /* by kind of conversation, those of apps too */
    int64_t reactions, files, searches;
};

struct day {
    struct db *db;
    const struct settings *settings;
    struct team_row team;
    int64_t day, from_us, to_us; /* [from_us, to_us) */
    char date[DAY_TEXT];
    struct str employee_field; /* id of the custom field; empty: there is none */
    struct arena *arena;       /* what lives as long as the day */
    struct arena *page, *row;  /* what lives for a page of former states, and for a row */
    struct people people;      /* by day_members */
    struct totals totals;
};

/* team may be read from db while a transaction is open there.  not_found-like: *found. */
enum err day_open(struct day *d, struct db *db, const struct settings *settings, int64_t team, int64_t day,
                  bool *found);
void day_close(struct day *d);

/* Each member of the day in order of id: people, not bots.  Who left during the day is among them; row is what held at
 * the day's end.  Fills people and totals; each may be NULL. */
typedef void day_member(void *ctx, struct day *d, const struct member_day_row *row);
enum err day_members(struct day *d, day_member *each, void *ctx);

/* Each public and private channel that existed, archived ones too, as at the day's end, with the members it had.
 * After day_members. */
struct day_room {
    int64_t members, guests;
};
typedef void day_channel(void *ctx, struct day *d, const struct channel_day_row *row, const struct day_room *room);
enum err day_channels(struct day *d, day_channel *each, void *ctx);

/* The person's employee number; empty when none is known. */
struct str day_employee_number(struct day *d, const struct member_day_row *row);

/* The totals as a JSON object, in the day's arena. */
enum err day_totals(struct day *d, struct str *json);

#endif
