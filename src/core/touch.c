#include "core/touch.h"

#include "base/id.h"
#include "core/client_kind.h"
#include "settings.h"

enum { LINKS_MAX = 100, TS_DIGITS_MAX = 18 }; /* of one message that are looked up */

bool activity_kept(const struct call *c, const struct channel_row *ch)
{
    const struct settings *s = c->settings;

    return !str_eq(s->analytics, S("off")) && (ch->kind == CHANNEL_PUBLIC || !str_eq(s->analytics_private, S("off")));
}

enum err touch_add(struct call *c, int64_t channel, int64_t ts, enum touch what, int64_t user)
{
    int64_t changed;

    return sql_touch_add(c->db, c->arena, channel, ts, what, user, &changed);
}

enum err touch_has(struct call *c, int64_t channel, int64_t ts, enum touch what, int64_t user, bool *has)
{
    int64_t one;

    return sql_touch_has(c->db, c->arena, channel, ts, what, user, &one, has);
}

enum err touch_click(struct call *c, const struct channel_row *ch, int64_t ts)
{
    if (!client_is_person(c) || !activity_kept(c, ch))
        return OK;
    return touch_add(c, ch->id, ts, TOUCH_CLICK, c->who.user);
}

/* --- links to messages ---------------------------------------------------------------------------------------- */

struct link {
    int64_t channel, ts;
};

static char fold(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

/* JSON may write each slash with a backslash before it. */
static bool ends_with_url(struct str text, struct str url)
{
    while (url.n) {
        if (!text.n || fold(text.p[text.n - 1]) != fold(url.p[url.n - 1]))
            return false;
        text.n--;
        url.n--;
        while (text.n && text.p[text.n - 1] == '\\')
            text.n--;
    }
    return true;
}

static bool take_slash(struct str *rest)
{
    if (rest->n && rest->p[0] == '\\')
        *rest = str_skip(*rest, 1);
    if (!rest->n || rest->p[0] != '/')
        return false;
    *rest = str_skip(*rest, 1);
    return true;
}

static struct str take_id(struct str *rest)
{
    size_t n = 0;
    struct str id;

    while (n < rest->n && ((rest->p[n] >= '0' && rest->p[n] <= '9') || (rest->p[n] >= 'A' && rest->p[n] <= 'Z')))
        n++;
    id = str_head(*rest, n);
    *rest = str_skip(*rest, n);
    return id;
}

static int64_t take_digits(struct str *rest)
{
    int64_t v = 0;
    size_t n = 0;

    for (; n < rest->n && n < TS_DIGITS_MAX && rest->p[n] >= '0' && rest->p[n] <= '9'; n++)
        v = v * 10 + (rest->p[n] - '0');
    *rest = str_skip(*rest, n);
    return v;
}

/* rest: what stands behind "archives". */
static bool read_link(struct str *rest, struct link *out)
{
    if (!take_slash(rest))
        return false;
    out->channel = id_parse_kind(take_id(rest), "CGD");
    if (!out->channel || !take_slash(rest) || !rest->n || rest->p[0] != 'p')
        return false;
    *rest = str_skip(*rest, 1);
    out->ts = take_digits(rest);
    return out->ts > 0;
}

static bool is_known(const struct link *links, int n, const struct link *l)
{
    for (int i = 0; i < n; i++)
        if (links[i].channel == l->channel && links[i].ts == l->ts)
            return true;
    return false;
}

static int find_links(struct str text, struct str base_url, struct link *links, int n)
{
    struct str word = S("archives"), rest = text;
    ptrdiff_t at;

    while (n < LINKS_MAX && (at = str_find(rest, word)) >= 0) {
        struct str before = str_head(text, (size_t)(rest.p - text.p) + (size_t)at);
        struct link l;
        rest = str_skip(rest, (size_t)at + word.n);
        if (ends_with_url(before, base_url) && read_link(&rest, &l) && !is_known(links, n, &l))
            links[n++] = l;
    }
    return n;
}

/* --- shares --------------------------------------------------------------------------------------------------- */

/* May the author see it, is it there, and is it kept? */
static enum err is_visible(struct call *c, const struct message_row *m, int64_t team, const struct link *l, bool *yes)
{
    struct channel_row ch;
    struct user_row author;
    struct stub_row target;

    *yes = false;
    TRY(sql_channel_for(c->db, c->arena, l->channel, m->user_id, &ch, yes));
    if (!*yes)
        return OK;
    TRY(sql_user_in_team(c->db, c->arena, m->user_id, team, &author, yes));
    *yes = *yes && !author.is_bot && activity_kept(c, &ch) &&
           channel_visible(&(struct actor){.user = m->user_id, .team = team, .guest = (enum guest)author.guest}, team,
                           &ch);
    if (!*yes)
        return OK;
    return sql_message_stub(c->db, c->arena, l->channel, l->ts, &target, yes);
}

enum err touch_shares(struct call *c, int64_t team, const struct message_row *m)
{
    struct link links[LINKS_MAX];
    int n = 0;

    if (!m->user_id || m->bot_id)
        return OK;
    n = find_links(m->text, c->base_url, links, n);
    n = find_links(m->blocks, c->base_url, links, n);
    n = find_links(m->attachments, c->base_url, links, n);
    for (int i = 0; i < n; i++) {
        bool visible;
        TRY(is_visible(c, m, team, &links[i], &visible));
        if (visible && !(links[i].channel == m->channel_id && links[i].ts == m->ts))
            TRY(touch_add(c, links[i].channel, links[i].ts, TOUCH_SHARE, m->user_id));
    }
    return OK;
}
