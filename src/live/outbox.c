#include "live/outbox.h"

#include "base/id.h"
#include "base/log.h"
#include "core/channel.h"
#include "live/envelope.h"
#include "live/links.h"
#include "sql.h"

/* One event on its way to all apps. */
struct post {
    struct call *c;
    const struct outbox *outbox;
    const struct app_set *set;
    const struct event *event;
    int subscription;        /* its name's; -1: apps hear none of this name */
    struct str json;         /* the event */
    struct str mention_json; /* the same as app_mention; empty: it mentions nobody */
    struct str text;         /* of a message that may mention, or hold links */
    bool has_links;
    struct link_message link;
};

static const char PLAIN[] = "{\"type\":\"message\",";

/* --- what it is called ---------------------------------------------------------------------------------------- */

static enum err name_message(struct post *p, enum channel_kind *kind)
{
    static const struct str names[] = {
        [CHANNEL_PUBLIC] = {"message.channels", 16},
        [CHANNEL_PRIVATE] = {"message.groups", 14},
        [CHANNEL_IM] = {"message.im", 10},
        [CHANNEL_MPIM] = {"message.mpim", 12},
    };
    struct call *c = p->c;
    int64_t found_kind = 0;
    bool found = true;

    if (c->channel && c->channel->id == p->event->to)
        found_kind = c->channel->kind;
    else
        TRY(sql_channel_kind_of(c->db, c->arena, p->event->to, &found_kind, &found));
    *kind = (enum channel_kind)found_kind;
    p->subscription = found ? subscription_find(names[found_kind]) : -1;
    return OK;
}

/* Only new messages mention somebody; a change of one is heard as message_changed. */
static bool can_mention(struct str subtype)
{
    static const struct str kinds[] = {
        {"", 0}, {"bot_message", 11}, {"file_share", 10}, {"thread_broadcast", 16}, {"me_message", 10}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(subtype, kinds[i]))
            return true;
    return false;
}

static bool anybody_hears(const struct post *p, struct str name)
{
    return subscription_in(p->set->heard, subscription_find(name));
}

/* Whom a new message may mention, and the links in it. */
static void read_text(struct post *p, bool in_im)
{
    struct str json = p->event->json, head = str_of(PLAIN, sizeof(PLAIN) - 1);
    bool may_mention = !in_im && anybody_hears(p, S("app_mention")) && str_find(json, S("<@")) >= 0;
    bool may_link = anybody_hears(p, S("link_shared")) && str_find(json, S("<http")) >= 0;
    const struct json *root;

    if ((!may_mention && !may_link) || !str_starts(json, head))
        return;
    root = json_parse(p->c->arena, json, NULL);
    if (!can_mention(json_get_str(root, S("subtype"))))
        return;
    p->text = json_get_str(root, S("text"));
    if (may_mention)
        p->mention_json = ARENA_JOIN(p->c->arena, S("{\"type\":\"app_mention\","), str_skip(json, head.n));
    p->has_links = may_link;
    p->link = (struct link_message){.channel = json_get_str(root, S("channel")),
                                    .user = json_get_str(root, S("user")),
                                    .ts = json_get_str(root, S("ts")),
                                    .thread_ts = json_get_str(root, S("thread_ts")),
                                    .text = p->text};
}

static enum err read_event(struct post *p)
{
    enum channel_kind kind;

    p->json = p->event->json;
    p->subscription = subscription_find(str_c(p->event->type));
    if (strcmp(p->event->type, "message") != 0)
        return OK;
    p->subscription = -1;
    if (p->event->target != TO_CHANNEL) /* ephemeral ones are for clients */
        return OK;
    TRY(name_message(p, &kind));
    read_text(p, kind == CHANNEL_IM);
    return OK;
}

static bool mentions(const struct post *p, const struct ear *ear)
{
    char id[ID_MAX];
    struct str user = str_of(id, id_format(ear->user, id));

    return p->mention_json.n && p->c->who.user != ear->user &&
           (str_find(p->text, ARENA_JOIN(p->c->arena, S("<@"), user, S(">"))) >= 0 ||
            str_find(p->text, ARENA_JOIN(p->c->arena, S("<@"), user, S("|"))) >= 0);
}

