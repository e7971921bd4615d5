/* `taut analytics`: the files of days, what became of messages, and totals. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "print.h"
#include "problem.h"
#include "progress.h"
#include "request.h"
#include "words.h"

enum { WORDS_MAX = 4, ARGS_MAX = 16, DAY_TEXT = 11, PATH_BYTES = 4096 };

static const char get_file[] = "admin.analytics.getFile";

struct analytics {
    struct options options;
    const char *words[WORDS_MAX]; /* that are no flags */
    int n_words;
    const char *to; /* where the file goes */
    bool rows;
    struct taut_pair pairs[ARGS_MAX]; /* what flags say, by the names of arguments */
    int n_pairs;
    const char *from, *until;
};

static void help(void)
{
    puts("usage: taut analytics get member|public_channel DATE [-o FILE] [--rows] [--end-date DATE] [--format csv]\n"
         "       taut analytics get public_channel --metadata-only\n"
         "       taut analytics activity CHANNEL [--from DATE|TS] [--to DATE|TS]\n"
         "       taut analytics daily [--from DATE] [--to DATE]\n"
         "       taut analytics verify …        compare a day's files with what happened; on the server\n\n"
         "get        a day's file as the server has it: gzipped, one JSON object a line.  DATE is YYYY-MM-DD (UTC), or "
         "yesterday.\n"
         "activity   who saw, shared and clicked a channel's messages, and reacted to them\n"
         "daily      totals of each day; the last 7 unless --from says otherwise\n\n"
         "  -o FILE                    write it there, whole or not at all; default: standard output\n"
         "  --rows                     unpacked");
    options_help();
}

/* --- dates ------------------------------------------------------------------------------------------------------- */

static void day_text(char text[DAY_TEXT], int days_ago)
{
    time_t at = time(NULL) - (time_t)days_ago * 86400;
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(text, DAY_TEXT, "%Y-%m-%d", &tm);
}

/* YYYY-MM-DD of what may be a word. */
static const char *day_of(const char *word, char text[DAY_TEXT])
{
    if (strcmp(word, "today") != 0 && strcmp(word, "yesterday") != 0)
        return word;
    day_text(text, *word == 'y');
    return text;
}

/* A ts of a day's first moment, or of its last; what is no day stays. */
static const char *ts_of(const char *word, bool last, char text[32])
{
    struct tm tm = {0};
    char day[DAY_TEXT];
    const char *end = strptime(day_of(word, day), "%Y-%m-%d", &tm);

    if (!end || *end)
        return word;
    snprintf(text, 32, "%lld.%s", (long long)timegm(&tm) + (last ? 86399 : 0), last ? "999999" : "000000");
    return text;
}

/* --- words ------------------------------------------------------------------------------------------------------- */

/* Said again, it takes the place of what was said before: there are fewer names than room. */
static void set_arg(struct analytics *a, const char *name, const char *value)
{
    int i = 0;

    while (i < a->n_pairs && strcmp(a->pairs[i].name, name) != 0)
        i++;
    a->pairs[i] = (struct taut_pair){name, value};
    a->n_pairs += i == a->n_pairs;
}

static bool take_value(struct analytics *a, int argc, char **argv, int *i, bool *missing)
{
    static const struct {
        const char *flag, *arg;
    } args[] = {{"--type", "type"},
                {"--date", "date"},
                {"--end-date", "end_date"},
                {"--format", "format"},
                {"--team-id", "team_id"}};
    struct {
        const char *flag, **to;
    } values[] = {{"-o", &a->to}, {"--output", &a->to}, {"--from", &a->from}, {"--to", &a->until}};
    const char *v;

    for (size_t k = 0; k < sizeof(values) / sizeof(*values); k++)
        if ((v = flag_value(values[k].flag, argc, argv, i, missing)) || *missing) {
            *values[k].to = v;
            return true;
        }
    for (size_t k = 0; k < sizeof(args) / sizeof(*args); k++)
        if ((v = flag_value(args[k].flag, argc, argv, i, missing)) || *missing) {
            set_arg(a, args[k].arg, v);
            return true;
        }
    return false;
}

static int read_words(struct analytics *a, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        bool missing = false;
        int taken = options_take(&a->options, argc, argv, &i);
        if (taken < 0)
            return EXIT_USAGE;
        if (taken)
            continue;
        if (strcmp(argv[i], "--rows") == 0)
            a->rows = true;
        else if (strcmp(argv[i], "--metadata-only") == 0)
            set_arg(a, "metadata_only", "true");
        else if (argv[i][0] != '-' && a->n_words < WORDS_MAX)
            a->words[a->n_words++] = argv[i];
        else if (!take_value(a, argc, argv, &i, &missing))
            return problem(EXIT_USAGE, "'%s' is not possible here; see 'taut analytics --help'.", argv[i]);
        if (missing)
            return problem(EXIT_USAGE, "%s needs a value; see 'taut analytics --help'.", argv[i]);
    }
    return EXIT_OK;
}

/* --- get --------------------------------------------------------------------------------------------------------- */

static bool copy_rows(struct taut_rows *rows, FILE *out)
{
    const char *line;
    size_t n;
    int64_t count = 0;

    while ((line = taut_rows_line(rows, &n))) {
        if (fwrite(line, 1, n, out) != n || putc('\n', out) == EOF)
            return false;
        progress_count("rows", ++count);
    }
    return true;
}

static bool copy_bytes(struct taut_rows *rows, FILE *out)
{
    static char piece[1 << 16];
    size_t n;

    while ((n = taut_rows_bytes(rows, piece, sizeof(piece))) > 0)
        if (fwrite(piece, 1, n, out) != n)
            return false;
    return true;
}

