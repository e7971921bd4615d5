/* stars.*: what a person keeps for later. */
#include "args_stars.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/file.h"
#include "core/message.h"
#include "core/page_old.h"
#include "core/put.h"
#include "core/team.h"
#include "events.h"

enum { ITEM_MAX_BYTES = 4 << 20, LIST_DEFAULT = 100 };

/* What the caller points at: a file, a message (ts), or a whole conversation. */
static enum err find_item(struct call *c, struct str file, struct str file_comment, bool has_ts, int64_t ts,
                          struct star_row *star)
{
    struct message_row *m;
    struct file_row f;

    *star = (struct star_row){.at_us = c->now_us};
    if (file_comment.n)
        return ERR_FILE_COMMENT_NOT_FOUND;
    if (file.n) {
        TRY(file_open(c, file, &f));
        star->file_id = f.id;
        return OK;
    }
    if (!c->channel)
        return ERR_NO_ITEM_SPECIFIED;
    star->channel_id = c->channel->id;
    star->ts = has_ts ? ts : 0;
    return has_ts ? message_open(c, c->channel, ts, &m) : OK;
}

/* --- items ---------------------------------------------------------------------------------------------------- */

static enum err put_message_item(struct call *c, struct json_out *o, struct channel_row *ch, const struct star_row *s)
{
    struct message_view view;
    struct message_row *m;

    TRY(message_open(c, ch, s->ts, &m));
    TRY(message_view_open(c, ch, m, 1, &view));
    view.permalink = true;
    return message_put_to(&view, o, S("message"), m);
}

static struct str channel_word(const struct channel_row *ch)
{
    static const struct str words[] = {[CHANNEL_PUBLIC] = {"channel", 7},
                                       [CHANNEL_PRIVATE] = {"group", 5},
                                       [CHANNEL_IM] = {"im", 2},
                                       [CHANNEL_MPIM] = {"group", 5}};

    return words[ch->kind];
}

static enum err put_channel_item(struct call *c, struct json_out *o, const struct star_row *s)
{
    struct channel_row *ch;

    TRY(channel_get(c, s->channel_id, &ch));
    json_str(o, S("type"), s->ts ? S("message") : channel_word(ch));
    put_id(o, S("channel"), s->channel_id);
    return s->ts ? put_message_item(c, o, ch, s) : OK;
}

static enum err put_file_item(struct call *c, struct json_out *o, const struct star_row *s)
{
    char id[ID_MAX];
    struct file_row f;

    TRY(file_open(c, str_of(id, id_format(s->file_id, id)), &f));
    json_str(o, S("type"), S("file"));
    return file_put(c, o, S("file"), &f);
}

/* The item as a text of its own; empty when it is gone or the person sees it no more. */
static enum err item_json(struct call *c, const struct star_row *s, struct str *out)
{
    struct buf b = buf_in(c->arena, ITEM_MAX_BYTES);
    struct json_out o = {.b = &b};
    enum err e;

    json_open(&o, S(""), '{');
    e = s->file_id ? put_file_item(c, &o, s) : put_channel_item(c, &o, s);
    json_int(&o, S("date_create"), s->at_us / US_PER_S);
    json_close(&o, '}');
    *out = e == OK ? buf_view(&b) : S("");
    return e == ERR_INTERNAL_ERROR || e == ERR_SERVICE_UNAVAILABLE ? e : OK;
}

/* --- methods -------------------------------------------------------------------------------------------------- */

enum err stars_add(struct call *c, const struct stars_add_args *a)
{
    int64_t last_us, changed;
    struct star_row star;
    struct str item;
    bool found;

    TRY(find_item(c, a->file, a->file_comment, a->has_timestamp, a->timestamp, &star));
    TRY(sql_star_last(c->db, c->arena, c->who.user, c->team, &last_us, &found));
    if (found && last_us >= star.at_us)
        star.at_us = last_us + 1;
    TRY(sql_star_add(c->db, c->arena, c->who.user, c->team, star.channel_id, star.ts, star.file_id, star.at_us,
                     &changed));
    if (!changed)
        return ERR_ALREADY_STARRED;
    TRY(item_json(c, &star, &item));
    emit_star_added(c, &(struct ev_star_added){.to = c->who.user, .user = c->who.user, .item = item});
    return OK;
}

enum err stars_remove(struct call *c, const struct stars_remove_args *a)
{
    struct star_row star;
    struct str item;
    int64_t changed;

    TRY(find_item(c, a->file, a->file_comment, a->has_timestamp, a->timestamp, &star));
    TRY(sql_star_remove(c->db, c->arena, c->who.user, c->team, star.channel_id, star.ts, star.file_id, &changed));
    if (!changed)
        return ERR_NOT_STARRED;
    TRY(item_json(c, &star, &item));
    emit_star_removed(c, &(struct ev_star_removed){.to = c->who.user, .user = c->who.user, .item = item});
    return OK;
}

enum err stars_list(struct call *c, const struct stars_list_args *a)
{
    bool by_cursor = a->cursor.n > 0 || a->limit > 0;
    struct page_old page = page_old_of(by_cursor ? (a->limit ? a->limit : LIST_DEFAULT) : a->count, a->page);
    int64_t before_us, unused, total;
    struct star_row *rows;
    bool found;
    int n;

    TRY(team_choose(c, a->team_id));
    TRY(page_cursor(c, a->cursor, "stars", &before_us, &unused));
    TRY(sql_star_page(c->db, c->arena, c->who.user, c->team, before_us ? before_us : INT64_MAX, page.size + 1,
                      by_cursor ? 0 : page.skip, &rows, &n));
    json_open(&c->out, S("items"), '[');
    for (int i = 0; i < n && i < page.size; i++) {
        struct str item;
        TRY(item_json(c, &rows[i], &item));
        if (item.n)
            json_text(&c->out, S(""), item);
    }
    json_close(&c->out, ']');
    c->paged = by_cursor;
    if (by_cursor) {
        if (n > page.size)
            page_next(c, "stars", rows[page.size - 1].at_us, 0);
        return OK;
    }
    TRY(sql_star_count(c->db, c->arena, c->who.user, c->team, &total, &found));
    page_old_put(&c->out, &page, total);
    return OK;
}
