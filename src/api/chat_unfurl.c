/* chat.unfurl: an app's previews of the links that a message holds. */
#include "args_chat.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/attachments.h"
#include "core/blocks.h"
#include "core/install.h"
#include "core/message_change.h"
#include "core/mrkdwn.h"
#include "core/put.h"

enum { UNFURLS_MAX = 20 };

/* --- which message -------------------------------------------------------------------------------------------- */

/* unfurl_id is "<conversation>-<ts>": it stands for both. */
static enum err read_unfurl_id(const struct chat_unfurl_args *a, int64_t *channel, int64_t *ts)
{
    struct str rest = a->unfurl_id, id;

    if (!a->source.n)
        return ERR_MISSING_SOURCE;
    if (!str_eq(a->source, S("composer")) && !str_eq(a->source, S("conversations_history")))
        return ERR_INVALID_SOURCE;
    if (!a->unfurl_id.n)
        return ERR_MISSING_UNFURL_ID;
    str_cut(&rest, '-', &id);
    *channel = id_parse_kind(id, "CGD");
    return *channel && ts_parse(rest, ts) ? OK : ERR_INVALID_UNFURL_ID;
}

static enum err read_place(const struct chat_unfurl_args *a, int64_t *channel, int64_t *ts)
{
    if (a->source.n || a->unfurl_id.n)
        return read_unfurl_id(a, channel, ts);
    if (!a->channel.n)
        return ERR_MISSING_CHANNEL;
    if (!a->ts.n)
        return ERR_MISSING_TS;
    *channel = id_parse_kind(a->channel, "CGD");
    return ts_parse(a->ts, ts) ? OK : ERR_CANNOT_FIND_MESSAGE;
}

static enum err open_message(struct call *c, const struct chat_unfurl_args *a, struct message_row **m)
{
    int64_t channel, ts;
    enum err e;

    TRY(read_place(a, &channel, &ts));
    e = channel ? channel_get(c, channel, &c->channel) : ERR_CHANNEL_NOT_FOUND;
    if (e == ERR_CHANNEL_NOT_FOUND || (e == OK && !c->channel->is_member))
        return ERR_CANNOT_FIND_CHANNEL;
    TRY(e);
    e = message_open(c, c->channel, ts, m);
    return e == ERR_MESSAGE_NOT_FOUND ? ERR_CANNOT_FIND_MESSAGE : e;
}

/* --- which links ---------------------------------------------------------------------------------------------- */

/* Does the message hold exactly this link? */
static bool holds(struct arena *a, const struct message_row *m, struct str url)
{
    struct str link = ARENA_JOIN(a, S("<"), mrkdwn_escape(a, url)), rest = m->text;
    ptrdiff_t at;

    while ((at = str_find(rest, link)) >= 0) {
        rest = str_skip(rest, (size_t)at + link.n);
        if (rest.n && (rest.p[0] == '>' || rest.p[0] == '|'))
            return true;
    }
    return m->blocks.n && str_find(m->blocks, url) >= 0;
}

static enum err open_manifest(struct call *c, struct manifest *out)
{
    struct app_row app;
    bool found = false;

    if (c->who.app)
        TRY(sql_app_get(c->db, c->arena, c->who.app, &app, &found));
    if (!found || !manifest_read(c->arena, app.manifest, out) || !out->unfurl_domains.n)
        return ERR_CANNOT_FIND_SERVICE;
    return OK;
}

/* --- previews ------------------------------------------------------------------------------------------------- */

/* One preview as the attachment that it becomes. */
static enum err put_preview(struct json_out *o, struct str url, const struct json *preview)
{
    static const struct str ours[] = {
        {"from_url", 8}, {"original_url", 12}, {"is_app_unfurl", 13}, {"app_unfurl_url", 14}};
    const struct json *key = json_child(preview);

    if (preview->kind != JSON_OBJECT)
        return ERR_CANNOT_PARSE_ATTACHMENT;
    json_open(o, S(""), '{');
    json_str(o, ours[0], url);
    json_str(o, ours[1], url);
    json_bool(o, ours[2], true);
    json_str(o, ours[3], url);
    for (uint32_t i = 0; i < preview->count; i++, key = json_next(json_next(key))) {
        bool taken = false;
        for (int k = 0; k < 4; k++)
            taken = taken || str_eq(key->text, ours[k]);
        if (taken)
            continue;
        json_key_text(o, key->text);
        json_text(o, S(""), json_raw(json_next(key)));
    }
    json_close(o, '}');
    return OK;
}

