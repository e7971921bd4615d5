/* People, apps with their bots, and tokens of a seed. */
#include <stdio.h>

#include "base/id.h"
#include "base/utf8.h"
#include "core/count.h"
#include "core/install.h"
#include "core/password.h"
#include "core/profile.h"
#include "dev_seed.h"

enum { HANDLE_MAX = 80 };

static enum err read_handle(struct seed *s, const struct spot *up, struct str *out)
{
    return read_plain(&s->reader, up, "name", "._-", HANDLE_MAX, out);
}

/* --- people --------------------------------------------------------------------------------------------------- */

/* The first one is the primary owner, unless somebody is said to be. */
static enum err read_role(struct seed *s, const struct spot *at, struct thing *t)
{
    static const struct {
        enum role role;
        enum guest guest;
    } roles[] = {
        {ROLE_MEMBER, GUEST_NONE},        {ROLE_ADMIN, GUEST_NONE},   {ROLE_OWNER, GUEST_NONE},
        {ROLE_PRIMARY_OWNER, GUEST_NONE}, {ROLE_MEMBER, GUEST_MULTI}, {ROLE_MEMBER, GUEST_SINGLE},
    };
    int index = at->index == 0 ? 3 : 0;

    TRY(read_word(&s->reader, at, "role", "member admin owner primary_owner guest single_channel_guest", &index));
    t->role = roles[index].role;
    t->guest = roles[index].guest;
    return OK;
}

static enum err apply_profile(struct seed *s, const struct spot *map, int64_t user)
{
    struct call *c = &s->call;
    struct profile_change change = {0};
    struct spot member = {0};
    struct user_row u;
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, user, c->team, &u, &found));
    while (spot_next(map, &member))
        TRY(seed_refused(s, &member, profile_apply(c, &u, member.key, member.json, &change)));
    TRY(seed_refused(s, map, profile_settle(c, &u, &change)));
    return profile_store(c, &u, &change);
}

static enum err enter_others(struct seed *s, const struct spot *list, const struct thing *t)
{
    struct spot item = {0};

    while (spot_next(list, &item)) {
        struct thing *team = item.json->kind == JSON_STRING ? thing_find(s, THING_TEAM, 0, item.json->text) : NULL;
        if (!team || team->pub.id == t->team)
            return read_fault(&s->reader, &item, "the domain of another workspace belongs here");
        act_in(s, team->pub.id);
        TRY(person_enter(&s->call, t->pub.id, ROLE_MEMBER, GUEST_NONE, false));
    }
    return OK;
}

static enum err add_person(struct seed *s, const struct spot *at, struct thing *t, const struct person_new *p)
{
    int64_t id;

    TRY(thing_add(s, at, t, NULL));
    s->world->n_people++;
    return seed_refused(s, at, person_create(&s->call, p, &id));
}

static enum err set_password(struct seed *s, const struct spot *at, int64_t user)
{
    struct str password = S(""), hash;
    int64_t changed;

    TRY(read_str(&s->reader, at, "password", &password));
    if (!password.n)
        return OK;
    hash = password_hash(s->reader.arena, password, true);
    if (!hash.p)
        return read_fault(&s->reader, at, "there is no memory to hash a password");
    return sql_password_set(s->call.db, s->call.arena, user, hash, s->call.now_us, &changed);
}

static enum err set_zone(struct seed *s, const struct spot *at, int64_t user)
{
    struct str zone = S("");

    TRY(read_str(&s->reader, at, "timezone", &zone));
    if (!zone.n)
        return OK;
    if (!zone_exists(zone))
        return read_fault(&s->reader, at, "\"timezone\" is the name of a zone, such as Europe/Berlin");
    return person_set_zone(&s->call, user, zone);
}

static enum err read_person(struct seed *s, const struct spot *at)
{
    struct thing t = {.kind = THING_PERSON}, *team;
    struct person_new p = {0};
    struct spot profile, others;
    bool in_general = true;

    TRY(read_object(&s->reader, at,
                    "name id real_name email role workspace also_in in_general deactivated profile password timezone"));
    TRY(read_team(s, at, &team));
    TRY(read_handle(s, at, &t.pub.name));
    TRY(read_role(s, at, &t));
    t.team = team->pub.id;
    p.id = made_id(s, 'U', t.pub.name);
    p.real_name = t.pub.name;
    p.email = arena_printf(s->reader.arena, "%.*s@%.*s.example", STR_FMT(t.pub.name), STR_FMT(team->pub.name));
    TRY(read_id(&s->reader, at, "id", "UW", &p.id));
    TRY(read_str(&s->reader, at, "real_name", &p.real_name));
    TRY(read_str(&s->reader, at, "email", &p.email));
    TRY(read_bool(&s->reader, at, "in_general", &in_general));
    TRY(read_bool(&s->reader, at, "deactivated", &t.deactivated));
    TRY(read_map(&s->reader, at, "profile", &profile));
    TRY(read_list(&s->reader, at, "also_in", &others));
    p.name = t.pub.name;
    t.pub.id = p.id;
    p.role = t.role;
    p.guest = t.guest;
    p.lonely = !in_general;
    TRY(add_person(s, at, &t, &p));
    if (profile.json)
        TRY(apply_profile(s, &profile, p.id));
    TRY(set_password(s, at, p.id));
    TRY(set_zone(s, at, p.id));
    return enter_others(s, &others, &t);
}

