/* A slice of bytes by value.
 *
 * A str does not own what it points to and need not end in NUL.  The empty str
 * may have p == NULL.  NUL-ended strings appear only at the edge to C libraries. */
#ifndef TAUT_BASE_STR_H
#define TAUT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p;
    size_t n;
};

/* A str of a string literal: S("ok"). */
#define S(lit) ((struct str){"" lit, sizeof(lit) - 1})
/* The two arguments that "%.*s" takes.  s is evaluated more than once, so it has to be something that has an address:
 * the value of a call is refused. */
#define STR_FMT(s) (int)(&(s))->n, (&(s))->n ? (&(s))->p : ""

static inline struct str str_of(const char *p, size_t n)
{
    return (struct str){p, n};
}

static inline struct str str_c(const char *c)
{
    return (struct str){c, c ? strlen(c) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* s without its first n bytes; empty when it has fewer. */
static inline struct str str_skip(struct str s, size_t n)
{
    return n >= s.n ? (struct str){NULL, 0} : (struct str){s.p + n, s.n - n};
}

/* The first n bytes of s, or all of it. */
static inline struct str str_head(struct str s, size_t n)
{
    return (struct str){s.p, n < s.n ? n : s.n};
}

/* What c stands for in hexadecimal, or -1. */
static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int str_cmp(struct str a, struct str b);        /* by bytes, like memcmp */
bool str_eq_nocase(struct str a, struct str b); /* ASCII case only */
struct str str_trim(struct str s);              /* without leading and trailing ASCII white space */
/* Index of the first c in s, or -1. */
ptrdiff_t str_chr(struct str s, char c);
/* Index of the first occurrence of needle in s, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
/* Takes the piece up to the next sep off *rest; false when nothing is left.  "a,,b" gives "a", "", "b". */
bool str_cut(struct str *rest, char sep, struct str *piece);
/* Is piece one of those that stand in list with seps between? */
bool str_in_list(struct str list, char sep, struct str piece);
/* Reads all of s as a decimal int64 with optional sign; false on anything else or overflow. */
bool str_to_i64(struct str s, int64_t *out);

#endif
