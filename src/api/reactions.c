/* reactions.*: emoji on messages. */
#include "args_reactions.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/count.h"
#include "core/emoji.h"
#include "core/message.h"
#include "core/page_old.h"
#include "core/team.h"
#include "core/touch.h"
#include "events.h"

/* limits.md: the codes are documented, the numbers are what people report. */
enum { EMOJI_PER_MESSAGE = 50, EMOJI_PER_PERSON = 23 };

/* What the old selectors of these methods point at: only messages take reactions here. */
static enum err check_item(struct str file, struct str file_comment, struct str channel, bool has_ts)
{
    if (file.n)
        return ERR_FILE_NOT_FOUND;
    if (file_comment.n)
        return ERR_FILE_COMMENT_NOT_FOUND;
    if (!channel.n || !has_ts)
        return ERR_NO_ITEM_SPECIFIED;
    return OK;
}

/* "thumbsup" or "thumbsup::skin-tone-3", a standard emoji or one of the workspace; colons around it are taken off. */
static enum err check_emoji(struct call *c, struct str *name)
{
    struct str base;
    ptrdiff_t tone;
    int64_t one;
    bool found;

    if (name->n > 2 && name->p[0] == ':' && name->p[name->n - 1] == ':')
        *name = str_of(name->p + 1, name->n - 2);
    if (emoji_known(*name))
        return OK;
    tone = str_find(*name, S("::skin-tone-"));
    base = tone > 0 ? str_head(*name, (size_t)tone) : *name;
    TRY(sql_custom_emoji_has(c->db, c->arena, c->team, base, &one, &found));
    return found ? OK : ERR_INVALID_NAME;
}

static enum err check_room(struct call *c, const struct message_row *m, struct str name)
{
    struct reaction_row *rows;
    int64_t mine = 0;
    int n, distinct = 0;

    TRY(sql_reaction_range(c->db, c->arena, m->channel_id, m->ts, m->ts, &rows, &n));
    for (int i = 0; i < n; i++) {
        bool first = true;
        if (str_eq(rows[i].name, name))
            return OK; /* an emoji that stands there already adds no new one */
        mine += rows[i].user_id == c->who.user;
        for (int j = 0; j < i; j++)
            first = first && !str_eq(rows[j].name, rows[i].name);
        distinct += first;
    }
    if (distinct >= EMOJI_PER_MESSAGE)
        return ERR_TOO_MANY_EMOJI;
    return mine >= EMOJI_PER_PERSON ? ERR_TOO_MANY_REACTIONS : OK;
}

enum err reactions_add(struct call *c, const struct reactions_add_args *a)
{
    struct str name = a->name;
    struct message_row *m;
    int64_t changed;

    if (a->file.n || a->file_comment.n)
        return ERR_NOT_REACTABLE;
    TRY(message_open(c, c->channel, a->timestamp, &m));
    TRY(check_emoji(c, &name));
    TRY(check_room(c, m, name));
    TRY(sql_reaction_add(c->db, c->arena, m->channel_id, m->ts, name, c->who.user, c->now_us, &changed));
    if (!changed)
        return ERR_ALREADY_REACTED;
    TRY(count_reaction(c, c->channel));
    TRY(sql_message_set_reacted(c->db, c->arena, m->channel_id, m->ts, 1, &changed));
    TRY(sql_channel_changed(c->db, c->arena, m->channel_id, &changed));
    emit_reaction_added(
        c, &(struct ev_reaction_added){
               .to = m->channel_id,
               .user = c->who.user,
               .reaction = name,
               .item_user = m->user_id,
               .item = &(struct obj_reaction_ref){.type = S("message"), .channel = m->channel_id, .ts = m->ts},
               .event_ts = c->now_us,
           });
    return OK;
}

enum err reactions_remove(struct call *c, const struct reactions_remove_args *a)
{
    struct reaction_row *rows;
    struct str name = a->name;
    struct message_row *m;
    int64_t changed;
    int n;

