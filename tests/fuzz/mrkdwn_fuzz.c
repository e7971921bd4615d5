/* Whatever is sent as text is stored well formed: entities and sequences only, valid UTF-8, the same when it is stored
 * again, also after names were linked. */
#include <stdlib.h>

#include "base/id.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/mrkdwn.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Every & begins an entity, every < a sequence that its > ends. */
static void must_be_stored(struct str s)
{
    struct mrkdwn_ref ref;

    must(utf8_valid(s));
    while (s.n) {
        size_t n = 1;
        if (s.p[0] == '<')
            must((n = mrkdwn_sequence(s, &ref)) > 0);
        else if (s.p[0] == '&')
            must(str_starts(s, S("&amp;")) || str_starts(s, S("&lt;")) || str_starts(s, S("&gt;")));
        else
            must(s.p[0] != '>');
        s = str_skip(s, n);
    }
}

/* One name in two is somebody's. */
static int64_t find(struct str name, struct str id)
{
    must(name.n > 0);
    return (unsigned char)name.p[0] % 2 ? id_parse(id) : 0;
}

static int64_t find_user(void *ctx, struct str name)
{
    (void)ctx;
    return find(name, S("U024BE7LH"));
}

static int64_t find_channel(void *ctx, struct str name)
{
    (void)ctx;
    return find(name, S("C024BE7LR"));
}

static void store(struct arena *a, struct str text, enum mrkdwn_parse mode, bool plain)
{
    const struct mrkdwn_names names = {.user = find_user, .channel = find_channel};
    struct str stored = mrkdwn_store(a, text, mode, plain), linked;
    struct str rest;
    struct mrkdwn_ref ref;

    must_be_stored(stored);
    must(str_eq(mrkdwn_store(a, stored, mode, plain), stored));
    linked = mrkdwn_link(a, stored, &names);
    must_be_stored(linked);
    must(mrkdwn_has_names(stored) || linked.p == stored.p);
    must(utf8_valid(mrkdwn_plain(a, linked)));
    for (rest = linked; mrkdwn_next_ref(&rest, &ref);)
        must(ref.target.n > 0);
}

static void cut(struct str text, size_t max)
{
    bool was_longer = false;
    struct str head = mrkdwn_cut(text, max, &was_longer);

    must(utf8_valid(head) && utf8_count(head) <= max && str_starts(text, head));
    must(was_longer == (head.n < text.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    char *copy = malloc(n + 1);
    struct str text = {copy, n};

    if (n)
        memcpy(copy, data, n); /* of exactly this size, so that a read past the end is seen */
    if (utf8_valid(text)) {
        for (enum mrkdwn_parse mode = MRKDWN_NONE; mode <= MRKDWN_FULL; mode++)
            store(a, text, mode, false);
        store(a, text, MRKDWN_NONE, true);
        must_be_stored(mrkdwn_store_plain(a, text));
        must_be_stored(mrkdwn_escape(a, text));
        for (size_t max = 0; max < 12; max++)
            cut(text, max);
    }
    free(copy);
    arena_free(a);
    return 0;
}
