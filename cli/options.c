#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "problem.h"
#include "progress.h"

enum { TOKEN_MAX_BYTES = 1024, TIMEOUT_MAX_S = 86400 };

static const struct flag {
    const char *name, *value, *doc;
} flags[] = {
    {"--json", NULL, "print JSON as it came; of lists over all pages one item a line"},
    {"--plain", NULL, "print lists with tabs between columns, without cutting"},
    {"--fields", "A,B", "print these columns; a.b is a field inside another"},
    {"--all-pages", NULL, "of lists: all pages, not the first alone"},
    {"--api-url", "URL", "the server, with its /api/; default $SLACK_API_URL, else http://127.0.0.1:8065/api/"},
    {"--token-file", "FILE", "read the token from a file (- is standard input); default $TAUT_TOKEN"},
    {"--timeout", "SECONDS", "how long a call may take; default 30"},
    {"--quiet", NULL, "no progress and no notes on standard error"},
    {"--help", NULL, "this help"},
};

enum { FLAGS = sizeof(flags) / sizeof(*flags) };

void options_help(void)
{
    puts("\nEverywhere:");
    for (int i = 0; i < FLAGS; i++)
        printf("  %s%s%-*s %s\n", flags[i].name, flags[i].value ? " " : "",
               (int)(26 - strlen(flags[i].name) - (flags[i].value ? 1 : 0)), flags[i].value ? flags[i].value : "",
               flags[i].doc);
}

void options_each(void (*put)(void *context, const char *flag, const char *doc), void *context)
{
    for (int i = 0; i < FLAGS; i++)
        put(context, flags[i].name, flags[i].doc);
}

const char *flag_value(const char *name, int argc, char **argv, int *i, bool *missing)
{
    size_t n = strlen(name);

    *missing = false;
    if (strncmp(argv[*i], name, n) != 0)
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    if (argv[*i][n])
        return NULL;
    *missing = *i + 1 >= argc;
    return *missing ? NULL : argv[++*i];
}

static bool take_switch(struct options *o, const char *word)
{
    const struct {
        const char *name;
        bool *to;
    } switches[] = {{"--json", &o->json},   {"--plain", &o->plain}, {"--all-pages", &o->all_pages},
                    {"--quiet", &o->quiet}, {"-q", &o->quiet},      {"--help", &o->help},
                    {"-h", &o->help}};

    for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++)
        if (strcmp(word, switches[i].name) == 0) {
            *switches[i].to = true;
            return true;
        }
    return false;
}

static bool read_timeout(struct options *o, const char *text)
{
    char *end;
    long s = strtol(text, &end, 10);

    o->timeout_s = *end || s < 1 || s > TIMEOUT_MAX_S ? 0 : (int)s;
    return o->timeout_s;
}

int options_take(struct options *o, int argc, char **argv, int *i)
{
    const char *timeout = NULL;
    const struct {
        const char *name, **to;
    } values[] = {{"--fields", &o->fields},
                  {"--api-url", &o->api_url},
                  {"--token-file", &o->token_file},
                  {"--timeout", &timeout}};
    bool missing;

    if (take_switch(o, argv[*i]))
        return 1;
    for (size_t k = 0; k < sizeof(values) / sizeof(*values); k++) {
        const char *v = flag_value(values[k].name, argc, argv, i, &missing);
        if (missing) {
            problem(EXIT_USAGE, "%s needs a value; see --help.", values[k].name);
            return -1;
        }
        if (!v)
            continue;
        *values[k].to = v;
        if (timeout && !read_timeout(o, timeout)) {
            problem(EXIT_USAGE, "--timeout is a number of seconds from 1 to %d, not '%s'.", TIMEOUT_MAX_S, timeout);
            return -1;
        }
        return 1;
    }
    return 0;
}

/* The first line of the file; false: it has been said why not. */
static bool read_token(const char *path, char *token)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    bool ok = f && fgets(token, TOKEN_MAX_BYTES, f);

    if (f && f != stdin)
        fclose(f);
    if (!ok) {
        problem(EXIT_USAGE, "no token can be read from %s.", path);
        return false;
    }
    token[strcspn(token, "\r\n")] = '\0';
    return true;
}

struct taut *options_client(const struct options *o)
{
    char token[TOKEN_MAX_BYTES];
    struct taut_options t = {.url = o->api_url, .user_agent = "taut", .timeout_ms = o->timeout_s * 1000};
    struct taut *client;

    if (o->token_file && !read_token(o->token_file, token))
        return NULL;
    if (o->token_file)
        t.token = token;
    if (!o->quiet) {
        t.on_progress = progress_transfer;
        t.on_wait = progress_wait;
    }
    client = taut_new(&t);
    if (!client)
        problem(EXIT_FAILED, "there is no memory.");
    return client;
}
