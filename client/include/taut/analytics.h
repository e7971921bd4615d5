/* Days of analytics, row by row: files of any size in the same memory.
 *
 *     struct taut_admin_analytics_get_file_args day = {.type = "member", .date = "2026-11-24"};
 *     const struct taut_analytics_member_row *m;
 *     struct taut_rows *rows;
 *     if (taut_admin_analytics_get_file(t, &day, &rows) == TAUT_OK)
 *         while ((m = taut_rows_member(rows)))           // valid until the next
 *             printf("%s %" PRId64 "\n", m->user_id, m->messages_posted_count);
 *     if (taut_rows_end(rows))
 *         fprintf(stderr, "%s\n", taut_last_failure(t)->message);
 *
 * What is read are gzip files of one JSON object a line: of one gzip member or several, with or without a line feed at
 * the end; and such rows without gzip. */
#ifndef TAUT_ANALYTICS_H
#define TAUT_ANALYTICS_H

#include <taut/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* taut_admin_analytics_get_file of <taut/admin.h> asks for a day's file and begins to read it.  The client may make
 * other calls meanwhile.  This is the same by a method's name.  *rows is NULL when it fails. */
enum taut_error taut_rows_call(struct taut *t, const struct taut_request *request, struct taut_rows **rows);
/* Rows of a file that was kept.  The source must last as long as the rows. */
enum taut_error taut_rows_open(struct taut *t, const struct taut_source *source, struct taut_rows **rows);

/* The next row; NULL: there is none, or reading failed, which taut_rows_end tells.  Ask for the kind of rows the file
 * has: what a row has not is empty.  Their `json` is NULL.  Valid until the next. */
const struct taut_analytics_member_row *taut_rows_member(struct taut_rows *rows);
const struct taut_analytics_public_channel_row *taut_rows_channel(struct taut_rows *rows);
const struct taut_analytics_channel_metadata_row *taut_rows_channel_metadata(struct taut_rows *rows);
/* The next row as JSON, of whatever kind. */
const struct taut_json *taut_rows_json(struct taut_rows *rows);
/* The next row as it stands in the file, *n bytes and a NUL behind them. */
const char *taut_rows_line(struct taut_rows *rows, size_t *n);
/* The next bytes of the file itself, unread; 0: the end.  Instead of rows, not between them. */
size_t taut_rows_bytes(struct taut_rows *rows, void *p, size_t n);

/* Frees it.  TAUT_OK when nothing failed, whether all was read or not; a file that ends too early is TAUT_BAD_REPLY.
 * NULL, when there were none: an error as well. */
enum taut_error taut_rows_end(struct taut_rows *rows);

#ifdef __cplusplus
}
#endif

#endif
