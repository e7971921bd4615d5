/* Which word of `taut` it is, of those that talk to a server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "complete.h"
#include "methods.h"
#include "problem.h"
#include "request.h"
#include "words.h"

static const struct {
    const char *name, *doc;
    int (*run)(int argc, char **argv);
} words[] = {
    {"api", "call a method of the API: taut api chat.postMessage channel=… text=…", api_main},
    {"tail", "show what is said and done, as it happens", tail_main},
    {"analytics", "days of members and channels, and what became of messages", analytics_main},
    {"methods", "list the methods of the API, or those whose name holds a word", methods_main},
    {"explain", "tell what an error code means, and which methods answer it", explain_main},
    {"completion", "print completion for a shell: bash or zsh", completion_main},
};

enum { WORDS = sizeof(words) / sizeof(*words) };

void cli_words(void (*put)(const char *name, const char *doc))
{
    for (int i = 0; i < WORDS; i++)
        put(words[i].name, words[i].doc);
}

/* The nearest of all words, families and methods. */
static int no_word(const char *word, const struct cli_command *others, int n_others)
{
    struct nearest near = {.word = word};

    for (int i = 0; i < n_others; i++)
        nearest_offer(&near, others[i].name);
    for (int i = 0; i < WORDS; i++)
        nearest_offer(&near, words[i].name);
    for (int i = 0; i < cli_methods_n; i++) {
        char family[64];
        snprintf(family, sizeof(family), "%.*s", (int)strcspn(cli_methods[i].name, "."), cli_methods[i].name);
        nearest_offer(&near, strchr(word, '.') ? cli_methods[i].name : family);
    }
    return problem_word("command", word, near.best, "'taut help' lists them");
}

static int no_method(const char *family, const char *word)
{
    struct nearest near = {.word = word};
    size_t n = strlen(family);
    char help[96];

    for (int i = 0; i < cli_methods_n; i++)
        if (strncmp(cli_methods[i].name, family, n) == 0 && cli_methods[i].name[n] == '.')
            nearest_offer(&near, method_words(&cli_methods[i]) + n + 1);
    snprintf(help, sizeof(help), "'taut %s --help' lists those there are", family);
    return problem_word("method", word, near.best, help);
}

int cli_main(int argc, char **argv, const struct cli_command *others, int n_others)
{
    const struct cli_method *m;
    int took;

    for (int i = 0; i < WORDS; i++)
        if (strcmp(argv[0], words[i].name) == 0)
            return words[i].run(argc - 1, argv + 1);
    if (strcmp(argv[0], COMPLETE_WORD) == 0)
        return complete_main(argc - 1, argv + 1, others, n_others);
    m = method_find(argc, argv, &took);
    if (m)
        return method_main(m, argc - took, argv + took);
    if (!method_family(argv[0]))
        return no_word(argv[0], others, n_others);
    if (argc > 1 && argv[1][0] != '-')
        return no_method(argv[0], argv[1]);
    family_help(argv[0]);
    return argc > 1 ? EXIT_OK : EXIT_USAGE;
}
