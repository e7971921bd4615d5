/* Faults on purpose: rules, which calls they meet, and delays. */
#include <pthread.h>

#include "api/fault.h"
#include "base/clock.h"
#include "check.h"

static struct arena *arena;

static struct fault_rules *rules_of(struct str text)
{
    struct str why = S("");
    struct fault_rules *rules = fault_parse(text, arena, &why);

    if (!rules)
        fprintf(stderr, "%.*s\n", STR_FMT(why));
    CHECK(rules);
    return rules;
}

static bool refused(struct str text)
{
    struct str why = S("");

    return fault_parse(text, arena, &why) == NULL && str_find(why, S("is no rule")) > 0;
}

static void test_refusals(void)
{
    CHECK(refused(S("users.list")));
    CHECK(refused(S("users.list:")));
    CHECK(refused(S(":error=x")));
    CHECK(refused(S("users.list:error")));
    CHECK(refused(S("users.list:error=")));
    CHECK(refused(S("users.list:eror=internal_error")));
    CHECK(refused(S("users.list:status=99")));
    CHECK(refused(S("users.list:status=404"))); /* which error? */
    CHECK(refused(S("users.list:status=abc")));
    CHECK(refused(S("users.list:delay=soon")));
    CHECK(refused(S("users.list:delay=11m")));
    CHECK(refused(S("users.list:error=x:rate=1.5")));
    CHECK(refused(S("users.list:error=x:rate=half")));
    CHECK(refused(S("users.list:error=x:times=-1")));
    CHECK(refused(S("users.list:retry_after=2")));
    CHECK(refused(S("a:error=x,b")));
}

static void test_answers(void)
{
    struct fault_rules *rules = rules_of(S("chat.postMessage:error=fatal_error, users.list:status=429:retry_after=7,"
                                           "users.info:status=429,team.info:error=ratelimited,auth.test:status=503,"
                                           "conversations.*:delay=250ms"));
    struct fault f;

    CHECK(fault_apply(rules, S("chat.postMessage"), &f));
    CHECK(str_eq(f.error, S("fatal_error")) && f.status == 0 && f.retry_after_s == -1 && f.delay_ms == 0);
    CHECK(fault_apply(rules, S("users.list"), &f));
    CHECK(str_eq(f.error, S("ratelimited")) && f.status == 429 && f.retry_after_s == 7);
    CHECK(fault_apply(rules, S("users.info"), &f) && f.retry_after_s == 1);
    CHECK(fault_apply(rules, S("team.info"), &f) && f.status == 0 && f.retry_after_s == 1);
    CHECK(fault_apply(rules, S("auth.test"), &f));
    CHECK(str_eq(f.error, S("internal_error")) && f.status == 503 && f.retry_after_s == -1);
    CHECK(fault_apply(rules, S("conversations.list"), &f) && f.error.n == 0 && f.delay_ms == 250);
    CHECK(!fault_apply(rules, S("chat.post"), &f) && !fault_apply(rules, S("chat.postMessages"), &f));
    fault_free(rules);
}

static int count(struct fault_rules *rules, int calls)
{
    struct fault f;
    int n = 0;

    for (int i = 0; i < calls; i++)
        n += fault_apply(rules, S("a.b"), &f);
    return n;
}

static void test_how_often(void)
{
    struct fault_rules *twice = rules_of(S("*:error=x:times=2"));
    struct fault_rules *some = rules_of(S("*:error=x:rate=0.25")), *same = rules_of(S("*:error=x:rate=0.25"));
    struct fault_rules *none = rules_of(S("*:error=x:rate=0"));
    struct fault a, b;
    int met;

    CHECK(count(twice, 10) == 2);
    for (int i = 0; i < 100; i++) /* the same calls in the same order meet the same faults */
        CHECK(fault_apply(some, S("a.b"), &a) == fault_apply(same, S("a.b"), &b));
    met = count(some, 10000);
    CHECK(met > 2200 && met < 2800);
    CHECK(count(none, 1000) == 0);
    fault_free(twice);
    fault_free(some);
    fault_free(same);
    fault_free(none);
}

/* --- delays --------------------------------------------------------------------------------------------------- */

struct waiter {
    struct fault_wait wait; /* first: a fault_wait * is a waiter * */
    int number;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t came = PTHREAD_COND_INITIALIZER;
static int order[8], n_order;

static void note(struct fault_wait *wait)
{
    pthread_mutex_lock(&lock);
    order[n_order++] = ((struct waiter *)wait)->number;
    pthread_cond_signal(&came);
    pthread_mutex_unlock(&lock);
}

static void wait_for(int n)
{
    pthread_mutex_lock(&lock);
    while (n_order < n)
        pthread_cond_wait(&came, &lock);
    pthread_mutex_unlock(&lock);
}

static void test_delays(void)
{
    struct fault_rules *rules = rules_of(S("*:delay=1s"));
    struct waiter w[4];
    int64_t start_us = clock_mono_us();

    for (int i = 0; i < 4; i++)
        w[i] = (struct waiter){.wait.done = note, .number = i};
    fault_later(rules, &w[0].wait, 60);
    fault_later(rules, &w[1].wait, 20);
    fault_later(rules, &w[2].wait, 600000);
    wait_for(2);
    CHECK(order[0] == 1 && order[1] == 0);
    CHECK(clock_mono_us() - start_us >= 60000);
    fault_hurry(rules);
    wait_for(3);
    fault_later(rules, &w[3].wait, 600000);
    wait_for(4);
    CHECK(order[2] == 2 && order[3] == 3);
    fault_free(rules);
}

int main(void)
{
    arena = arena_new(4096);
    test_refusals();
    test_answers();
    test_how_often();
    test_delays();
    arena_free(arena);
    return 0;
}
