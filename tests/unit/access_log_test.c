/* The access log in memory: nothing is left out however much waits, and what could not be stored is counted once. */
#include "core/access_log.h"

#include <stdio.h>

#include "base/rand.h"
#include "check.h"

enum { PAIRS = 5000, ROUNDS = 3 };

/* Every pair calls once, at this time. */
static void call_all(struct access_log *l, int64_t now_us)
{
    struct call c = {.who = {.kind = TOKEN_USER, .user = 1}, .team = 2, .now_us = now_us};
    char agent[32];

    for (int i = 0; i < PAIRS; i++) {
        c.user_agent = str_of(agent, (size_t)snprintf(agent, sizeof(agent), "agent %d", i));
        c.remote_addr = i % 2 ? S("192.0.2.1") : S("2001:db8::1");
        access_log_note(l, &c);
    }
}

static void is_whole(const struct access_batch *batch, int64_t calls, int64_t first_us, int64_t last_us)
{
    CHECK(batch->n == PAIRS);
    for (int i = 0; i < batch->n; i++) {
        CHECK(batch->rows[i].calls == calls);
        CHECK(batch->rows[i].first_us == first_us && batch->rows[i].last_us == last_us);
    }
}

int main(void)
{
    struct arena *a = arena_new(1 << 12);
    struct access_log *l;
    struct access_batch batch;
    struct call bot = {.who = {.kind = TOKEN_BOT, .user = 1, .is_bot = true}, .team = 2};

    rand_init();
    l = access_log_new();
    access_log_note(NULL, &bot);
    access_log_note(l, &bot);
    CHECK(access_log_waiting(l) == 0);
    for (int round = 1; round <= ROUNDS; round++)
        call_all(l, round);
    CHECK(access_log_waiting(l) == PAIRS);
    batch = access_log_take(l, a);
    is_whole(&batch, ROUNDS, 1, ROUNDS);
    CHECK(access_log_waiting(l) == 0);
    call_all(l, ROUNDS + 1);
    access_log_give_back(l, &batch);
    batch = access_log_take(l, a);
    is_whole(&batch, ROUNDS + 1, 1, ROUNDS + 1);
    access_log_free(l);
    arena_free(a);
    puts("1 passed, 0 failed");
    return 0;
}
