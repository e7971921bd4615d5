/* `taut api METHOD name=value …` and `taut FAMILY METHOD --name value …` */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "problem.h"
#include "request.h"

enum { BODY_MAX_BYTES = 64 << 20 };

static void api_help(void)
{
    puts("usage: taut api METHOD [name=value …] [-F part=@FILE] [--body JSON|@FILE|-]\n\n"
         "Calls a method of the API and prints its answer as JSON: indented on a terminal, else as it came.\n\n"
         "  taut api chat.postMessage channel='#general' text='Hello'\n"
         "  taut api conversations.list types=public_channel,private_channel --all-pages\n"
         "  taut api files.upload channels=C0GENERAL -F file=@report.pdf\n"
         "  echo '{\"channel\":\"C0GENERAL\",\"text\":\"Hi\"}' | taut api chat.postMessage --body -\n\n"
         "  -F part=@FILE              send a file along; @- is standard input\n"
         "  --body JSON|@FILE|-        the arguments as one JSON object");
    options_help();
}

/* All of a file, or of standard input, for as long as the command runs; NULL: it has been said why not. */
static const char *read_body(const char *path)
{
    static struct buf b;
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    char piece[65536];
    size_t n = 0;

    b = buf_heap(BODY_MAX_BYTES);
    while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_put(&b, piece, n);
    buf_char(&b, '\0');
    if (!f || ferror(f)) {
        problem(EXIT_NOT_FOUND, "%s cannot be read: %s.", path, strerror(errno));
        return NULL;
    }
    if (f != stdin)
        fclose(f);
    if (!b.over)
        return b.p;
    problem(EXIT_USAGE, "the body is larger than 64 MB.");
    return NULL;
}

/* "part=@path" */
static int set_file(struct request *r, char *value)
{
    char *at = strchr(value, '=');

    if (!at || at[1] != '@' || !at[2])
        return problem(EXIT_USAGE, "-F is part=@FILE, such as file=@report.pdf, not '%s'.", value);
    *at = '\0';
    r->part = value;
    r->path = at + 2;
    return EXIT_OK;
}

/* "name=value" */
static int add_pair(struct request *r, char *word)
{
    char *at = strchr(word, '=');

    if (!at || at == word)
        return problem(EXIT_USAGE, "'%s' is no name=value.", word);
    *at = '\0';
    return request_add(r, word, at + 1);
}

/* Takes argv[*i]; an exit code, or -1 when it was a flag of all commands. */
static int take_word(struct request *r, int argc, char **argv, int *i)
{
    bool missing_file, missing_body;
    const char *file = flag_value("-F", argc, argv, i, &missing_file), *body;

    if (file)
        return set_file(r, argv[*i] + (file - argv[*i]));
    body = flag_value("--body", argc, argv, i, &missing_body);
    if (missing_file || missing_body)
        return problem(EXIT_USAGE, "%s needs a value; see 'taut api --help'.", argv[*i]);
    if (body) {
        r->body = strcmp(body, "-") == 0 || *body == '@' ? read_body(*body == '@' ? body + 1 : body) : body;
        return r->body ? EXIT_OK : EXIT_NOT_FOUND;
    }
    if (argv[*i][0] == '-')
        return problem(EXIT_USAGE, "there is no flag '%s'; see 'taut api --help'.", argv[*i]);
    return add_pair(r, argv[*i]);
}

int api_main(int argc, char **argv)
{
    struct request r = {.raw = true};
    int code, took = 0;

    for (int i = 0; i < argc; i++) {
        int taken = options_take(&r.options, argc, argv, &i);
        if (taken < 0)
            return EXIT_USAGE;
        if (taken)
            continue;
        if (!r.method && argv[i][0] != '-') {
            r.method = argv[i];
            continue;
        }
        code = take_word(&r, argc, argv, &i);
        if (code)
            return code;
    }
    if (r.options.help || !r.method) {
        api_help();
        return r.options.help ? EXIT_OK : EXIT_USAGE;
    }
    r.known = method_find(1, (char **)&r.method, &took);
    if (!r.known) {
        struct nearest near = {.word = r.method};
        for (int i = 0; i < cli_methods_n; i++)
            nearest_offer(&near, cli_methods[i].name);
        if (*near.best) /* a server may know more methods than this program: it is asked */
            fprintf(stderr, "taut: the catalogue has no method '%s'; did you mean '%s'?\n", r.method, near.best);
    } else if (took == 1 && !r.known->file) {
        r.method = r.known->name;
    }
    if (r.known && r.known->file)
        return problem(EXIT_USAGE, "%s answers with a file; 'taut analytics get' fetches it.", r.known->name);
    return request_run(&r);
}

