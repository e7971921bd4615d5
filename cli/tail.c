/* `taut tail`: events as they happen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "options.h"
#include "print.h"
#include "problem.h"
#include "words.h"

enum { LINE_MAX_BYTES = 1 << 20, NAMES_MAX = 1024 };

struct tail {
    struct options options;
    const char *channel, *type; /* only of these; NULL: all */
    bool socket_mode;
    struct taut *t;
    /* Names that have been asked for. */
    struct {
        char id[16], name[80];
    } names[NAMES_MAX];
    int n_names;
};

static void help(void)
{
    puts("usage: taut tail [--channel NAME|ID] [--type TYPE] [--json] [--socket]\n\n"
         "Shows events as they happen, until it is interrupted: messages as lines, all else in short; with --json, or "
         "when the\n"
         "output goes elsewhere than to a terminal, one JSON object a line.  A lost connection is made anew, and says "
         "so.\n\n"
         "  --channel NAME|ID          only what happens in this conversation\n"
         "  --type TYPE                only events of this type: message, reaction_added, …\n"
         "  --socket                   over Socket Mode, with the app's token in $TAUT_APP_TOKEN; else over RTM");
    options_help();
}

/* --- names ------------------------------------------------------------------------------------------------------- */

static void ask_name(struct tail *w, const char *id, char *name, size_t n)
{
    struct taut_users_info_reply *user = NULL;
    struct taut_conversations_info_reply *channel = NULL;

    snprintf(name, n, "%s", id);
    if (*id == 'U' || *id == 'W') {
        if (taut_users_info(w->t, &(struct taut_users_info_args){.user = id}, &user) == TAUT_OK && user->user)
            snprintf(name, n, "%s", user->user->name);
    } else if (taut_conversations_info(w->t, &(struct taut_conversations_info_args){.channel = id}, &channel) ==
                   TAUT_OK &&
               channel->channel && *channel->channel->name) {
        snprintf(name, n, "#%s", channel->channel->name);
    }
    taut_reply_free(user);
    taut_reply_free(channel);
}

/* What people call it; the id when the token may not ask. */
static const char *name_of(struct tail *w, const char *id)
{
    int i = 0;

    while (i < w->n_names && strcmp(w->names[i].id, id) != 0)
        i++;
    if (i == w->n_names && i < NAMES_MAX && strlen(id) < sizeof(w->names[i].id)) {
        snprintf(w->names[i].id, sizeof(w->names[i].id), "%s", id);
        ask_name(w, id, w->names[i].name, sizeof(w->names[i].name));
        w->n_names++;
    }
    return i < w->n_names ? w->names[i].name : id;
}

/* --- lines ------------------------------------------------------------------------------------------------------- */

static void put_time(struct buf *b, const char *ts)
{
    time_t at = *ts ? (time_t)strtoll(ts, NULL, 10) : time(NULL);
    char text[16];
    struct tm tm;

    localtime_r(&at, &tm);
    strftime(text, sizeof(text), "%H:%M:%S ", &tm);
    buf_str(b, str_c(text));
}

/* All that is short of an event, but for what stands there already. */
static void put_rest(struct buf *b, const struct taut_json *event)
{
    static const char *const known[] = {"type", "channel", "user", "ts", "event_ts", "text"};
    struct taut_json_each e = {0};

    while (taut_json_each(event, &e)) {
        bool told = taut_json_kind(e.value) == TAUT_JSON_OBJECT || taut_json_kind(e.value) == TAUT_JSON_ARRAY;
        for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
            told = told || strcmp(e.key, known[i]) == 0;
        if (told)
            continue;
        buf_char(b, ' ');
        print_clean(b, e.key);
        buf_char(b, '=');
        print_value(b, e.value);
    }
}

static void put_word(struct buf *b, const char *word)
{
    print_clean(b, word);
    buf_char(b, ' ');
}

static void print_line(struct tail *w, const struct taut_event *e)
{
    struct buf b = buf_heap(LINE_MAX_BYTES);

    put_time(&b, e->ts);
    if (strcmp(e->type, "message") != 0)
        put_word(&b, e->type);
    if (*e->channel)
        put_word(&b, name_of(w, e->channel));
    if (*e->user) {
        print_clean(&b, name_of(w, e->user));
        buf_str(&b, *e->text ? S(": ") : S(""));
    }
    if (*e->text)
        print_clean(&b, e->text);
    else
        put_rest(&b, e->json);
    printf("%.*s\n", (int)b.n, b.p);
    buf_free(&b);
}

static bool is_wanted(struct tail *w, const struct taut_event *e)
{
    if (w->type && strcmp(e->type, w->type) != 0)
        return false;
    if (!w->channel || !*w->channel)
        return true;
    return *e->channel && (strcmp(e->channel, w->channel) == 0 || strcmp(name_of(w, e->channel), w->channel) == 0);
}

static void show(struct tail *w, const struct taut_event *e)
{
    if (strcmp(e->type, "hello") == 0) {
        if (e->after_gap && !w->options.quiet)
            fputs("taut: connected again; events may be missing in between.\n", stderr);
        return;
    }
    if (!is_wanted(w, e))
        return;
    if (w->options.json || !print_is_terminal())
        print_json(e->json, false);
    else
        print_line(w, e);
    fflush(stdout);
}

/* --- words ------------------------------------------------------------------------------------------------------- */

static int read_words(struct tail *w, int argc, char **argv)
{
    static char named[96];
    bool missing;
    const char *v;

    for (int i = 0; i < argc; i++) {
        int taken = options_take(&w->options, argc, argv, &i);
        if (taken < 0)
            return EXIT_USAGE;
        if (taken)
            continue;
        if (strcmp(argv[i], "--socket") == 0) {
            w->socket_mode = true;
        } else if ((v = flag_value("--channel", argc, argv, &i, &missing)) && !missing) {
            /* an id stays one, a name may come without its # */
            bool id = *v == '#' || ((*v == 'C' || *v == 'D' || *v == 'G') && v[1] &&
                                    strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == strlen(v));
            snprintf(named, sizeof(named), "%s%s", id ? "" : "#", v);
            w->channel = named;
        } else if ((v = flag_value("--type", argc, argv, &i, &missing)) && !missing) {
            w->type = v;
        } else {
            return problem(EXIT_USAGE, "'%s' is not possible here; see 'taut tail --help'.", argv[i]);
        }
    }
    return EXIT_OK;
}

static int run(struct tail *w)
{
    const struct taut_event *e;
    struct taut_live *live = NULL;
    enum taut_error failed = w->socket_mode ? taut_live_socket_mode(w->t, &live) : taut_live_rtm(w->t, &live);

    while (!failed && !ferror(stdout)) {
        failed = taut_live_next(live, -1, &e);
        if (!failed && e)
            show(w, e);
    }
    taut_live_close(live);
    return failed ? problem_of(w->t) : EXIT_OK;
}

int tail_main(int argc, char **argv)
{
    static struct tail w;
    int code = read_words(&w, argc, argv);

    if (code)
        return code;
    if (w.options.help) {
        help();
        return EXIT_OK;
    }
    w.t = options_client(&w.options);
    if (!w.t)
        return EXIT_USAGE;
    code = run(&w);
    taut_free(w.t);
    return code;
}