/* All previews, checked and normalized as attachments are. */
static enum err read_previews(struct call *c, const struct json *unfurls, const struct manifest *manifest,
                              const struct message_row *m, struct str *out)
{
    struct buf b = buf_in(c->arena, ATTACHMENTS_MAX_BYTES);
    struct json_out o = {.b = &b};
    const struct json *url = json_child(unfurls), *list;
    struct str domain;

    if (unfurls->kind != JSON_OBJECT || unfurls->count > UNFURLS_MAX)
        return ERR_INVALID_UNFURLS_FORMAT;
    json_open(&o, S(""), '[');
    for (uint32_t i = 0; i < unfurls->count; i++, url = json_next(json_next(url))) {
        if (!manifest_unfurls(&manifest->unfurl_domains, url->text, &domain))
            return ERR_CANNOT_UNFURL_URL;
        if (!holds(c->arena, m, url->text))
            return ERR_CANNOT_UNFURL_MESSAGE;
        TRY(put_preview(&o, url->text, json_next(url)));
    }
    json_close(&o, ']');
    list = b.over ? NULL : json_parse(c->arena, buf_view(&b), NULL);
    return list && attachments_read(c, list, out) == OK ? OK : ERR_CANNOT_PARSE_ATTACHMENT;
}

static bool is_ours(const struct call *c, const struct json *attachment)
{
    return id_parse(json_get_str(attachment, S("app_id"))) == c->who.app;
}

/* Copies the attachments of a list, numbering on; `previews` are the app's and get its ids. */
static void put_attachments(struct call *c, struct json_out *o, const struct json *list, bool previews, int *number)
{
    const struct json *item;

    if (!list)
        return;
    item = json_child(list);
    for (uint32_t i = 0; i < list->count; i++, item = json_next(item)) {
        const struct json *key = json_child(item);
        if (!previews && is_ours(c, item)) /* an earlier preview: the new ones take its place */
            continue;
        json_open(o, S(""), '{');
        json_int(o, S("id"), (*number)++);
        for (uint32_t k = 0; k < item->count; k++, key = json_next(json_next(key))) {
            if (str_eq(key->text, S("id")))
                continue;
            json_key_text(o, key->text);
            json_text(o, S(""), json_raw(json_next(key)));
        }
        if (previews) {
            put_id(o, S("bot_id"), c->who.bot);
            put_id(o, S("app_id"), c->who.app);
        }
        json_close(o, '}');
    }
}

static enum err attach(struct call *c, const struct message_row *before, struct str previews)
{
    struct message_row after = *before;
    struct buf b = buf_in(c->arena, 2 * ATTACHMENTS_MAX_BYTES);
    struct json_out o = {.b = &b};
    int number = 1;

    json_open(&o, S(""), '[');
    put_attachments(c, &o, before->attachments.n ? json_parse(c->arena, before->attachments, NULL) : NULL, false,
                    &number);
    put_attachments(c, &o, previews.n ? json_parse(c->arena, previews, NULL) : NULL, true, &number);
    json_close(&o, ']');
    if (b.over)
        return ERR_CANNOT_PARSE_ATTACHMENT;
    after.attachments = number > 1 ? buf_view(&b) : S("");
    return message_attach(c, c->channel, before, &after);
}

/* --- asking the author to sign in ----------------------------------------------------------------------------- */

static bool asks(const struct chat_unfurl_args *a)
{
    return a->user_auth_required || a->user_auth_message.n || a->user_auth_url.n || a->user_auth_blocks;
}

static enum err ask_author(struct call *c, const struct chat_unfurl_args *a, const struct message_row *m)
{
    struct message_row prompt = {.channel_id = m->channel_id,
                                 .ts = c->now_us > c->channel->last_ts ? c->now_us : c->channel->last_ts + 1,
                                 .user_id = c->who.user,
                                 .bot_id = c->who.bot,
                                 .app_id = c->who.app};
    struct str url = mrkdwn_escape(c->arena, a->user_auth_url);

    if (m->bot_id || !m->user_id)
        return ERR_CANNOT_AUTH_USER;
    prompt.text = mrkdwn_store(c->arena, a->user_auth_message, MRKDWN_NONE, false);
    if (!prompt.text.n && url.n)
        prompt.text = arena_printf(c->arena, "<%.*s|Sign in> to see previews of %.*s here.", STR_FMT(url),
                                   STR_FMT(c->who.app_name));
    if (!prompt.text.n)
        prompt.text = arena_printf(c->arena, "Sign in with %.*s to see its previews here.", STR_FMT(c->who.app_name));
    return message_emit_ephemeral(c, c->channel, m->user_id, &prompt);
}

enum err chat_unfurl(struct call *c, const struct chat_unfurl_args *a)
{
    struct manifest manifest;
    struct message_row *m;
    struct str previews;

    TRY(open_message(c, a, &m));
    TRY(open_manifest(c, &manifest));
    if (asks(a) && !a->has_unfurls)
        return ask_author(c, a, m);
    if (!a->has_unfurls)
        return ERR_MISSING_UNFURLS;
    TRY(read_previews(c, a->unfurls, &manifest, m, &previews));
    TRY(attach(c, m, previews));
    return asks(a) ? ask_author(c, a, m) : OK;
}
