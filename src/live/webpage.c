#include "live/webpage.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/late.h"
#include "base/log.h"
#include "base/utf8.h"

enum {
    DEPTH_MAX = 512,       /* libxml2 walks the open elements for each closing tag that fits none */
    TAG_MAX_BYTES = 16384, /* and the attributes of a tag for each of them */
    TIME_MAX_US = 500000,
    TITLE_MAX_CHARS = 300,
    DESCRIPTION_MAX_CHARS = 700,
    SITE_MAX_CHARS = 100,
    URL_MAX_BYTES = 3000,
    TEXT_MAX_BYTES = 8192,
};

/* Where something may be said; the first source that says it wins. */
enum source { OPEN_GRAPH, TWITTER, PLAIN, SOURCES };

struct reading {
    struct arena *arena;
    htmlParserCtxtPtr parser;
    struct str title[SOURCES], description[SOURCES], image[SOURCES], site_name, kind, card;
    bool has_film;
    struct buf title_text; /* of the element */
    bool in_title;
    int depth;
    int64_t until_us;
};

/* --- the library ---------------------------------------------------------------------------------------------- */

/* With it come ICU and the C++ library: 2 MB and a millisecond of each start. */
#define XML_FUNCTIONS(X)                                                                                               \
    X(xmlSetGenericErrorFunc)                                                                                          \
    X(htmlCreateMemoryParserCtxt)                                                                                      \
    X(htmlCtxtUseOptions)                                                                                              \
    X(htmlParseDocument)                                                                                               \
    X(htmlFreeParserCtxt)                                                                                              \
    X(xmlFindCharEncodingHandler)                                                                                      \
    X(xmlSwitchToEncoding)                                                                                             \
    X(xmlFreeDoc)                                                                                                      \
    X(xmlStopParser)

LATE_LIBRARY(xml, "libxml2.so.2", XML_FUNCTIONS)

static bool have_xml;

static void look_for_xml(void)
{
    have_xml = xml_load();
    if (!have_xml)
        log_warn("no_previews",
                 "why=\"libxml2.so.2 is missing\" hint=\"install libxml2; messages are stored without\"");
}

/* --- texts ---------------------------------------------------------------------------------------------------- */

static bool is_space(uint32_t cp)
{
    return cp <= ' ' || cp == 0x7f || cp == 0xa0 || cp == 0x2028 || cp == 0x2029 || cp == 0x3000;
}

/* White space collapsed, at most so many characters; empty when it is no UTF-8. */
static struct str tidy(struct arena *a, struct str s, size_t max_chars)
{
    struct buf b;
    uint32_t cp;
    size_t n, chars = 0;
    bool blank = false;

    if (!utf8_valid(s))
        return S("");
    b = buf_in(a, s.n + 1);
    for (; (n = utf8_decode(s, &cp)) != 0; s = str_skip(s, n)) {
        if (is_space(cp)) {
            blank = b.n > 0;
            continue;
        }
        chars += blank ? 2 : 1;
        if (chars > max_chars)
            break;
        if (blank)
            buf_char(&b, ' ');
        blank = false;
        buf_put(&b, s.p, n);
    }
    return buf_view(&b);
}

static struct str first_of(const struct str *v)
{
    for (int i = 0; i < SOURCES; i++)
        if (v[i].n)
            return v[i];
    return S("");
}

static struct str str_x(const xmlChar *s)
{
    return str_c((const char *)s);
}

/* --- tags ----------------------------------------------------------------------------------------------------- */

static struct str attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (str_eq_nocase(str_x(attributes[0]), str_c(name)))
            return str_x(attributes[1]);
    return S("");
}

static void keep(struct reading *r, struct str *to, struct str text)
{
    if (!to->n && text.n && text.n <= TEXT_MAX_BYTES)
        *to = arena_dup(r->arena, text);
}

