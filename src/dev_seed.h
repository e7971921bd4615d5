/* A seed while it becomes a workspace (dev.h, docs/guide/dev.md): what its parts share. */
#ifndef TAUT_DEV_SEED_H
#define TAUT_DEV_SEED_H

#include "core/person.h"
#include "dev.h"
#include "dev_read.h"

enum thing_kind { THING_PERSON, THING_CHANNEL, THING_APP, THING_TEAM };

/* Whatever has a name. */
struct thing {
    struct dev_name pub; /* first: a dev_name * of the world is a thing * */
    struct thing *next;
    enum thing_kind kind;
    int64_t team; /* where it belongs; a person's home */
    enum role role;
    enum guest guest;
    bool is_bot, deactivated;
    int64_t bot, app; /* of a bot */
};

struct seed {
    struct reader reader;
    struct call call; /* the server's own */
    const struct dev_options *opt;
    const struct settings *settings;
    struct dev_world *world;
    struct spot root;
    struct thing *things, **things_tail;
    struct dev_actor **actors_tail;
    struct dev_name *kinds, **kinds_tail; /* of actors, for dev_find */
    int64_t time_us, made_us;             /* what `ago` counts back from; when all but the messages was made */
    int tokens_n;
};

/* Names.  What is added is found by its name in what dev_find reads; an id used twice is a fault. */
enum err thing_add(struct seed *s, const struct spot *at, const struct thing *t, struct thing **out);
/* NULL when there is none.  team: 0, or the workspace a channel is in. */
struct thing *thing_find(const struct seed *s, enum thing_kind kind, int64_t team, struct str name);
/* The person, bot, app or workspace that a member names; a fault when there is none.  *out is NULL when the member is
 * absent. */
enum err read_thing(struct seed *s, const struct spot *up, const char *key, enum thing_kind kind, struct thing **out);
/* The call acts in this workspace from now on. */
void act_in(struct seed *s, int64_t team);
/* The workspace that "workspace" names, else the first one; the call acts in it from now on. */
enum err read_team(struct seed *s, const struct spot *up, struct thing **out);
/* The person of this spot, who has to belong to the call's workspace. */
enum err read_member(struct seed *s, const struct spot *at, struct thing **out);
/* Runs one for each element of a list; absent is fine. */
enum err seed_each(struct seed *s, const struct spot *up, const char *key,
                   enum err (*one)(struct seed *s, const struct spot *at));
/* A rule of the server refused it: its code, with the place. */
enum err seed_refused(struct seed *s, const struct spot *at, enum err e);

/* An id that is always the same for one kind and name. */
int64_t made_id(const struct seed *s, char kind, struct str name);
/* n (at most 64) hexadecimal digits that are always the same for one name; secret to nobody who knows the seed. */
struct str made_text(const struct seed *s, const char *what, struct str name, size_t n);

/* The parts, in the order in which they run. */
enum err seed_teams(struct seed *s);
enum err seed_people(struct seed *s);
enum err seed_apps(struct seed *s);
enum err seed_tokens(struct seed *s);
enum err seed_racers(struct seed *s);
enum err seed_fields(struct seed *s); /* of profiles */
enum err seed_emoji(struct seed *s);
enum err seed_channels(struct seed *s);
enum err seed_dms(struct seed *s);
enum err seed_webhooks(struct seed *s); /* of apps' bots; they name channels */
enum err seed_deactivate(struct seed *s);
/* The messages of a conversation: a list under the key "messages". */
enum err seed_messages(struct seed *s, const struct spot *up, struct channel_row *ch);

#endif
