/* The file beside SQLite's database that holds the words of messages, known to queries as "search".
 *
 * One connection writes it (DB_ROLE_INDEX), so that posting does not wait for indexing; readers attach it.  All in it
 * can be made again from the database: a file of another version, or none that SQLite can read, is replaced by an empty
 * one. */
#ifndef TAUT_STORE_SEARCH_FILE_H
#define TAUT_STORE_SEARCH_FILE_H

#include <sqlite3.h>
#include <stdbool.h>

/* Generated from catalogue/sql/index: what the file holds, and a number that tells it from what it was. */
extern const char search_file_schema[];
extern const int search_file_version;

enum { SEARCH_PATH_BYTES = 4096 };
/* Where the file of the database at path is. */
const char *search_file_path(const char *path, char out[SEARCH_PATH_BYTES]);
/* Makes it, or replaces it; SQLite's code of what went wrong. */
int search_file_make(const char *path);
/* Attaches it.  Nothing when there is none: a shell command beside a server that never ran. */
int search_file_attach(sqlite3 *h, const char *path);

/* phrases_fit(TABLE, RUNS): FTS5's phrases stand one behind the other.  RUNS are pairs of numbers, "0 2 2 3": the first
 * phrase of the match, and how many follow each other from there.  A match asks for all phrases by AND; in one with
 * further conditions, this looks at the few messages that are left, where FTS5's own phrases look at all. */
int search_phrases_register(sqlite3 *h);

#endif