static void take_meta(struct reading *r, const xmlChar **attributes)
{
    const struct {
        const char *name;
        struct str *to;
    } known[] = {
        {"og:title", &r->title[OPEN_GRAPH]},
        {"og:description", &r->description[OPEN_GRAPH]},
        {"og:image", &r->image[OPEN_GRAPH]},
        {"og:image:url", &r->image[OPEN_GRAPH]},
        {"og:image:secure_url", &r->image[OPEN_GRAPH]},
        {"og:site_name", &r->site_name},
        {"og:type", &r->kind},
        {"twitter:title", &r->title[TWITTER]},
        {"twitter:description", &r->description[TWITTER]},
        {"twitter:image", &r->image[TWITTER]},
        {"twitter:image:src", &r->image[TWITTER]},
        {"twitter:card", &r->card},
        {"description", &r->description[PLAIN]},
        {"application-name", &r->site_name},
    };
    struct str name = attribute(attributes, "property"), content = attribute(attributes, "content");

    if (!name.n)
        name = attribute(attributes, "name");
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (str_eq_nocase(name, str_c(known[i].name)))
            keep(r, known[i].to, content);
    if (str_eq_nocase(name, S("og:video")) || str_eq_nocase(name, S("og:video:url")))
        r->has_film = content.n > 0;
}

static void stop_if_late(struct reading *r)
{
    if (r->depth > DEPTH_MAX || clock_mono_us() > r->until_us)
        xml.xmlStopParser(r->parser);
}

/* What a page says of itself stands before its body. */
static bool knows_enough(const struct reading *r)
{
    return first_of(r->title).n || r->title_text.n;
}

static void on_start(void *user, const xmlChar *element, const xmlChar **attributes)
{
    struct reading *r = user;
    struct str name = str_x(element);

    r->depth++;
    r->in_title = str_eq(name, S("title")) && !r->title_text.n;
    if (str_eq(name, S("meta")))
        take_meta(r, attributes);
    if (str_eq(name, S("body")) && knows_enough(r))
        xml.xmlStopParser(r->parser);
    stop_if_late(r);
}

static void on_end(void *user, const xmlChar *element)
{
    struct reading *r = user;

    (void)element;
    r->depth -= r->depth > 0;
    r->in_title = false;
    stop_if_late(r);
}

static void on_text(void *user, const xmlChar *text, int n)
{
    struct reading *r = user;

    if (r->in_title && n > 0)
        buf_put(&r->title_text, text, (size_t)n);
    stop_if_late(r);
}

static void on_fault(void *user, const char *format, ...)
{
    stop_if_late(user);
    (void)format;
}

static void say_nothing(void *user, const char *format, ...)
{
    (void)user;
    (void)format;
}

/* --- the document --------------------------------------------------------------------------------------------- */

/* Up to a tag that is longer than tags are. */
static struct str bounded(struct str body)
{
    const char *at = body.p, *end = body.p + body.n, *open;

    while (at < end && (open = memchr(at, '<', (size_t)(end - at))) != NULL) {
        const char *close = memchr(open, '>', (size_t)(end - open));
        if ((close ? close : end) - open > TAG_MAX_BYTES)
            return str_of(body.p, (size_t)(open - body.p));
        at = close ? close : end;
    }
    return body;
}

/* "text/html; charset=koi8-r" -> "koi8-r". */
static struct str charset_of(struct str content_type)
{
    struct str rest = content_type, piece;

    str_cut(&rest, ';', &piece);
    while (str_cut(&rest, ';', &piece)) {
        struct str name;
        str_cut(&piece, '=', &name);
        piece = str_trim(piece);
        if (piece.n >= 2 && piece.p[0] == '"' && piece.p[piece.n - 1] == '"')
            piece = str_of(piece.p + 1, piece.n - 2);
        if (str_eq_nocase(str_trim(name), S("charset")))
            return piece;
    }
    return S("");
}

/* The body may have been cut within a character. */
static bool is_utf8(struct str body)
{
    struct utf8_stream u = {0};

    return utf8_stream_take(&u, body);
}

