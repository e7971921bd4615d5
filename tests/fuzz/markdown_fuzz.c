/* Whatever Markdown is sent becomes text that is stored well: valid UTF-8, and no link that runs as script. */
#include <stdlib.h>

#include "base/utf8.h"
#include "core/markdown.h"
#include "core/mrkdwn.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_have_safe_links(struct str text)
{
    struct mrkdwn_ref ref;

    while (mrkdwn_next_ref(&text, &ref))
        must(ref.kind != MRKDWN_URL || mrkdwn_is_url(ref.target));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    char *copy = malloc(n + 1);
    struct str text = {copy, n}, stored;

    if (n)
        memcpy(copy, data, n); /* of exactly this size, so that a read past the end is seen */
    if (utf8_valid(text)) {
        struct str mrkdwn = markdown_to_mrkdwn(a, text);
        must(utf8_valid(mrkdwn));
        stored = mrkdwn_store(a, mrkdwn, MRKDWN_NONE, false);
        must(utf8_valid(stored));
        must_have_safe_links(stored);
    }
    free(copy);
    arena_free(a);
    return 0;
}