static int copy(struct analytics *a, struct taut *t, FILE *out, const char *name)
{
    struct taut_request q = {.method = get_file, .args = a->pairs, .n_args = a->n_pairs};
    struct taut_rows *rows;
    enum taut_error e = taut_rows_call(t, &q, &rows);
    bool wrote;

    if (e)
        return problem_of(t);
    wrote = a->rows ? copy_rows(rows, out) : copy_bytes(rows, out);
    wrote = fflush(out) == 0 && wrote;
    e = taut_rows_end(rows);
    progress_end();
    if (!wrote)
        return problem(EXIT_FAILED, "%s cannot be written: %s.", name, strerror(errno));
    return e ? problem_of(t) : EXIT_OK;
}

/* Under another name until it is whole. */
static int copy_to_file(struct analytics *a, struct taut *t)
{
    char part[PATH_BYTES];
    FILE *out;
    int code;

    if (snprintf(part, sizeof(part), "%s.part", a->to) >= (int)sizeof(part))
        return problem(EXIT_USAGE, "the name %s is too long.", a->to);
    out = fopen(part, "wb");
    if (!out)
        return problem(EXIT_FAILED, "%s cannot be written: %s.", part, strerror(errno));
    code = copy(a, t, out, part);
    if (fclose(out) != 0 && !code)
        code = problem(EXIT_FAILED, "%s cannot be written: %s.", part, strerror(errno));
    if (!code && rename(part, a->to) != 0)
        code = problem(EXIT_FAILED, "%s cannot be named %s: %s.", part, a->to, strerror(errno));
    if (code)
        unlink(part);
    return code;
}

/* get TYPE DATE */
static int get(struct analytics *a)
{
    static char day[DAY_TEXT];
    struct taut *t;
    int code;

    if (a->n_words > 1)
        set_arg(a, "type", a->words[1]);
    if (a->n_words > 2)
        set_arg(a, "date", day_of(a->words[2], day));
    if (a->n_pairs == 0)
        return problem(EXIT_USAGE, "say what and when: taut analytics get member yesterday -o members.json.gz");
    if (!a->to && !a->rows && print_is_terminal())
        return problem(EXIT_USAGE, "the file is packed, and no use on a terminal: add -o FILE, or --rows.");
    t = options_client(&a->options);
    if (!t)
        return EXIT_USAGE;
    code = a->to ? copy_to_file(a, t) : copy(a, t, stdout, "standard output");
    taut_free(t);
    return code;
}

/* --- activity, daily --------------------------------------------------------------------------------------------- */

static int activity(struct analytics *a)
{
    static char from[32], until[32];
    struct request r = {.method = "admin.analytics.messages.activity", .options = a->options};
    int took;

    if (a->n_words < 2)
        return problem(EXIT_USAGE, "say which channel: taut analytics activity general");
    r.known = method_find(1, (char **)&r.method, &took);
    r.options.all_pages = true;
    if (!r.options.fields)
        r.options.fields = "timestamp,unique_user_views_count,unique_user_reactions_count,unique_user_shares_count,"
                           "unique_user_clicks_count";
    request_add(&r, "channel", a->words[1]);
    if (a->from)
        request_add(&r, "oldest_ts", ts_of(a->from, false, from));
    if (a->until)
        request_add(&r, "latest_ts", ts_of(a->until, true, until));
    return request_run(&r);
}

static int daily(struct analytics *a)
{
    static char from[DAY_TEXT], until[DAY_TEXT];
    struct taut_pair pairs[] = {{"type", "taut.analytics.daily"}, {"date", from}, {"end_date", until}};
    struct taut_request q = {.method = get_file, .args = pairs, .n_args = 3};
    struct taut *t = options_client(&a->options);
    const struct taut_json *row;
    struct taut_rows *rows;
    struct table *table;
    int code = EXIT_OK;

    if (!t)
        return EXIT_USAGE;
    if (!a->options.fields)
        a->options.fields =
            "date,is_live,daily_active_members_count,weekly_active_members_count,monthly_active_members_count,"
            "members_who_posted_count,messages_posted_count";
    day_text(from, 6);
    day_text(until, 0);
    if (a->from)
        pairs[1].value = day_of(a->from, from);
    if (a->until)
        pairs[2].value = day_of(a->until, until);
    if (taut_rows_call(t, &q, &rows) != TAUT_OK) {
        code = problem_of(t);
        taut_free(t);
        return code;
    }
    table = a->options.json ? NULL : table_new(&a->options);
    while ((row = taut_rows_json(rows)))
        if (table)
            table_add(table, row);
        else
            print_json(row, false);
    if (table)
        table_end(table);
    if (taut_rows_end(rows) != TAUT_OK)
        code = problem_of(t);
    taut_free(t);
    return code;
}

int analytics_main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(struct analytics *a);
    } verbs[] = {{"get", get}, {"activity", activity}, {"daily", daily}};
    struct analytics a = {0};
    struct nearest near = {0};
    int code = read_words(&a, argc, argv);

    if (code)
        return code;
    if (a.options.help || a.n_words == 0) {
        help();
        return a.options.help ? EXIT_OK : EXIT_USAGE;
    }
    near.word = a.words[0];
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        if (strcmp(a.words[0], verbs[i].name) == 0)
            return verbs[i].run(&a);
        nearest_offer(&near, verbs[i].name);
    }
    return problem_word("kind of analytics", a.words[0], near.best, "see 'taut analytics --help'");
}
