#include "core/content.h"

#include "base/id.h"
#include "base/utf8.h"
#include "core/attachments.h"
#include "core/blocks.h"
#include "core/channel.h"
#include "core/emoji.h"
#include "core/markdown.h"
#include "core/mrkdwn.h"
#include "sql.h"

enum { MARKDOWN_MAX_CHARS = 12000, METADATA_MAX_BYTES = 16000, USERNAME_MAX_CHARS = 80, EVENT_TYPE_MAX_CHARS = 255 };

/* --- text ----------------------------------------------------------------------------------------------------- */

static enum err cut(struct call *c, struct str *text, size_t max_chars, bool strict)
{
    bool was_longer = false;
    struct str shorter = mrkdwn_cut(*text, max_chars, &was_longer);

    if (was_longer && strict)
        return ERR_MSG_TOO_LONG;
    if (was_longer)
        call_warn(c, WARN_MESSAGE_TRUNCATED);
    *text = shorter;
    return OK;
}

static enum err read_markdown(struct call *c, const struct content_in *in, struct str *text)
{
    *text = in->markdown_text;
    if (in->text.n || (in->blocks && in->blocks->count))
        return ERR_MARKDOWN_TEXT_CONFLICT;
    TRY(cut(c, text, MARKDOWN_MAX_CHARS, in->text_strict));
    *text = markdown_to_mrkdwn(c->arena, *text);
    return OK;
}

static enum err read_text(struct call *c, const struct content_in *in, struct content *out)
{
    enum mrkdwn_parse mode = MRKDWN_NONE;
    struct str text = in->text;

    if (in->markdown_text.n)
        TRY(read_markdown(c, in, &text));
    if (in->parse.n && !mrkdwn_parse_mode(in->parse, &mode))
        mode = MRKDWN_NONE;
    TRY(cut(c, &text, in->text_max, in->text_strict));
    out->text = mrkdwn_store(c->arena, text, mode, in->plain);
    out->full = mode == MRKDWN_FULL;
    out->wants_names = (in->link_names || out->full) && !in->plain && mrkdwn_has_names(out->text);
    return OK;
}

/* --- blocks --------------------------------------------------------------------------------------------------- */

static enum err read_blocks(struct call *c, const struct content_in *in, struct content *out)
{
    struct blocks_in how = {.pointer = "/blocks", .max_blocks = BLOCKS_PER_MESSAGE};
    struct blocks_out blocks;
    enum err e;

    if (!in->has_blocks || !in->blocks)
        return OK;
    e = blocks_read(c->arena, in->blocks, &how, &blocks);
    for (int i = 0; i < blocks.lines_n; i++)
        call_line(c, blocks.lines[i]);
    out->blocks = blocks.json;
    return e;
}

/* --- metadata ------------------------------------------------------------------------------------------------- */

/* {"event_type": …, "event_payload": {…}}: what apps tell each other with a message. */
static enum err read_metadata(struct call *c, const struct content_in *in, struct content *out)
{
    const struct json *type = json_get(in->metadata, S("event_type")),
                      *payload = json_get(in->metadata, S("event_payload"));
    struct buf b = buf_in(c->arena, METADATA_MAX_BYTES + 1024);
    struct json_out o = {.b = &b};

    if (!in->has_metadata || !in->metadata)
        return OK;
    if (in->metadata->kind != JSON_OBJECT)
        return ERR_INVALID_METADATA_FORMAT;
    if (in->metadata->count == 0)
        return OK;
    if (!c->who.app)
        return ERR_METADATA_MUST_BE_SENT_FROM_APP;
    if (!type || type->kind != JSON_STRING || type->text.n == 0 || utf8_count(type->text) > EVENT_TYPE_MAX_CHARS ||
        !payload || payload->kind != JSON_OBJECT)
        return ERR_INVALID_METADATA_SCHEMA;
    if (json_raw(payload).n > METADATA_MAX_BYTES)
        return ERR_METADATA_TOO_LARGE;
    json_open(&o, S(""), '{');
    json_str(&o, S("event_type"), type->text);
    json_text(&o, S("event_payload"), json_raw(payload));
    json_close(&o, '}');
    out->metadata = buf_view(&b);
    return OK;
}

/* --- the look of the author ----------------------------------------------------------------------------------- */

/* ":tada:" or "tada" as the emoji's name between colons; empty when it is none. */
static struct str emoji_of(struct arena *a, struct str text)
{
    struct str name = text;

    if (str_starts(name, S(":")) && str_ends(name, S(":")) && name.n > 2)
        name = str_of(name.p + 1, name.n - 2);
    return emoji_name_valid(name) ? arena_printf(a, ":%.*s:", STR_FMT(name)) : S("");
}

static void read_look(struct call *c, const struct content_in *in, struct content *out)
{
    struct str emoji = emoji_of(c->arena, in->icon_emoji);
    bool picture = mrkdwn_is_url(in->icon_url);
    struct buf b = buf_in(c->arena, 1 << 14);
    struct json_out o = {.b = &b};

    if (!in->username.n && !emoji.n && !picture)
        return;
    json_open(&o, S(""), '{');
    if (in->username.n)
        json_str(&o, S("username"), utf8_head(in->username, USERNAME_MAX_CHARS));
    if (emoji.n || picture) {
        json_open(&o, S("icons"), '{');
        if (emoji.n)
            json_str(&o, S("emoji"), emoji);
        else
            json_str(&o, S("image_48"), in->icon_url);
        json_close(&o, '}');
    }
    json_close(&o, '}');
    if (!b.over)
        out->extra = buf_view(&b);
}

/* --- all ------------------------------------------------------------------------------------------------------ */

enum err content_read(struct call *c, const struct content_in *in, struct content *out)
{
    *out = (struct content){0};
    TRY(read_text(c, in, out));
    TRY(read_blocks(c, in, out));
    if (in->has_attachments && in->attachments)
        TRY(attachments_read(c, in->attachments, &out->attachments));
    TRY(read_metadata(c, in, out));
    read_look(c, in, out);
    return OK;
}

bool content_is_empty(const struct content *content)
{
    return content->text.n == 0 && content->blocks.n == 0 && content->attachments.n == 0;
}

/* Look-ups while a text is linked; the first failure is kept. */
struct lookup {
    struct call *c;
    enum err e;
};

static int64_t find_user(void *ctx, struct str name)
{
    struct lookup *l = ctx;
    int64_t id = 0;
    bool found = false;

    if (l->e == OK)
        l->e = sql_user_by_name(l->c->db, l->c->arena, l->c->team, name, &id, &found);
    return l->e == OK && found ? id : 0;
}

/* Only channels that the author may see become links: a name must not tell that it exists. */
static int64_t find_channel(void *ctx, struct str name)
{
    struct lookup *l = ctx;
    struct channel_row *ch;
    int64_t id = 0;
    bool found = false;
    enum err e;

    if (l->e == OK)
        l->e = sql_channel_named(l->c->db, l->c->arena, l->c->team, name, &id, &found);
    if (l->e != OK || !found)
        return 0;
    e = channel_get(l->c, id, &ch);
    if (e != OK && e != ERR_CHANNEL_NOT_FOUND)
        l->e = e;
    return e == OK ? id : 0;
}

enum err content_link(struct call *c, struct content *content)
{
    struct lookup l = {.c = c};
    struct mrkdwn_names names = {.ctx = &l, .user = find_user, .channel = find_channel};

    if (content->wants_names)
        content->text = mrkdwn_link(c->arena, content->text, &names);
    return l.e;
}
