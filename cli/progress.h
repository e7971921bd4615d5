/* What happens meanwhile, on standard error: on a terminal a line that is written over, after 300 ms; elsewhere a line
 * every 10 s. */
#ifndef TAUT_CLI_PROGRESS_H
#define TAUT_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* For struct taut_options. */
bool progress_transfer(void *context, int64_t sent, int64_t of_sent, int64_t got, int64_t of_got);
bool progress_wait(void *context, const char *method, int seconds);
/* So many of something are done. */
void progress_count(const char *what, int64_t n);
/* Takes the line away. */
void progress_end(void);

#endif
