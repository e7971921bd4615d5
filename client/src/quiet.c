/* What a library must not do to its process: take SIGPIPE's handling, or return early from a wait. */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "own.h"

static void pipe_only(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

/* One that was pending before is the program's, and stays. */
void quiet_begin(struct quiet *q)
{
    sigset_t pipe, pending;

    pipe_only(&pipe);
    pthread_sigmask(SIG_BLOCK, &pipe, &q->old);
    q->pending = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void quiet_end(const struct quiet *q)
{
    static const struct timespec at_once;
    sigset_t pipe;

    pipe_only(&pipe);
    if (!q->pending)
        while (sigtimedwait(&pipe, NULL, &at_once) == -1 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &q->old, NULL);
}

int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void wait_ms(int64_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        ;
}
