/* Log lines: a level, an event name and fields, one line per fact, to standard error.
 *
 *   log_error("db_open_failed", "path=%s why=\"%s\" hint=\"%s\"", …);
 *
 * Never a token, a secret or a message's text.  The line is written with one write(2): at once, until log_start. */
#ifndef TAUT_BASE_LOG_H
#define TAUT_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* From now on a thread writes the lines, and nobody who says one waits for whoever reads standard error.  When that
 * one is too far behind, lines are dropped; how many, a later line tells.  A file is written to at once still: it keeps
 * nobody waiting, and has the last line before a crash. */
void log_start(void);
/* Gives what is not written yet a moment to be. */
void log_stop(void);
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
void log_line(enum log_level level, const char *event, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
