#include "core/channel.h"

#include <stdlib.h>

#include "base/id.h"
#include "base/utf8.h"
#include "core/channel_put.h"
#include "core/count.h"
#include "core/sight.h"
#include "events.h"

int64_t slackbot_id(void)
{
    return id_parse(S("USLACKBOT"));
}

/* A token of the organization sees the workspace it acts in (gate.c sees to that), and elsewhere only what its user is
 * a member of. */
static bool same_workspace(const struct actor *who, int64_t team, const struct channel_row *ch)
{
    if (who->team)
        return ch->team_id == who->team;
    return ch->team_id == team || ch->is_member;
}

bool channel_visible(const struct actor *who, int64_t team, const struct channel_row *ch)
{
    if (!same_workspace(who, team, ch))
        return false;
    if (ch->kind == CHANNEL_PUBLIC && who->guest == GUEST_NONE)
        return true;
    return ch->is_member;
}

enum err channel_get(struct call *c, int64_t id, struct channel_row **out)
{
    struct channel_row *ch = ARENA_NEW(c->arena, struct channel_row);
    bool found;

    *out = NULL;
    if (!id)
        return ERR_CHANNEL_NOT_FOUND;
    TRY(sql_channel_for(c->db, c->arena, id, c->who.user, ch, &found));
    if (!found || !channel_visible(&c->who, c->team, ch))
        return ERR_CHANNEL_NOT_FOUND;
    *out = ch;
    return OK;
}

enum err channel_named(struct call *c, struct str text, int64_t *id)
{
    struct str name = utf8_fold(c->arena, str_starts(text, S("#")) ? str_skip(text, 1) : text);
    bool found = false;

    if (name.n && c->team)
        TRY(sql_channel_named(c->db, c->arena, c->team, name, id, &found));
    return found ? OK : ERR_CHANNEL_NOT_FOUND;
}

enum err channel_join_user(struct call *c, struct channel_row *ch, int64_t user, bool *added)
{
    int64_t changed;

    /* A newcomer has nothing unread: all that stands there was written before. */
    TRY(sql_member_add(c->db, c->arena, ch->id, user, c->now_us, ch->last_ts, 1, &changed));
    *added = changed > 0;
    if (!*added)
        return OK;
    call_move(c, ch->id, user, true);
    ch->members_n++;
    if (user == c->who.user) {
        ch->is_member = 1;
        ch->joined_us = c->now_us;
        ch->last_read = ch->last_ts;
        ch->is_open = 1;
    }
    return sql_channel_members_add(c->db, c->arena, ch->id, 1, &changed);
}

enum err channel_leave_user(struct call *c, struct channel_row *ch, int64_t user, bool *removed)
{
    int64_t changed;

    TRY(sight_keep(c, ch->id, user));
    TRY(count_keep_leaver(c, ch->id, user));
    TRY(sql_member_remove(c->db, c->arena, ch->id, user, &changed));
    *removed = changed > 0;
    if (!*removed)
        return OK;
    call_move(c, ch->id, user, false);
    ch->members_n--;
    if (user == c->who.user)
        ch->is_member = 0;
    return sql_channel_members_add(c->db, c->arena, ch->id, -1, &changed);
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Sorts ids and drops repetitions; returns how many are left. */
static int unique_ids(int64_t *ids, int n)
{
    int kept = 0;

    qsort(ids, (size_t)n, sizeof(*ids), by_id);
    for (int i = 0; i < n; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    return kept;
}

/* The members' ids as texts, sorted, with a comma between: one conversation for each set of people. */
static struct str dm_key(struct arena *a, const int64_t *ids, int n)
{
    struct buf b = buf_in(a, 4096);
    char text[ID_MAX];

    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        buf_put(&b, text, id_format(ids[i], text));
    }
    return buf_view(&b);
}

int64_t channel_im_peer(const struct channel_row *ch, int64_t user)
{
    struct str rest = ch->dm_key, piece;
    int64_t last = 0;

    if (ch->kind != CHANNEL_IM)
        return 0;
    while (str_cut(&rest, ',', &piece)) {
        last = id_parse(piece);
        if (last != user)
            return last;
    }
    return last;
}

/* "mpdm-alice--bob--carol-1", as group DMs are named. */
static enum err mpim_name(struct call *c, const int64_t *ids, int n, struct str *out)
{
    struct buf b = buf_in(c->arena, 4096);

