#include "complete.h"

#include <stdio.h>
#include <string.h>

#include "methods.h"
#include "options.h"
#include "problem.h"
#include "request.h"
#include "words.h"

enum { ASK_MS = 1000, NAMES_MAX = 200 };

static const char *begun; /* what the candidates must begin with */

static void put(const char *word, const char *doc)
{
    if (strncmp(word, begun, strlen(begun)) == 0)
        printf("%s\t%s\n", word, doc);
}

static void put_flag(void *context, const char *flag, const char *doc)
{
    (void)context;
    put(flag, doc);
}

/* --- names from the server -------------------------------------------------------------------------------------- */

/* A client that does not keep anybody waiting. */
static struct taut *impatient(void)
{
    return taut_new(&(struct taut_options){.timeout_ms = ASK_MS, .max_waits = -1});
}

static void put_channels(void)
{
    struct taut *t = impatient();
    struct taut_conversations_list_args args = {
        .types = "public_channel,private_channel", .exclude_archived = TAUT_TRUE, .limit = NAMES_MAX};
    struct taut_conversations_list_reply *r = NULL;

    if (t && taut_conversations_list(t, &args, &r) == TAUT_OK)
        for (int i = 0; i < r->n_channels; i++)
            put(r->channels[i].name, r->channels[i].id);
    taut_reply_free(r);
    taut_free(t);
}

static void put_users(void)
{
    struct taut *t = impatient();
    struct taut_users_list_reply *r = NULL;

    if (t && taut_users_list(t, &(struct taut_users_list_args){.limit = NAMES_MAX}, &r) == TAUT_OK)
        for (int i = 0; i < r->n_members; i++)
            if (!r->members[i].deleted)
                put(r->members[i].id, r->members[i].name);
    taut_reply_free(r);
    taut_free(t);
}

static void put_values(const struct cli_arg *a)
{
    char word[64];

    if (a->type == CLI_CHANNEL || strcmp(a->name, "channels") == 0)
        put_channels();
    if (a->type == CLI_USER)
        put_users();
    for (const char *p = a->values; p && *p; p += strspn(p, " ")) {
        snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, " "), p);
        put(word, "");
        p += strcspn(p, " ");
    }
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static void put_methods(void)
{
    for (int i = 0; i < cli_methods_n; i++)
        put(cli_methods[i].name, cli_methods[i].summary);
}

static void put_families(void)
{
    char family[64], last[64] = "";

    for (int i = 0; i < cli_methods_n; i++) {
        snprintf(family, sizeof(family), "%.*s", (int)strcspn(cli_methods[i].name, "."), cli_methods[i].name);
        if (strcmp(family, last) != 0)
            put(family, "methods of this family");
        snprintf(last, sizeof(last), "%s", family);
    }
}

static void put_first(const struct cli_command *others, int n_others)
{
    for (int i = 0; i < n_others; i++)
        put(others[i].name, others[i].doc);
    cli_words(put);
    if (strchr(begun, '.'))
        put_methods();
    else
        put_families();
}

static void put_own(const char *family)
{
    size_t n = strlen(family);

    for (int i = 0; i < cli_methods_n; i++)
        if (strncmp(cli_methods[i].name, family, n) == 0 && cli_methods[i].name[n] == '.')
            put(method_words(&cli_methods[i]) + n + 1, cli_methods[i].summary);
}

static void put_flags(const struct cli_method *m)
{
    char flag[96];

    for (int i = 0; m && i < m->n_args; i++) {
        snprintf(flag, sizeof(flag), "--%s", m->args[i].name);
        for (char *p = flag; *p; p++)
            if (*p == '_')
                *p = '-';
        put(flag, m->args[i].doc);
    }
    options_each(put_flag, NULL);
}

/* Behind a method: the value of the flag before, or another flag. */
static void put_behind_method(const struct cli_method *m, const char *before)
{
    const struct cli_arg *a = strncmp(before, "--", 2) == 0 ? method_arg(m, before + 2) : NULL;

    if (a && a->type != CLI_BOOL)
        put_values(a);
    else
        put_flags(m);
}

