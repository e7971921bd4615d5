/* Threads for calls that take long: files to be hashed, stored and made pictures of, searches.  The workers stay free
 * for everybody else. */
#ifndef TAUT_API_SLOW_H
#define TAUT_API_SLOW_H

enum { SLOW_THREADS = 2 };

struct slow;
struct slow_job {
    struct slow_job *next;
    /* thread: 0 … SLOW_THREADS-1, which of them runs it. */
    void (*run)(struct slow_job *job, int thread);
};

struct slow *slow_new(void);
/* job stays the caller's memory until run was called.  Thread-safe. */
void slow_submit(struct slow *s, struct slow_job *job);
/* Runs what is queued and ends the threads. */
void slow_free(struct slow *s);

#endif
