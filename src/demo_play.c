/* What the people of `taut demo` do, as calls of the API. */
#include "base/clock.h"
#include "demo.h"

#define HOUR_US (INT64_C(3600) * US_PER_S)
enum { DM_MEMBERS = 2, READ_MOST = 50, REPORT_MOST = 5, TEXT_MAX = 2000, SNIPPET_LINES = 40 };

/* The one who acts now, and with what. */
struct turn {
    struct demo *d;
    struct demo_member *m;
    const char *agent;
};

static bool call(struct turn *t, const char *method, struct json_out *body, const struct json **reply)
{
    return demo_call(t->d, t->m, t->agent, method, demo_body_end(body), reply);
}

static struct demo_random *chance(struct turn *t)
{
    return &t->d->random;
}

/* --- what was said -------------------------------------------------------------------------------------------- */

static void remember(struct demo *d, struct demo_channel *ch, const struct demo_message *m)
{
    ch->recent[ch->n_messages++ % DEMO_RECENT] = *m;
    if (m->ts > ch->last_ts)
        ch->last_ts = m->ts;
    d->messages++;
}

static struct demo_message *recall(struct turn *t, struct demo_channel *ch)
{
    int n = ch->n_messages < DEMO_RECENT ? (int)ch->n_messages : DEMO_RECENT;

    if (!n)
        return NULL;
    return &ch->recent[(ch->n_messages - 1 - demo_rank(chance(t), n)) % DEMO_RECENT];
}

/* --- where ---------------------------------------------------------------------------------------------------- */

/* The direct messages with a friend; they begin when somebody first writes. */
static int dm_with(struct turn *t, int which)
{
    struct demo *d = t->d;
    int friend = t->m->friends[which], me = (int)(t->m - d->members), channel;
    struct json_out o;
    const struct json *reply;

    if (t->m->dms[which] >= 0 || friend == me)
        return t->m->dms[which];
    o = demo_body(d);
    json_str(&o, S("users"), d->members[friend].id);
    if (!call(t, "conversations.open", &o, &reply))
        return -1;
    channel = demo_channel_add(d, json_get_str(json_get(reply, S("channel")), S("id")), true, DM_MEMBERS);
    demo_seat_add(d, channel, me);
    demo_seat_add(d, channel, friend);
    t->m = &d->members[me];
    return t->m->dms[which] = channel;
}

/* Everybody is mostly in the same few of their channels. */
static struct demo_channel *pick_seat(struct turn *t)
{
    if (!t->m->n_seats)
        return NULL;
    return &t->d->channels[t->m->seats[demo_rank(chance(t), t->m->n_seats)].channel];
}

static struct demo_channel *pick(struct turn *t)
{
    int dm = demo_chance(chance(t), 0.12) ? dm_with(t, demo_rank(chance(t), DEMO_FRIENDS)) : -1;

    return dm >= 0 ? &t->d->channels[dm] : pick_seat(t);
}

/* --- writing -------------------------------------------------------------------------------------------------- */

static void put_link(struct turn *t, struct buf *text)
{
    struct demo_channel *other = pick_seat(t);
    struct demo_message *m = other && !other->is_dm ? recall(t, other) : NULL;
    struct str base = t->d->server.api.public_url;

    if (!m)
        return;
    if (!base.n)
        base = arena_printf(t->d->call_arena, "http://%.*s/", STR_FMT(t->d->server.settings.listen));
    buf_printf(text, " %.*sarchives/%.*s/p%lld", STR_FMT(base), STR_FMT(other->id), (long long)m->ts);
}

/* A change of mind: an edit, or taking it back. */
static void reconsider(struct turn *t, struct demo_channel *ch, int64_t ts)
{
    bool edit = demo_chance(chance(t), 0.03), take_back = !edit && demo_chance(chance(t), 0.005);
    struct buf text;
    struct json_out o;

    if (!edit && !take_back)
        return;
    o = demo_body(t->d);
    json_str(&o, S("channel"), ch->id);
    json_ts(&o, S("ts"), ts);
    if (edit) {
        text = buf_in(t->d->call_arena, TEXT_MAX);
        demo_sentence(&text, chance(t));
        json_str(&o, S("text"), buf_view(&text));
    }
    call(t, edit ? "chat.update" : "chat.delete", &o, NULL);
}

static void say(struct turn *t, struct demo_channel *ch, const struct demo_message *answered)
{
    struct demo_message m = {0};
    const struct json *reply;
    bool share = demo_chance(chance(t), 0.03);
    struct buf text;
    struct json_out o = demo_body(t->d);

    text = buf_in(t->d->call_arena, TEXT_MAX);
    demo_sentence(&text, chance(t));
    if (demo_chance(chance(t), 0.08)) {
        m.has_link = true;
        buf_str(&text, S(" https://example.com/"));
        buf_str(&text, demo_word(chance(t)));
    }
    if (share)
        put_link(t, &text);
    json_str(&o, S("channel"), ch->id);
    json_str(&o, S("text"), buf_view(&text));
    if (answered) {
        m.thread_ts = answered->thread_ts ? answered->thread_ts : answered->ts;
        json_ts(&o, S("thread_ts"), m.thread_ts);
        json_bool(&o, S("reply_broadcast"), demo_chance(chance(t), 0.05));
    }
    if (!call(t, "chat.postMessage", &o, &reply) || !ts_parse(json_get_str(reply, S("ts")), &m.ts))
        return;
    remember(t->d, ch, &m);
    reconsider(t, ch, m.ts);
}

