/* What went wrong, in one sentence with what to do, and the exit code that goes with it. */
#ifndef TAUT_CLI_PROBLEM_H
#define TAUT_CLI_PROBLEM_H

#include <taut/taut.h>

enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NOT_FOUND = 3,
    EXIT_AUTH = 4,         /* no token, or one that may not do this */
    EXIT_STATE = 5,        /* it is so already, or cannot be so now */
    EXIT_UNREACHABLE = 69, /* no server answers */
    EXIT_LATER = 75        /* too many calls */
};

/* Each says it on standard error and returns the code. */
int problem(enum exit_code code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* How the client's last call failed. */
int problem_of(const struct taut *t);
/* There is no such word; suggests the nearest one, or else says what helps. */
int problem_word(const char *what, const char *word, const char *nearest, const char *help);

enum exit_code exit_of(enum taut_error e, const char *code);

/* The nearest of several words, offered one after the other. */
struct nearest {
    const char *word;
    char best[96]; /* empty: none is near */
    int distance;
};
void nearest_offer(struct nearest *n, const char *candidate);

#endif
