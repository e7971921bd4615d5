/* A latency histogram with constant memory: 64 buckets a power of two, so a percentile is right to 1.6 %. */
#ifndef TAUT_BENCH_HIST_H
#define TAUT_BENCH_HIST_H

#include <stdint.h>

enum { HIST_SUB = 64, HIST_BUCKETS = HIST_SUB * 59 };

struct hist {
    uint64_t n;
    uint64_t max_ns;
    uint64_t bucket[HIST_BUCKETS];
};

/* Nanoseconds of the monotonic clock. */
uint64_t now_ns(void);
/* User and system time of this process so far, in microseconds. */
double cpu_us(void);

void hist_add(struct hist *h, uint64_t ns);
/* The value below which `percent` of what was added lies, in microseconds; 0 when nothing was added. */
double hist_percentile_us(const struct hist *h, double percent);
/* Prints "p50_us":…, "p90_us":…, "p99_us":…, "max_us":… to stdout. */
void hist_print(const struct hist *h);

#endif