enum err seed_people(struct seed *s)
{
    struct spot list = spot_key(&s->root, "users");

    TRY(seed_each(s, &s->root, "users", read_person));
    return s->world->n_people ? OK : read_fault(&s->reader, &list, "somebody has to be there");
}

/* Last of all: until then they can be in channels, write and have tokens. */
enum err seed_deactivate(struct seed *s)
{
    struct kept_member kept;
    int64_t changed;

    for (struct thing *t = s->things; t; t = t->next)
        if (t->deactivated) {
            TRY(count_keep_member(&s->call, t->pub.id, &kept));
            TRY(sql_user_set_deleted(s->call.db, s->call.arena, kept, 1, s->call.now_us, &changed));
        }
    return OK;
}

/* --- apps ----------------------------------------------------------------------------------------------------- */

static enum err read_bot(struct seed *s, const struct spot *at, int64_t app)
{
    struct thing t = {.kind = THING_PERSON, .is_bot = true, .app = app}, *team;
    struct spot others;
    bool in_general = true;

    TRY(read_object(&s->reader, at, "name id bot_id workspace also_in in_general webhook"));
    TRY(read_team(s, at, &team));
    TRY(read_handle(s, at, &t.pub.name));
    t.team = team->pub.id;
    t.pub.id = made_id(s, 'U', t.pub.name);
    t.bot = made_id(s, 'B', t.pub.name);
    TRY(read_id(&s->reader, at, "id", "UW", &t.pub.id));
    TRY(read_id(&s->reader, at, "bot_id", "B", &t.bot));
    TRY(read_bool(&s->reader, at, "in_general", &in_general));
    TRY(read_list(&s->reader, at, "also_in", &others));
    TRY(thing_add(s, at, &t, NULL));
    TRY(bot_create(&s->call, app, t.bot, t.pub.id, t.pub.name, !in_general, &t.bot, &t.pub.id));
    return enter_others(s, &others, &t);
}

/* The first app's are those that the environment names. */
static void note_app(struct seed *s, const struct app_secrets *secrets)
{
    struct dev_world *w = s->world;

    if (w->client_id.n)
        return;
    w->client_id = secrets->client_id;
    w->client_secret = secrets->client_secret;
    w->signing_secret = secrets->signing_secret;
    w->verification_token = secrets->verification_token;
}

static enum err read_secrets(struct seed *s, const struct spot *at, struct str name, struct app_secrets *out)
{
    out->client_secret = made_text(s, "client secret", name, 32);
    out->signing_secret = made_text(s, "signing secret", name, 32);
    out->verification_token = made_text(s, "verification token", name, 24);
    TRY(read_str(&s->reader, at, "client_id", &out->client_id));
    TRY(read_str(&s->reader, at, "client_secret", &out->client_secret));
    TRY(read_str(&s->reader, at, "signing_secret", &out->signing_secret));
    return read_str(&s->reader, at, "verification_token", &out->verification_token);
}

static enum err set_manifest(struct seed *s, const struct spot *at, const struct thing *app)
{
    struct spot manifest;
    struct manifest parts;
    const struct manifest_fault *faults;
    struct str why;

    TRY(read_map(&s->reader, at, "manifest", &manifest));
    if (!manifest.json)
        return OK;
    if (!manifest_check(s->reader.arena, json_raw(manifest.json), &parts, &faults)) {
        why = manifest_fault_text(s->reader.arena, manifest_first_fault(faults));
        return read_fault(&s->reader, &manifest, "%.*s", STR_FMT(why));
    }
    return install_manifest(&s->call, app->pub.id, app->pub.name, json_raw(manifest.json));
}

static enum err read_app(struct seed *s, const struct spot *at)
{
    struct thing t = {.kind = THING_APP}, *team;
    struct app_secrets secrets = {0};
    struct spot bots, item = {0};

    TRY(read_object(&s->reader, at,
                    "name id workspace client_id client_secret signing_secret verification_token manifest bots"));
    TRY(read_team(s, at, &team));
    TRY(read_str(&s->reader, at, "name", &t.pub.name));
    if (!t.pub.name.n)
        return read_fault(&s->reader, at, "an app has a name");
    t.pub.id = made_id(s, 'A', t.pub.name);
    t.team = team->pub.id;
    TRY(read_id(&s->reader, at, "id", "A", &t.pub.id));
    TRY(read_secrets(s, at, t.pub.name, &secrets));
    TRY(thing_add(s, at, &t, NULL));
    TRY(app_create(&s->call, t.pub.id, t.pub.name, s->opt->key, &secrets, &t.pub.id));
    TRY(set_manifest(s, at, &t));
    TRY(read_list(&s->reader, at, "bots", &bots));
    while (spot_next(&bots, &item))
        TRY(read_bot(s, &item, t.pub.id));
    note_app(s, &secrets);
    return OK;
}

enum err seed_apps(struct seed *s)
{
    return seed_each(s, &s->root, "apps", read_app);
}