/* What the server says, unless the bytes show that it is UTF-8; neither: what the page says. */
static void choose_charset(htmlParserCtxtPtr parser, struct arena *a, struct str content_type, struct str body)
{
    struct str charset = is_utf8(body) ? S("UTF-8") : charset_of(content_type);
    xmlCharEncodingHandlerPtr handler = NULL;

    if (charset.n && charset.n < 64 && (!str_eq_nocase(charset, S("utf-8")) || is_utf8(body)))
        handler = xml.xmlFindCharEncodingHandler(arena_cstr(a, charset));
    if (handler)
        xml.xmlSwitchToEncoding(parser, handler);
}

static bool parse(struct reading *r, struct str content_type, struct str body)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    htmlSAXHandler sax = {.startElement = on_start,
                          .endElement = on_end,
                          .characters = on_text,
                          .cdataBlock = NULL,
                          .warning = on_fault,
                          .error = on_fault,
                          .initialized = 1};

    pthread_once(&once, look_for_xml);
    if (!have_xml)
        return false;
    xml.xmlSetGenericErrorFunc(NULL, say_nothing); /* of this thread */
    r->parser = xml.htmlCreateMemoryParserCtxt(body.p, (int)body.n);
    if (!r->parser)
        return false;
    xml.htmlCtxtUseOptions(r->parser, HTML_PARSE_NONET | HTML_PARSE_RECOVER);
    *r->parser->sax = sax;
    r->parser->userData = r;
    choose_charset(r->parser, r->arena, content_type, body);
    xml.htmlParseDocument(r->parser);
    if (r->parser->myDoc)
        xml.xmlFreeDoc(r->parser->myDoc);
    xml.htmlFreeParserCtxt(r->parser);
    return true;
}

/* --- what comes of it ----------------------------------------------------------------------------------------- */

/* The address of a picture, from the page's own. */
static struct str absolute(struct arena *a, struct str page, struct str url)
{
    ptrdiff_t scheme = str_find(page, S("://"));
    struct str rest = str_skip(page, (size_t)scheme + 3), host;

    url = str_trim(url);
    if (url.n > URL_MAX_BYTES || !utf8_valid(url) || scheme < 0)
        return S("");
    if (str_starts(url, S("http://")) || str_starts(url, S("https://")))
        return url;
    if (str_starts(url, S("//")))
        return ARENA_JOIN(a, str_head(page, (size_t)scheme + 1), url);
    if (!str_starts(url, S("/")))
        return S("");
    host = rest;
    for (size_t i = 0; i < rest.n; i++)
        if (strchr("/?#", rest.p[i])) {
            host = str_head(rest, i);
            break;
        }
    return ARENA_JOIN(a, str_head(page, (size_t)scheme + 3), host, url);
}

static bool is_html(struct str content_type, struct str body)
{
    struct str rest = content_type, type;

    str_cut(&rest, ';', &type);
    type = str_trim(type);
    if (type.n)
        return str_eq_nocase(type, S("text/html")) || str_eq_nocase(type, S("application/xhtml+xml"));
    return str_find(str_head(body, 1024), S("<")) >= 0;
}

bool webpage_read(struct arena *a, struct str url, struct str content_type, struct str body, struct webpage *out)
{
    struct reading r = {.arena = a, .title_text = buf_in(a, TEXT_MAX_BYTES), .until_us = clock_mono_us() + TIME_MAX_US};

    *out = (struct webpage){0};
    body = bounded(body);
    if (!body.n || !is_html(content_type, body) || !parse(&r, content_type, body))
        return false;
    r.title[PLAIN] = buf_view(&r.title_text);
    out->title = tidy(a, first_of(r.title), TITLE_MAX_CHARS);
    out->description = tidy(a, first_of(r.description), DESCRIPTION_MAX_CHARS);
    out->site_name = tidy(a, r.site_name, SITE_MAX_CHARS);
    out->image = absolute(a, url, first_of(r.image));
    out->is_media =
        r.has_film || str_starts(r.kind, S("video")) || str_starts(r.kind, S("music")) || str_eq(r.card, S("player"));
    out->large_image = str_eq(r.card, S("summary_large_image"));
    return out->title.n || out->description.n;
}
