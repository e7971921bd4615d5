/* Object ids: text outside ("C024BE91L"), one int64_t inside (its text read in base 36).
 *
 * 1 to 12 characters of 0-9A-Z, the first a letter; so leading zeros survive, no two kinds collide, and
 * imported ids stay what they were.  0 is no id. */
#ifndef TAUT_BASE_ID_H
#define TAUT_BASE_ID_H

#include "base/str.h"

enum { ID_MAX = 12 };

/* 0 when s is not an id. */
int64_t id_parse(struct str s);
/* The same, and the first letter must be one of kinds ("CGD"); else 0. */
int64_t id_parse_kind(struct str s, const char *kinds);
/* Writes the text to out (ID_MAX bytes at least); returns its length, 0 for id 0. */
size_t id_format(int64_t id, char out[ID_MAX]);
/* The first letter of the id's text; 0 for id 0. */
char id_kind(int64_t id);
/* A new id of a kind: kind, then 41 bits of milliseconds since 2020, 6 of node, 9 of sequence.
 * Time-ordered; unique per node set by id_set_node (0-63).  Thread-safe. */
int64_t id_new(char kind);
void id_set_node(int node);
/* Forgets what was given out: for seeds, which make the same ids each time under a clock that stands still. */
void id_restart(void);

#endif