static void share_snippet(struct turn *t, struct demo_channel *ch)
{
    struct json_out o = demo_body(t->d);
    struct buf text = buf_in(t->d->call_arena, TEXT_MAX * SNIPPET_LINES);

    for (int i = demo_rank(chance(t), SNIPPET_LINES); i >= 0; i--) {
        demo_sentence(&text, chance(t));
        buf_char(&text, '\n');
    }
    json_str(&o, S("channels"), ch->id);
    json_str(&o, S("filename"), S("notes.txt"));
    json_str(&o, S("content"), buf_view(&text));
    if (call(t, "files.upload", &o, NULL))
        remember(t->d, ch, &(struct demo_message){.ts = clock_now_us()});
}

static void post(struct turn *t)
{
    struct demo_channel *ch = pick(t);
    struct demo_message *answered;

    if (!ch)
        return;
    if (demo_chance(chance(t), 0.02)) {
        share_snippet(t, ch);
        return;
    }
    answered = demo_chance(chance(t), 0.25) ? recall(t, ch) : NULL;
    say(t, ch, answered);
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static void react(struct turn *t, struct demo_channel *ch)
{
    const struct demo_message *m = recall(t, ch);
    struct json_out o = demo_body(t->d);

    if (!m)
        return;
    json_str(&o, S("channel"), ch->id);
    json_ts(&o, S("timestamp"), m->ts);
    json_str(&o, S("name"), demo_emoji(chance(t)));
    call(t, demo_chance(chance(t), 0.05) ? "reactions.remove" : "reactions.add", &o, NULL);
}

/* As clients do that measure what is visible: threads that were opened, links that were followed. */
static void report(struct turn *t, struct demo_channel *ch)
{
    struct json_out o = demo_body(t->d);
    int n = 1 + demo_below(chance(t), REPORT_MOST);

    json_open(&o, S("events"), '[');
    for (int i = 0; i < n; i++) {
        const struct demo_message *m = recall(t, ch);
        bool click = m->has_link && demo_chance(chance(t), 0.4);
        json_open(&o, S(""), '{');
        json_str(&o, S("type"), click ? S("click") : S("view"));
        json_str(&o, S("channel"), ch->id);
        json_ts(&o, S("ts"), m->ts);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    call(t, "taut.activity.report", &o, NULL);
}

static void read_channel(struct turn *t, struct demo_channel *ch, int64_t unread)
{
    struct json_out o = demo_body(t->d);

    json_str(&o, S("channel"), ch->id);
    json_int(&o, S("limit"), unread < READ_MOST ? unread : READ_MOST);
    call(t, "conversations.history", &o, NULL);
    o = demo_body(t->d);
    json_str(&o, S("channel"), ch->id);
    json_ts(&o, S("ts"), ch->last_ts);
    call(t, "conversations.mark", &o, NULL);
    if (demo_chance(chance(t), 0.1))
        react(t, ch);
    if (demo_chance(chance(t), 0.15))
        report(t, ch);
}

/* Everything unread in the places where somebody looks this time. */
static void visit(struct turn *t)
{
    for (int i = 0; i < t->m->n_seats; i++) {
        struct demo_seat *seat = &t->m->seats[i];
        struct demo_channel *ch = &t->d->channels[seat->channel];
        int64_t unread = ch->n_messages - seat->read;

        if (unread <= 0 || !demo_chance(chance(t), ch->is_dm ? 0.95 : 0.6))
            continue;
        seat->read = ch->n_messages;
        read_channel(t, ch, unread);
    }
}

static void search(struct turn *t)
{
    struct json_out o = demo_body(t->d);

    json_str(&o, S("query"), demo_word(chance(t)));
    call(t, "search.messages", &o, NULL);
}

/* --- one event ------------------------------------------------------------------------------------------------ */

/* A desk by day, whatever is at hand otherwise. */
static const char *agent_of(struct turn *t, int64_t at_us)
{
    int64_t hour = (at_us / HOUR_US + t->m->zone_h + 24) % 24;
    bool desk = hour >= 8 && hour < 18;

    return t->m->agents[desk != demo_chance(chance(t), 0.1) ? 0 : 1];
}

void demo_play(struct demo *d, const struct demo_event *e)
{
    struct turn t = {.d = d, .m = &d->members[e->member]};

    clock_set(e->at_us, true);
    t.agent = agent_of(&t, e->at_us);
    if (e->deed == DEMO_POST)
        post(&t);
    else if (e->deed == DEMO_READ)
        visit(&t);
    else
        search(&t);
}
