#include "live/links.h"

enum { LINKS_MAX = 20 };

/* Addresses stand in a text with &, < and > escaped. */
static struct str unescape(struct arena *a, struct str s)
{
    static const struct str from[] = {{"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}};
    struct buf b = buf_in(a, s.n + 1);

    while (s.n) {
        int k = 0;
        while (k < 3 && !str_starts(s, from[k]))
            k++;
        buf_char(&b, k < 3 ? "&<>"[k] : s.p[0]);
        s = str_skip(s, k < 3 ? from[k].n : 1);
    }
    return buf_view(&b);
}

/* The next <http…> or <http…|label> of *rest; false when there is none. */
static bool next_link(struct arena *a, struct str *rest, struct str *url)
{
    ptrdiff_t at = str_find(*rest, S("<http"));
    size_t n = 0;

    if (at < 0)
        return false;
    *rest = str_skip(*rest, (size_t)at + 1);
    while (n < rest->n && rest->p[n] != '>' && rest->p[n] != '|')
        n++;
    *url = unescape(a, str_head(*rest, n));
    return true;
}

static bool is_in(const struct str *urls, int n, struct str url)
{
    for (int i = 0; i < n; i++)
        if (str_eq(urls[i], url))
            return true;
    return false;
}

/* Writes the links of these domains, each once; returns how many. */
static int put_links(struct arena *a, struct json_out *o, struct str text, const struct str_list *domains)
{
    struct str urls[LINKS_MAX], url, domain;
    int n = 0;

    while (n < LINKS_MAX && next_link(a, &text, &url)) {
        if (!manifest_unfurls(domains, url, &domain) || is_in(urls, n, url))
            continue;
        urls[n++] = url;
        json_open(o, S(""), '{');
        json_str(o, S("url"), url);
        json_str(o, S("domain"), domain);
        json_close(o, '}');
    }
    return n;
}

struct str links_event(struct arena *a, const struct link_message *m, const struct str_list *domains, bool is_member)
{
    struct buf b = buf_in(a, 1 << 20);
    struct json_out o = {.b = &b};
    int n;

    json_open(&o, S(""), '{');
    json_str(&o, S("type"), S("link_shared"));
    json_str(&o, S("channel"), m->channel);
    json_bool(&o, S("is_bot_user_member"), is_member);
    json_str(&o, S("user"), m->user);
    json_str(&o, S("message_ts"), m->ts);
    if (m->thread_ts.n)
        json_str(&o, S("thread_ts"), m->thread_ts);
    json_str(&o, S("unfurl_id"), ARENA_JOIN(a, m->channel, S("-"), m->ts));
    json_str(&o, S("source"), S("conversations_history"));
    json_open(&o, S("links"), '[');
    n = put_links(a, &o, m->text, domains);
    json_close(&o, ']');
    json_str(&o, S("event_ts"), m->ts);
    json_close(&o, '}');
    return n && !b.over ? buf_view(&b) : S("");
}
