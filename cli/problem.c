#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "print.h"

enum { SENTENCE_MAX_BYTES = 4096 };

int problem(enum exit_code code, const char *fmt, ...)
{
    va_list args;

    fflush(stdout);
    fputs("taut: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    return code;
}

static bool ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);

    return n >= m && strcmp(s + n - m, suffix) == 0;
}

enum exit_code exit_of(enum taut_error e, const char *code)
{
    static const char *const auth[] = {"not_authed",       "invalid_auth",
                                       "missing_scope",    "not_allowed_token_type",
                                       "account_inactive", "token_expired",
                                       "token_revoked",    "no_permission",
                                       "not_an_admin",     "restricted_action",
                                       "access_denied",    "user_is_restricted",
                                       "not_authorized",   "user_is_ultra_restricted"};
    static const char *const state[] = {
        "is_archived", "not_in_channel", "name_taken",           "not_archived",
        "not_pinned",  "no_reaction",    "cant_archive_general", "file_not_yet_available"};

    if (e == TAUT_UNREACHABLE || e == TAUT_TIMED_OUT)
        return EXIT_UNREACHABLE;
    if (e == TAUT_ERR_RATELIMITED)
        return EXIT_LATER;
    if (e == TAUT_BAD_ARGUMENT || e == TAUT_ERR_UNKNOWN_METHOD || e == TAUT_ERR_INVALID_ARGUMENTS)
        return EXIT_USAGE;
    for (size_t i = 0; i < sizeof(auth) / sizeof(*auth); i++)
        if (strcmp(code, auth[i]) == 0)
            return EXIT_AUTH;
    for (size_t i = 0; i < sizeof(state) / sizeof(*state); i++)
        if (strcmp(code, state[i]) == 0)
            return EXIT_STATE;
    if (strncmp(code, "already_", 8) == 0)
        return EXIT_STATE;
    return ends(code, "_not_found") ? EXIT_NOT_FOUND : EXIT_FAILED;
}

/* What helps; "" where the sentence says it all. */
static const char *remedy(const struct taut_failure *f)
{
    if (f->error == TAUT_UNREACHABLE)
        return " Is the server running? SLACK_API_URL or --api-url names another one.";
    if (strcmp(f->code, "not_authed") == 0)
        return " Put a token into TAUT_TOKEN; 'taut token create NAME' makes one.";
    if (strcmp(f->code, "invalid_auth") == 0)
        return " Is the token in TAUT_TOKEN one of this server?";
    if (f->error == TAUT_ERR_UNKNOWN_METHOD)
        return " 'taut methods' lists those there are.";
    return "";
}

/* The sentence may hold what a server said, which must not steer a terminal. */
int problem_of(const struct taut *t)
{
    const struct taut_failure *f = taut_last_failure(t);
    struct buf b = buf_heap(SENTENCE_MAX_BYTES);

    print_clean(&b, f->message);
    problem(EXIT_FAILED, "%.*s%s", (int)b.n, b.n ? b.p : "", remedy(f));
    buf_free(&b);
    return exit_of(f->error, f->code);
}

int problem_word(const char *what, const char *word, const char *nearest, const char *help)
{
    if (*nearest)
        return problem(EXIT_USAGE, "there is no %s '%s'; did you mean '%s'?", what, word, nearest);
    return problem(EXIT_USAGE, "there is no %s '%s'; %s.", what, word, help);
}

/* How many letters have to be changed, added, left out or swapped with the next one. */
static int distance(const char *a, const char *b)
{
    enum { MOST = 64 };
    int rows[3][MOST + 1], n = (int)strlen(a), m = (int)strlen(b);

    if (n > MOST || m > MOST)
        return MOST;
    for (int j = 0; j <= m; j++)
        rows[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            int v = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < v)
                v = up[j] + 1;
            if (now[j - 1] + 1 < v)
                v = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && up2[j - 2] + 1 < v)
                v = up2[j - 2] + 1;
            now[j] = v;
        }
    }
    return rows[n % 3][m];
}

void nearest_offer(struct nearest *n, const char *candidate)
{
    int d = distance(n->word, candidate), most = (int)strlen(n->word) / 3 + 1;

    if (d <= most && (!*n->best || d < n->distance)) {
        snprintf(n->best, sizeof(n->best), "%s", candidate);
        n->distance = d;
    }
}
