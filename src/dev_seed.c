/* The organization and its workspaces, and the order in which a seed becomes rows. */
#include "dev_seed.h"

#include "base/clock.h"
#include "base/id.h"

enum { DOMAIN_MAX = 60 };

/* When the seed does not say: the same for everybody, so that nothing depends on the day of a run. */
static const int64_t TIME_PRESET_S = INT64_C(1767603600); /* 2026-01-05T09:00:00Z */
static const int64_t MADE_BEFORE_S = 90 * 86400;

static enum err read_domain(struct seed *s, const struct spot *up, struct str *out)
{
    return read_plain(&s->reader, up, "domain", "-", DOMAIN_MAX, out);
}

/* The entry of the list of channels that is this channel of this workspace, if there is one. */
static enum err channel_entry(struct seed *s, struct str domain, bool first_team, struct str name, int64_t *id)
{
    struct spot list, item = {0};

    *id = made_id(s, 'C', arena_printf(s->reader.arena, "%.*s/%.*s", STR_FMT(domain), STR_FMT(name)));
    TRY(read_list(&s->reader, &s->root, "channels", &list));
    while (spot_next(&list, &item)) {
        struct str team = json_get_str(item.json, S("workspace"));
        if (!str_eq(json_get_str(item.json, S("name")), name))
            continue;
        if (team.n ? str_eq(team, domain) : first_team)
            return read_id(&s->reader, &item, "id", "CG", id);
    }
    return OK;
}

static enum err add_channel(struct seed *s, const struct spot *at, int64_t id, struct str name)
{
    struct thing t = {.kind = THING_CHANNEL, .pub = {.name = name, .id = id}, .team = s->call.team};

    s->world->n_channels++;
    return thing_add(s, at, &t, NULL);
}

static enum err add_team(struct seed *s, const struct spot *at, int64_t id, struct str name, struct str domain)
{
    struct thing t = {.kind = THING_TEAM, .pub = {.name = domain, .id = id}, .team = id};
    struct dev_world *w = s->world;
    int64_t general, random;

    TRY(thing_add(s, at, &t, NULL));
    TRY(channel_entry(s, domain, !w->team, S("general"), &general));
    TRY(channel_entry(s, domain, !w->team, S("random"), &random));
    TRY(seed_refused(s, at, team_create(&s->call, id, name, domain, general, random)));
    if (!w->team) {
        w->team = id;
        w->team_name = name;
    }
    TRY(add_channel(s, at, general, S("general")));
    return add_channel(s, at, random, S("random"));
}

static enum err read_one_team(struct seed *s, const struct spot *at)
{
    struct str name, domain = S("");
    int64_t id;

    TRY(read_object(&s->reader, at, "id name domain"));
    TRY(read_domain(s, at, &domain));
    name = domain;
    id = made_id(s, 'T', domain);
    TRY(read_str(&s->reader, at, "name", &name));
    TRY(read_id(&s->reader, at, "id", "T", &id));
    return add_team(s, at, id, name, domain);
}

enum err seed_teams(struct seed *s)
{
    struct spot org;
    struct str name = S("Dev"), domain = S("dev");
    int64_t id = made_id(s, 'E', S("org"));

    TRY(read_map(&s->reader, &s->root, "organization", &org));
    if (org.json) {
        TRY(read_object(&s->reader, &org, "id name domain"));
        TRY(read_str(&s->reader, &org, "name", &name));
        TRY(read_domain(s, &org, &domain));
        TRY(read_id(&s->reader, &org, "id", "E", &id));
    }
    s->world->org = id;
    TRY(org_create(&s->call, id, name, domain));
    TRY(seed_each(s, &s->root, "workspaces", read_one_team));
    return s->world->team ? OK : add_team(s, &s->root, made_id(s, 'T', domain), name, domain);
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

/* One list for dev_find: people and bots, channels, apps, workspaces, and then the kinds of actors. */
static void join_names(struct seed *s)
{
    struct dev_name **tail = &s->world->names;

    for (int kind = THING_PERSON; kind <= THING_TEAM; kind++)
        for (struct thing *t = s->things; t; t = t->next)
            if ((int)t->kind == kind) {
                *tail = &t->pub;
                tail = &t->pub.next;
            }
    *tail = s->kinds;
}

static enum err make(struct seed *s)
{
    int64_t org;
    bool found;

    TRY(sql_org_id(s->call.db, s->call.arena, &org, &found));
    if (found)
        return read_fault(&(struct reader){.arena = s->reader.arena, .why = s->reader.why}, &(struct spot){0},
                          "The database holds a workspace already; give an empty one.");
    TRY(seed_teams(s));
    TRY(seed_fields(s));
    TRY(seed_people(s));
    TRY(seed_apps(s));
    TRY(seed_tokens(s));
    TRY(seed_racers(s));
    TRY(seed_emoji(s));
    TRY(seed_channels(s));
    TRY(seed_dms(s));
    TRY(seed_webhooks(s));
    return seed_deactivate(s);
}

static enum err read_times(struct seed *s)
{
    TRY(read_object(&s->reader, &s->root,
                    "time made organization workspaces users apps tokens emoji profile_fields channels dms"));
    TRY(read_time(&s->reader, &s->root, "time", &s->time_us));
    s->made_us = s->time_us > MADE_BEFORE_S * US_PER_S ? s->time_us - MADE_BEFORE_S * US_PER_S : s->time_us;
    return read_time(&s->reader, &s->root, "made", &s->made_us);
}

/* Ids count on from the clock, so it stands still at the time at which everything is said to be made. */
static enum err make_at(struct seed *s, struct db *writer)
{
    struct clock_setting before = clock_setting();
    enum err e = ERR_SERVICE_UNAVAILABLE;

    clock_set(s->made_us, true);
    id_restart();
    call_system(&s->call, s->reader.arena, writer, 0, 0);
    s->call.settings = s->settings;
    if (db_begin(writer) == DB_OK) {
        e = make(s);
        if (e != OK)
            db_rollback(writer);
        else if (db_commit(writer) != DB_OK)
            e = ERR_SERVICE_UNAVAILABLE;
    }
    clock_restore(before);
    return e;
}

static enum err parse(struct seed *s, struct str text)
{
    size_t at = 0, line = 1;

    s->root = (struct spot){.json = json_parse(s->reader.arena, text, &at)};
    if (s->root.json)
        return read_times(s);
    for (size_t i = 0; i < at && i < text.n; i++)
        line += text.p[i] == '\n';
    return read_fault(&s->reader, &s->root, "line %zu: this is no JSON", line);
}

bool dev_seed(struct db *writer, const struct settings *settings, const struct dev_options *opt, struct arena *a,
              struct dev_world *out, struct str *why)
{
    struct seed *s = ARENA_NEW(a, struct seed);
    struct str text = opt->json.n ? opt->json : str_c(dev_builtin_json);
    enum err e;

    *out = (struct dev_world){0};
    *why = S("");
    *s = (struct seed){
        .reader = {.arena = a, .file = opt->file, .why = why},
        .opt = opt,
        .world = out,
        .time_us = TIME_PRESET_S * US_PER_S,
    };
    s->things_tail = &s->things;
    s->actors_tail = &out->actors;
    s->kinds_tail = &s->kinds;
    s->settings = settings;
    e = parse(s, text);
    if (e == OK)
        e = make_at(s, writer);
    if (e == OK)
        join_names(s);
    else if (!why->n)
        *why = arena_printf(a, "The workspace could not be written: %s; the log says why.", err_name(e));
    return e == OK;
}