/* Behind `taut api`: a method, then name=. */
static void put_behind_api(int argc, char **argv)
{
    const struct cli_method *m;
    char name[96];
    int took = 0;

    if (argc == 1) {
        put_methods();
        return;
    }
    m = method_find(1, argv, &took);
    for (int i = 0; m && *begun != '-' && i < m->n_args; i++) {
        snprintf(name, sizeof(name), "%s=", m->args[i].name);
        put(name, m->args[i].doc);
    }
    if (*begun == '-') {
        put("-F", "part=@FILE: send a file along");
        put("--body", "the arguments as one JSON object");
        options_each(put_flag, NULL);
    }
}

static void put_behind_word(int argc, char **argv)
{
    static const char *const tail[] = {"--channel", "--type", "--socket", "--json"};
    static const char *const analytics[] = {"get", "activity", "daily", "verify"};

    if (strcmp(argv[0], "completion") == 0) {
        put("bash", "");
        put("zsh", "");
    } else if (strcmp(argv[0], "methods") == 0) {
        put_methods();
    } else if (strcmp(argv[0], "explain") == 0) {
        for (int i = 0; taut_error_code(i); i++)
            put(taut_error_code(i), taut_error_doc(taut_error_find(taut_error_code(i))));
    } else if (strcmp(argv[0], "tail") == 0) {
        if (argc > 2 && strcmp(argv[argc - 2], "--channel") == 0)
            put_channels();
        for (int i = 0; i < 4; i++)
            put(tail[i], "");
    } else if (strcmp(argv[0], "analytics") == 0 && argc == 2) {
        for (int i = 0; i < 4; i++)
            put(analytics[i], "");
    }
}

int complete_main(int argc, char **argv, const struct cli_command *others, int n_others)
{
    const struct cli_method *m;
    int took = 0;

    if (argc < 1)
        return EXIT_USAGE;
    begun = argv[argc - 1];
    if (argc == 1) {
        put_first(others, n_others);
        return EXIT_OK;
    }
    for (int i = 0; i < n_others; i++)
        if (strcmp(argv[0], others[i].name) == 0 && others[i].flags)
            others[i].flags(argv[0], put);
    if (strcmp(argv[0], "api") == 0) {
        put_behind_api(argc - 1, argv + 1);
        return EXIT_OK;
    }
    m = method_find(argc - 1, argv, &took);
    if (m)
        put_behind_method(m, argv[argc - 2]);
    else if (argc == 2 && method_family(argv[0]))
        put_own(argv[0]);
    else
        put_behind_word(argc, argv);
    return EXIT_OK;
}

/* --- scripts ---------------------------------------------------------------------------------------------------- */

static const char bash[] =
    "# Completion of taut for bash: source <(taut completion bash)\n"
    "_taut() {\n"
    "    local IFS=$'\\n'\n"
    "    COMPREPLY=($(taut " COMPLETE_WORD " \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null | cut -f1))\n"
    "    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi\n"
    "}\n"
    "complete -o default -F _taut taut\n";

static const char zsh[] =
    "#compdef taut\n"
    "# Completion of taut for zsh: taut completion zsh > \"${fpath[1]}/_taut\"\n"
    "_taut() {\n"
    "    local -a found\n"
    "    local line\n"
    "    for line in \"${(@f)$(taut " COMPLETE_WORD " \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
    "        [[ -n $line ]] && found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
    "    done\n"
    "    if (( $#found )); then _describe taut found; else _files; fi\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _taut ]; then _taut \"$@\"; else compdef _taut taut; fi\n";

int completion_main(int argc, char **argv)
{
    if (argc == 1 && strcmp(argv[0], "bash") == 0)
        fputs(bash, stdout);
    else if (argc == 1 && strcmp(argv[0], "zsh") == 0)
        fputs(zsh, stdout);
    else if (argc == 1 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0))
        puts("usage: taut completion bash|zsh\n\n  source <(taut completion bash)\n  taut completion zsh > "
             "\"${fpath[1]}/_taut\"");
    else
        return problem(EXIT_USAGE, "the shell is one of bash and zsh; see 'taut completion --help'.");
    return EXIT_OK;
}