    buf_str(&b, S("mpdm-"));
    for (int i = 0; i < n; i++) {
        struct str name;
        bool found;
        TRY(sql_user_name(c->db, c->arena, ids[i], &name, &found));
        if (i)
            buf_str(&b, S("--"));
        buf_str(&b, name);
    }
    buf_str(&b, S("-1"));
    *out = buf_view(&b);
    return OK;
}

/* Everybody in it, the caller too: sorted, each once. */
static int64_t *everybody(struct call *c, const int64_t *people, int n, int *all)
{
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, n + 1);

    if (n)
        memcpy(ids, people, sizeof(*ids) * (size_t)n);
    ids[n] = c->who.user;
    *all = unique_ids(ids, n + 1);
    return ids;
}

static enum channel_kind kind_of_many(int n)
{
    return n <= 2 ? CHANNEL_IM : CHANNEL_MPIM;
}

enum channel_kind channel_kind_of_people(struct call *c, const int64_t *people, int n)
{
    everybody(c, people, n, &n);
    return kind_of_many(n);
}

/* Both hear of a new im, each as the conversation with the other. */
static enum err tell_im_created(struct call *c, int64_t id, const int64_t *ids, int n)
{
    for (int i = 0; i < n && !c->unheard; i++) {
        struct channel_row ch;
        struct str object;
        bool found;
        TRY(sql_channel_for(c->db, c->arena, id, ids[i], &ch, &found));
        TRY(channel_json(c, &ch, ids[i], &object));
        emit_im_created(c,
                        &(struct ev_im_created){.to = ids[i], .user = channel_im_peer(&ch, ids[i]), .channel = object});
    }
    return OK;
}

static enum err create_for_people(struct call *c, const int64_t *ids, int n, struct str key, int64_t *id, bool *created)
{
    enum channel_kind kind = kind_of_many(n);
    struct str name = S("");
    int64_t changed;
    bool found;

    if (kind == CHANNEL_MPIM)
        TRY(mpim_name(c, ids, n, &name));
    *id = id_new(kind == CHANNEL_IM ? 'D' : 'C');
    TRY(sql_channel_add(c->db, c->arena, *id, c->team, kind, name, key, c->who.user, c->now_us, 0, &changed));
    *created = changed > 0;
    if (!*created) /* another call was faster (PostgreSQL): take its row */
        return sql_channel_by_dm_key(c->db, c->arena, c->team, key, id, &found);
    for (int i = 0; i < n; i++) {
        bool open = kind == CHANNEL_MPIM || ids[i] == c->who.user;
        TRY(sql_member_add(c->db, c->arena, *id, ids[i], c->now_us, 0, open, &changed));
        call_move(c, *id, ids[i], true);
    }
    TRY(sql_channel_members_add(c->db, c->arena, *id, n, &changed));
    return kind == CHANNEL_IM ? tell_im_created(c, *id, ids, n) : OK;
}

enum err channel_open_people(struct call *c, const int64_t *people, int n, bool create, struct channel_row **out,
                             bool *created)
{
    int64_t *ids = everybody(c, people, n, &n), id;
    struct str key;
    bool found;

    *out = NULL;
    *created = false;
    key = dm_key(c->arena, ids, n);
    TRY(sql_channel_by_dm_key(c->db, c->arena, c->team, key, &id, &found));
    if (!found && !create)
        return OK;
    if (!found)
        TRY(create_for_people(c, ids, n, key, &id, created));
    return channel_get(c, id, out);
}