/* --- typed ----------------------------------------------------------------------------------------------------- */

static void arg_help(const struct cli_arg *a)
{
    static const char *const kinds[] = {"TEXT", "", "N", "JSON", "CHANNEL", "USER", "FILE"};
    char flag[96];

    snprintf(flag, sizeof(flag), "--%s%s%s", a->name, a->type == CLI_BOOL ? "" : " ", kinds[a->type]);
    for (char *p = flag; *p && *p != ' '; p++)
        if (*p == '_')
            *p = '-';
    printf("  %-30s %s%s\n", flag, a->required ? "(required) " : "", a->doc);
}

void method_help(const struct cli_method *m)
{
    printf("usage: taut %s", method_words(m));
    for (int i = 0; i < m->n_args; i++)
        if (m->args[i].required)
            printf(" --%s …", m->args[i].name);
    printf("\n\n%s (%s)\n", m->summary, m->name);
    if (m->n_args)
        putchar('\n');
    for (int i = 0; i < m->n_args; i++)
        arg_help(&m->args[i]);
    if (*m->scopes)
        printf("\nScopes, any of: %s\n", m->scopes);
    if (*m->errors)
        printf("Errors: %s\n", m->errors);
    options_help();
}

void family_help(const char *family)
{
    size_t n = strlen(family);

    printf("usage: taut %s METHOD [--name value …]\n\n", family);
    for (int i = 0; i < cli_methods_n; i++)
        if (strncmp(cli_methods[i].name, family, n) == 0 && cli_methods[i].name[n] == '.')
            printf("  %-32s %s\n", method_words(&cli_methods[i]) + n + 1, cli_methods[i].summary);
    printf("\n'taut %s METHOD --help' tells its flags.\n", family);
}

static int no_flag(const struct cli_method *m, const char *flag)
{
    struct nearest near = {.word = flag};
    char help[128];

    for (int i = 0; i < m->n_args; i++)
        nearest_offer(&near, m->args[i].name);
    snprintf(help, sizeof(help), "see 'taut %s --help'", method_words(m));
    return problem_word("flag", flag, near.best, help);
}

/* What a flag of the method, "name" or "name=value", says. */
static int take_flag(struct request *r, int argc, char **argv, int *i)
{
    const struct cli_method *m = r->known;
    char *name = argv[*i] + 2, *value = strchr(name, '=');
    bool no = strncmp(name, "no-", 3) == 0;
    const struct cli_arg *a;

    if (value)
        *value++ = '\0';
    a = method_arg(m, name);
    if (!a && no) {
        a = method_arg(m, name + 3);
        if (a && a->type == CLI_BOOL && !value)
            return request_add(r, a->name, "false");
        a = NULL;
    }
    if (!a)
        return no_flag(m, name);
    if (a->type == CLI_BOOL && !value)
        value = "true";
    if (!value && *i + 1 >= argc)
        return problem(EXIT_USAGE, "--%s needs a value: %s", name, a->doc);
    if (!value)
        value = argv[++*i];
    if (a->type != CLI_FILE)
        return request_add(r, a->name, value);
    r->part = a->name;
    r->path = value;
    return EXIT_OK;
}

static int check_required(const struct request *r)
{
    for (int i = 0; i < r->known->n_args; i++) {
        const struct cli_arg *a = &r->known->args[i];
        bool given = !a->required;
        for (int k = 0; k < r->n_pairs && !given; k++)
            given = strcmp(r->pairs[k].name, a->name) == 0;
        if (!given)
            return problem(EXIT_USAGE, "%s needs --%s: %s", r->known->name, a->name, a->doc);
    }
    return EXIT_OK;
}

/* The method's own flags go before those of all commands. */
static bool is_own_flag(const struct cli_method *m, const char *word)
{
    char name[96];

    if (strncmp(word, "--", 2) != 0)
        return false;
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
    return method_arg(m, name);
}

int method_main(const struct cli_method *m, int argc, char **argv)
{
    struct request r = {.method = m->name, .known = m};
    int code, taken;

    if (m->file)
        return problem(EXIT_USAGE, "%s answers with a file; 'taut analytics get' fetches it.", m->name);
    for (int i = 0; i < argc; i++) {
        taken = is_own_flag(m, argv[i]) ? 0 : options_take(&r.options, argc, argv, &i);
        if (taken < 0)
            return EXIT_USAGE;
        if (taken)
            continue;
        code = strncmp(argv[i], "--", 2) == 0 ? take_flag(&r, argc, argv, &i) : add_pair(&r, argv[i]);
        if (code)
            return code;
    }
    if (r.options.help) {
        method_help(m);
        return EXIT_OK;
    }
    code = check_required(&r);
    return code ? code : request_run(&r);
}
