/* A server that says what a test tells it to, one answer after the other, and keeps what it was asked. */
#ifndef TAUT_TESTS_FAKE_H
#define TAUT_TESTS_FAKE_H

#include <stddef.h>

struct fake;

/* answers: whole HTTP answers, ending in NULL; each request takes the next, on a connection of its own. */
struct fake *fake_new(const char *const *answers);
/* Where it is: http://127.0.0.1:PORT/api/ */
const char *fake_url(const struct fake *f);
/* How many requests came, and the n-th (from 0) with head and body; "" when it did not come. */
int fake_asked(struct fake *f);
const char *fake_request(struct fake *f, int n);
/* Another answer than text with a NUL at its end: for bodies of bytes. */
void fake_bytes(struct fake *f, const void *p, size_t n);
void fake_free(struct fake *f);

/* A socket that listens here, at a port that was free. */
int fake_listen(int *port);

/* "HTTP/1.1 200 OK…" with this body; of a ring of eight, so several may stand in one list. */
const char *fake_json(const char *body);

#endif
