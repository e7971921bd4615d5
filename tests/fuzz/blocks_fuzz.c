/* Whatever blocks are taken are taken again as they were stored, and stay the same. */
#include <stdlib.h>

#include "base/utf8.h"
#include "core/blocks.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The same ids in each run; never the same twice, for blocks of one message need different ones. */
static uint64_t random_bits(void *ctx)
{
    uint64_t *next = ctx;

    return (*next)++;
}

static void read_twice(struct arena *a, const struct json *blocks)
{
    uint64_t next = 42;
    const struct blocks_in in = {
        .pointer = "/blocks", .max_blocks = BLOCKS_PER_MESSAGE, .random = random_bits, .ctx = &next};
    struct blocks_out first, second;
    const struct json *stored;

    if (blocks_read(a, blocks, &in, &first) != OK) {
        for (int i = 0; i < first.lines_n; i++)
            must(utf8_valid(first.lines[i]));
        return;
    }
    if (!first.json.n)
        return;
    stored = json_parse(a, first.json, NULL);
    must(stored && stored->kind == JSON_ARRAY && first.json.n <= BLOCKS_MAX_BYTES);
    must(blocks_read(a, stored, &in, &second) == OK && str_eq(first.json, second.json));
    must(utf8_valid(blocks_text(a, stored)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    char *copy = malloc(n + 1);
    const struct json *blocks;

    if (n)
        memcpy(copy, data, n); /* of exactly this size, so that a read past the end is seen */
    blocks = json_parse(a, str_of(copy, n), NULL);
    if (blocks) {
        blocks_text(a, blocks); /* it takes anything */
        read_twice(a, blocks);
    }
    free(copy);
    arena_free(a);
    return 0;
}
