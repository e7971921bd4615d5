/* Whatever a page holds, what it says of itself is valid UTF-8 and bounded.  The first byte chooses what the server
 * says of the charset. */
#include <stdlib.h>

#include "base/utf8.h"
#include "live/webpage.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_be_text(struct str s, size_t max_chars)
{
    must(utf8_valid(s) && utf8_count(s) <= max_chars);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const types[] = {"text/html",
                                        "text/html; charset=utf-8",
                                        "text/html; charset=\"iso-8859-1\"",
                                        "text/html;charset=shift_jis",
                                        "application/xhtml+xml; charset=utf-16",
                                        ""};
    struct arena *a;
    struct webpage page;
    char *copy;

    if (n == 0)
        return 0;
    a = arena_new(4096);
    copy = malloc(n); /* of exactly this size, so that a read past the end is seen */
    memcpy(copy, data + 1, n - 1);
    webpage_read(a, S("https://site.example/page"), str_c(types[data[0] % 6]), str_of(copy, n - 1), &page);
    must_be_text(page.title, 300);
    must_be_text(page.description, 700);
    must_be_text(page.site_name, 100);
    must(utf8_valid(page.image) && (!page.image.n || str_starts(page.image, S("http"))));
    free(copy);
    arena_free(a);
    return 0;
}