/* --- who hears it --------------------------------------------------------------------------------------------- */

static enum err may_see(struct post *p, const struct app_install *in, const struct ear *ear, bool *yes)
{
    const struct event *e = p->event;
    int64_t one;

    switch (e->target) {
    case TO_CHANNEL: /* who is in several workspaces hears in each of its own */
        return sql_member_in_team(p->c->db, p->c->arena, e->to, ear->user, in->team, &one, yes);
    case TO_TEAM: /* guests do not know of channels they are not in */
        *yes = e->to == in->team && !(ear->is_guest && str_starts(str_c(e->type), S("channel_")));
        return OK;
    case TO_USER:
        *yes = e->to == ear->user && p->c->team == in->team;
        return OK;
    case TO_APP:
        *yes = e->to == in->app->id && p->c->team == in->team;
        return OK;
    }
    return OK;
}

static enum err add_row(struct post *p, const struct app_install *in, const struct ear *ear, struct str json)
{
    struct call *c = p->c;
    int64_t id = id_new('Q'), changed;
    struct str body = envelope_make(c, id, in, ear, p->event, json);

    if (!body.n) {
        log_warn("event_too_large", "type=%s", p->event->type);
        return OK;
    }
    p->outbox->added(p->outbox->ctx, in->app->id);
    return sql_outbox_add(c->db, c->arena, id, in->app->id, in->team, body, c->now_us, &changed);
}

/* One delivery, even when several who let the app in may see it. */
static enum err post_to(struct post *p, const struct app_install *in)
{
    int mention = p->mention_json.n ? subscription_find(S("app_mention")) : -1;
    bool sees, heard = false, mentioned = false;

    for (int i = 0; i < in->n_ears; i++) {
        const struct ear *ear = &in->ears[i];
        bool hears = !heard && p->subscription >= 0 && subscription_in(ear->hears, p->subscription);
        bool is_meant =
            !mentioned && mention >= 0 && ear->is_bot && subscription_in(ear->hears, mention) && mentions(p, ear);
        if (!hears && !is_meant)
            continue;
        TRY(may_see(p, in, ear, &sees));
        if (sees && hears)
            TRY(add_row(p, in, ear, p->json));
        if (sees && is_meant)
            TRY(add_row(p, in, ear, p->mention_json));
        heard |= sees && hears;
        mentioned |= sees && is_meant;
    }
    return OK;
}

/* Links that this app previews; not those of its own messages. */
static enum err post_links(struct post *p, const struct app_install *in)
{
    int subscription = subscription_find(S("link_shared"));
    bool sees = false;

    for (int i = 0; i < in->n_ears && p->has_links && !sees; i++) {
        const struct ear *ear = &in->ears[i];
        struct str json;

        if (!subscription_in(ear->hears, subscription) || p->c->who.user == ear->user)
            continue;
        json = links_event(p->c->arena, &p->link, &in->app->unfurl_domains, ear->is_bot);
        if (!json.n)
            return OK;
        TRY(may_see(p, in, ear, &sees));
        if (sees)
            TRY(add_row(p, in, ear, json));
    }
    return OK;
}

static enum err post_event(const struct outbox *outbox, struct call *c, const struct app_set *set,
                           const struct event *e)
{
    struct post p = {.c = c, .outbox = outbox, .set = set, .event = e};

    TRY(read_event(&p));
    if (!p.mention_json.n && !p.has_links && (p.subscription < 0 || !subscription_in(set->heard, p.subscription)))
        return OK;
    for (int i = 0; i < set->n_installs; i++) {
        TRY(post_to(&p, &set->installs[i]));
        TRY(post_links(&p, &set->installs[i]));
    }
    return OK;
}

enum err outbox_record(const struct outbox *outbox, struct call *c)
{
    const struct app_set *set;
    enum err e = OK;

    TRY(apps_take(outbox->apps, c->db, &set));
    for (const struct event *event = c->events; event && e == OK && set->n_installs; event = event->next)
        e = post_event(outbox, c, set, event);
    apps_give_back(outbox->apps, set);
    return e;
}
