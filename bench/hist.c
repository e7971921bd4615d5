#include "hist.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double timeval_us(struct timeval t)
{
    return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

double cpu_us(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return timeval_us(u.ru_utime) + timeval_us(u.ru_stime);
}

/* Values below 64 have a bucket each; above, the six bits after the leading one choose among 64. */
static unsigned bucket_of(uint64_t ns)
{
    unsigned shift;

    if (ns < HIST_SUB)
        return (unsigned)ns;
    shift = 57 - (unsigned)__builtin_clzll(ns);
    return (shift + 1) * HIST_SUB + (unsigned)(ns >> shift) - HIST_SUB;
}

/* The middle of what falls into a bucket. */
static double bucket_ns(unsigned i)
{
    unsigned shift;

    if (i < HIST_SUB)
        return i;
    shift = i / HIST_SUB - 1;
    return ((double)(i % HIST_SUB + HIST_SUB) + 0.5) * (double)(1ull << shift);
}

void hist_add(struct hist *h, uint64_t ns)
{
    h->n++;
    h->bucket[bucket_of(ns)]++;
    if (ns > h->max_ns)
        h->max_ns = ns;
}

double hist_percentile_us(const struct hist *h, double percent)
{
    double want = (double)h->n * percent / 100;
    uint64_t seen = 0;
    unsigned i = 0;

    if (h->n == 0)
        return 0;
    while (i < HIST_BUCKETS - 1 && (double)(seen += h->bucket[i]) < want)
        i++;
    if (i == bucket_of(h->max_ns))
        return (double)h->max_ns / 1000;
    return bucket_ns(i) / 1000;
}

void hist_print(const struct hist *h)
{
    printf("\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f", hist_percentile_us(h, 50),
           hist_percentile_us(h, 90), hist_percentile_us(h, 99), (double)h->max_ns / 1000);
}