    TRY(check_item(a->file, a->file_comment, a->channel, a->has_timestamp));
    TRY(message_open(c, c->channel, a->timestamp, &m));
    TRY(check_emoji(c, &name));
    TRY(sql_reaction_remove(c->db, c->arena, m->channel_id, m->ts, name, c->who.user, &changed));
    if (!changed)
        return ERR_NO_REACTION;
    if (activity_kept(c, c->channel)) /* who ever reacted */
        TRY(touch_add(c, m->channel_id, m->ts, TOUCH_REACTION, c->who.user));
    TRY(sql_reaction_range(c->db, c->arena, m->channel_id, m->ts, m->ts, &rows, &n));
    TRY(sql_message_set_reacted(c->db, c->arena, m->channel_id, m->ts, n > 0, &changed));
    TRY(sql_channel_changed(c->db, c->arena, m->channel_id, &changed));
    emit_reaction_removed(
        c, &(struct ev_reaction_removed){
               .to = m->channel_id,
               .user = c->who.user,
               .reaction = name,
               .item_user = m->user_id,
               .item = &(struct obj_reaction_ref){.type = S("message"), .channel = m->channel_id, .ts = m->ts},
               .event_ts = c->now_us,
           });
    return OK;
}

enum err reactions_get(struct call *c, const struct reactions_get_args *a)
{
    struct message_view view;
    struct message_row *m;
    char id[ID_MAX];

    TRY(check_item(a->file, a->file_comment, a->channel, a->has_timestamp));
    TRY(message_open(c, c->channel, a->timestamp, &m));
    TRY(message_view_open(c, c->channel, m, 1, &view));
    view.full_reactions = a->full;
    view.permalink = true;
    json_str(&c->out, S("type"), S("message"));
    json_str(&c->out, S("channel"), str_of(id, id_format(m->channel_id, id)));
    return message_put(&view, S("message"), m);
}

/* --- list ----------------------------------------------------------------------------------------------------- */

static enum err put_item(struct call *c, const struct message_row *m, bool full)
{
    struct channel_row ch;
    struct message_view view;
    char id[ID_MAX];
    bool found;

    TRY(sql_channel_for(c->db, c->arena, m->channel_id, c->who.user, &ch, &found));
    TRY(message_view_open(c, &ch, m, 1, &view));
    view.full_reactions = full;
    view.permalink = true;
    json_open(&c->out, S(""), '{');
    json_str(&c->out, S("type"), S("message"));
    json_str(&c->out, S("channel"), str_of(id, id_format(m->channel_id, id)));
    TRY(message_put(&view, S("message"), m));
    json_close(&c->out, '}');
    return OK;
}

static enum err whose(struct call *c, struct str text, int64_t *user)
{
    struct user_row u;
    bool found;

    *user = c->who.user;
    if (text.n == 0)
        return OK;
    *user = id_parse_kind(text, "UW");
    TRY(sql_user_in_team(c->db, c->arena, *user, c->team, &u, &found));
    return *user && found && u.is_member ? OK : ERR_USER_NOT_FOUND;
}

/* Two ways of paging: by cursor when `limit` or `cursor` is given, else by page and count. */
enum err reactions_list(struct call *c, const struct reactions_list_args *a)
{
    bool by_cursor = a->cursor.n > 0 || a->limit > 0;
    struct page_old page = page_old_of(by_cursor ? (a->limit ? a->limit : 100) : a->count, a->page);
    int64_t user, size = page.size, before_channel, before_ts, total;
    struct message_row *rows;
    bool found;
    int n;

    TRY(team_choose(c, a->team_id));
    TRY(whose(c, a->user, &user));
    TRY(page_cursor(c, a->cursor, "reacted", &before_ts, &before_channel));
    if (!before_ts)
        before_ts = INT64_MAX;
    TRY(sql_reacted_messages(c->db, c->arena, user, c->team, c->who.user, c->who.guest != GUEST_NONE, before_ts,
                             before_channel, size + 1, by_cursor ? 0 : page.skip, &rows, &n));
    json_open(&c->out, S("items"), '[');
    for (int i = 0; i < n && i < size; i++)
        TRY(put_item(c, &rows[i], a->full));
    json_close(&c->out, ']');
    c->paged = by_cursor;
    if (by_cursor) {
        if (n > size)
            page_next(c, "reacted", rows[size - 1].ts, rows[size - 1].channel_id);
        return OK;
    }
    TRY(sql_reacted_count(c->db, c->arena, user, c->team, c->who.user, c->who.guest != GUEST_NONE, &total, &found));
    page_old_put(&c->out, &page, total);
    return OK;
}
