/* live/webpage: what pages say of themselves, and pages that mean harm. */
#include "base/buf.h"
#include "base/clock.h"
#include "check.h"
#include "live/webpage.h"

enum { PAGE_MAX = 1 << 20 };

static struct arena *a;

static bool page_as(const char *type, const char *html, struct webpage *out)
{
    return webpage_read(a, S("https://site.example/a/page?q"), str_c(type), str_c(html), out);
}

static bool page(const char *html, struct webpage *out)
{
    return page_as("text/html; charset=utf-8", html, out);
}

static void sources(void)
{
    struct webpage p;

    CHECK(page("<title>Plain\n  title</title><meta name=description content='About &amp; more'><body>x", &p));
    CHECK(str_eq(p.title, str_c("Plain title")));
    CHECK(str_eq(p.description, str_c("About & more")));
    CHECK(!p.image.n && !p.site_name.n && !p.is_media && !p.large_image);

    CHECK(page(
        "<html><head><META PROPERTY=\"og:title\" CONTENT=\"Open &lt;b&gt;\"><meta name=\"twitter:title\" content=t>"
        "<title>Plain</title><meta property='og:site_name' content='Site'><meta property='og:image' content='/i.png'>"
        "<meta name='twitter:card' content='summary_large_image'><meta property='og:type' content='video.other'>",
        &p));
    CHECK(str_eq(p.title, str_c("Open <b>")));
    CHECK(str_eq(p.site_name, str_c("Site")));
    CHECK(str_eq(p.image, str_c("https://site.example/i.png")));
    CHECK(p.is_media && p.large_image);

    CHECK(page(
        "<meta name=twitter:title content=T><meta name=twitter:image content='//cdn.example/i'><title>Plain</title>",
        &p));
    CHECK(str_eq(p.title, str_c("T")));
    CHECK(str_eq(p.image, str_c("https://cdn.example/i")));
    CHECK(page("<title>a</title><meta property=og:image content='javascript:alert(1)'>", &p));
    CHECK(!p.image.n);
    CHECK(page("<title>a</title><meta property=og:image content='data:image/png;base64,AAAA'>", &p));
    CHECK(!p.image.n);
    CHECK(page("<title></title><title>second</title><svg><title>picture</title></svg>", &p));
    CHECK(str_eq(p.title, str_c("second")));
    CHECK(page("<title>a<!-- b --></title><script>document.write('<meta property=og:title content=no>')</script>", &p));
    CHECK(str_starts(p.title, S("a")));
}

static void nothing(void)
{
    struct webpage p;

    CHECK(!page("", &p));
    CHECK(!page("<p>no title", &p));
    CHECK(!page("<title>  </title>", &p));
    CHECK(!page_as("application/json", "<title>a</title>", &p));
    CHECK(!page_as("image/png", "<title>a</title>", &p));
    CHECK(page_as("", "<title>a</title>", &p));
    CHECK(!page_as("", "just text", &p));
    CHECK(page_as("Application/XHTML+xml",
                  "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><title>a</title></html>", &p));
    CHECK(!webpage_read(a, S("https://site.example/"), S("text/html"), str_of("<title>a\0b", 10), &p) || p.title.n);
}

static void charsets(void)
{
    struct webpage p;

    CHECK(page_as("text/html; charset=\"iso-8859-1\"", "<title>caf\xe9</title>", &p));
    CHECK(str_eq(p.title, str_c("caf\xc3\xa9")));
    CHECK(page_as("text/html", "<meta charset=koi8-r><title>\xf2\xd5\xd3</title>", &p));
    CHECK(str_eq(p.title, str_c("\xd0\xa0\xd1\x83\xd1\x81")));
    CHECK(page_as("text/html", "<title>caf\xc3\xa9</title>", &p)); /* nobody says so, but it is */
    CHECK(str_eq(p.title, str_c("caf\xc3\xa9")));
    CHECK(page_as("text/html; charset=iso-8859-1", "<title>caf\xc3\xa9</title>", &p)); /* the server is wrong */
    CHECK(str_eq(p.title, str_c("caf\xc3\xa9")));
    CHECK(page_as("text/html; charset=nonsense", "<title>caf\xe9</title>", &p));
    CHECK(!page_as("text/html; charset=utf-8", "<title>\xff\xfe\xfd</title>", &p) || p.title.n);
    CHECK(page_as("text/html; charset=shift_jis", "<title>\x93\xfa\x96{</title>", &p));
    CHECK(str_eq(p.title, str_c("\xe6\x97\xa5\xe6\x9c\xac")));
}

static struct str repeated(const char *head, const char *piece)
{
    struct buf b = buf_in(a, PAGE_MAX);

    buf_str(&b, str_c(head));
    while (b.n + strlen(piece) < PAGE_MAX)
        buf_str(&b, str_c(piece));
    return buf_view(&b);
}

/* Each is a megabyte; what is not held back takes minutes. */
static void hostile(void)
{
    static const char *const pieces[] = {"<div>",
                                         "<b>",
                                         "<p>",
                                         "<a x",
                                         "<",
                                         "<!--",
                                         "&#",
                                         "<table>",
                                         "</i>",
                                         "<b></i>",
                                         "<b><i><a x>",
                                         "<meta a=b>",
                                         "<title>",
                                         "<![CDATA[",
                                         "&lt;",
                                         "<svg><title>",
                                         "\xf0\x9f\x98\x80",
                                         "<script>",
                                         "<select><option>",
                                         "<?xml?>"};
    struct buf b;
    struct webpage p;

    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        int64_t began_us = clock_mono_us();
        webpage_read(a, S("https://site.example/"), S("text/html"), repeated("<title>a</title>", pieces[i]), &p);
        webpage_read(a, S("https://site.example/"), S("text/html"), repeated("", pieces[i]), &p);
        CHECK(clock_mono_us() - began_us < 20 * US_PER_S);
    }
    b = buf_in(a, PAGE_MAX); /* a tag of a hundred thousand attributes, and a title before it */
    buf_str(&b, S("<title>found</title><a "));
    for (int i = 0; i < 100000; i++)
        buf_printf(&b, "a%d ", i);
    CHECK(webpage_read(a, S("https://site.example/"), S("text/html"), buf_view(&b), &p));
    CHECK(str_eq(p.title, str_c("found")));
    CHECK(page_as("text/html", arena_cstr(a, repeated("<title>", "word ")), &p));
    CHECK(p.title.n <= 300);
}

int main(void)
{
    a = arena_new(1 << 20);
    sources();
    nothing();
    charsets();
    hostile();
    arena_free(a);
    return 0;
}
